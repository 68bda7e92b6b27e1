"""One correction in a list: the question, what the model said, what is right, what is sent."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.ui import services
from lib.ui.batch import sample_of
from lib.ui.correction_box import (
    change_button,
    changing,
    correction_box,
    draw_author,
    state_badge,
    state_word,
)
from lib.ui.correction_history import draw_history
from lib.ui.language import t
from lib.ui.notices import telling, told_here
from lib.ui.patching import draw_standing
from lib.ui.person import may_change, my_name
from lib.ui.plain import plain
from lib.ui.rewording_box import draw_rewordings
from lib.ui.undo import Deed, done, tell_left

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Run
    from lib.teaching.patches import Patch
    from lib.ui.connection import Connection


def draw_correction(correction: Correction, ledger: Ledger, connection: Connection) -> None:
    """Draw a correction with what can be done with it."""
    with st.container(border=True, key=f"correction_{correction.id}"):
        st.markdown(f"**{plain(correction.question, 300)}**")
        is_draft = correction.state is CorrectionState.DRAFT
        typed_here = correction.exchange_id if is_draft or changing(correction) else None
        if typed_here:
            _text(st.container(), t("The model said"), correction.wrong_answer)
            correction_box(typed_here, correction.wrong_answer, correction, ledger)
        else:
            said, right = st.columns(2)
            _text(said, t("The model said"), correction.wrong_answer)
            _text(right, t("Right"), correction.right_answer or "…")
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            state_badge(correction.state)
            draw_author(correction)
            patches = services.patching().patches()
            draw_standing(correction.id, patches)
            _actions(correction, patches.made_of(correction.id), ledger)
        with st.container(gap="xxsmall"):
            draw_rewordings(correction.id, ledger)
            draw_history(correction, ledger)
            _sent(correction, connection)


def _text(place: DeltaGenerator, name: str, text: str) -> None:
    with place, st.container(gap="xsmall"):
        st.caption(name)
        st.text(text)


def _actions(correction: Correction, patch: Patch | None, ledger: Ledger) -> None:
    taught = correction.state is CorrectionState.TAUGHT and _version(correction, ledger) is not None

    def discard() -> None:
        with telling():
            changes = ledger.discard_all([correction.id], by=my_name())
            tell_left(changes)
            if not changes.done:
                return
            done(Deed(t("Discarded"), changes=changes.done))
            st.toast(
                t("Withdrawn: the next version of its adapter will not hold it. Teach does that.")
                if taught
                else t("Discarded. Undo brings it back.")
            )

    def restore() -> None:
        with telling():
            kept = ledger.restore(correction.id, by=my_name())
            st.toast(t("Restored: {state}.", state=state_word(kept.state)))

    def accept() -> None:
        with telling():
            changes = ledger.accept_all([correction.id], by=my_name())
            tell_left(changes)
            if changes.done:
                done(Deed(t("Accepted"), changes=changes.done))
                st.toast(t("Ready to be taught again."), icon=":material/check:")

    if correction.state is CorrectionState.DISCARDED:
        _still_held(correction, ledger)
        st.button(
            t("Restore"),
            key=f"restore_{correction.id}",
            type="tertiary",
            disabled=not may_change(correction.author),
            on_click=restore,
        )
        return
    if correction.state is CorrectionState.TAUGHT and not (patch and patch.learned):
        st.button(
            t("Accept again"),
            key=f"accept_{correction.id}",
            type="tertiary",
            help=t("What answers now does not know it: teach it again."),
            disabled=not may_change(correction.author),
            on_click=accept,
        )
    if correction.state is not CorrectionState.DRAFT:
        change_button(correction)
    if correction.state is not CorrectionState.SUBMITTED:
        st.button(
            t("Withdraw") if taught else t("Discard"),
            key=f"discard_{correction.id}",
            type="tertiary",
            help=t("The next version of its adapter will not hold it.") if taught else None,
            disabled=not may_change(correction.author),
            on_click=discard,
        )


def _still_held(correction: Correction, ledger: Ledger) -> None:
    """Say where a correction that was taught has not been withdrawn yet."""
    run = _version(correction, ledger)
    if run is None:
        return
    later = ledger.runs(adapter_id=run.adapter_id)
    if not any(correction.id in one.settings.get("withdraw", ()) for one in later):
        st.caption(
            t("{adapter} holds it until it is taught again.", adapter=plain(run.adapter_name))
        )


def _version(correction: Correction, ledger: Ledger) -> Run | None:
    """The run that made the version which holds a correction, where the server has versions."""
    run = ledger.run(correction.run_id) if correction.run_id else None
    return run if run and run.result and run.result.version else None


def _sent(correction: Correction, connection: Connection) -> None:
    """Exactly what teaching sends for it, made only when somebody looks."""
    place = st.expander(
        t("What is sent"), type="compact", on_change="rerun", key=f"sent_{correction.id}"
    )
    if not place.open:
        return
    with place, told_here():
        sample = sample_of(correction, ours=connection.info() is not None).wire()
        inputs = sample["inputs"]
        pieces = [inputs] if isinstance(inputs, str) else [piece["value"] for piece in inputs]
        st.caption(t("The text: the question as it was asked, then the right answer"))
        st.code("".join(pieces), language=None, wrap_lines=True)
        st.caption(t("The sample, as JSON"))
        # Without colours: some of them stand out too little from the light ground.
        st.code(json.dumps(sample, indent=2, ensure_ascii=False), language=None, wrap_lines=True)
