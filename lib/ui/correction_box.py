"""Where a right answer is typed, and changed later: kept in the ledger at every pause."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.errors import StaleCorrection
from lib.ledger.records import CorrectionState
from lib.ui.draft_box import draft_box
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import LONGEST, may_change, my_name
from lib.ui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction
    from lib.ui.draft_box import Typed

LONG = 80
"""Characters of a wrong answer from which one may start from the model's words."""
STATE_COLORS = {
    CorrectionState.DRAFT: "gray",
    CorrectionState.READY: "blue",
    CorrectionState.SUBMITTED: "orange",
    CorrectionState.TAUGHT: "green",
    CorrectionState.DISCARDED: "gray",
}
_FOCUS, _CHANGING = "correction_focus", "correction_changing"


def correction_box(
    exchange_id: str,
    wrong: str,
    correction: Correction | None,
    ledger: Ledger,
    *,
    saved: Callable[[Correction, Correction], None] | None = None,
) -> None:
    """Draw the box for an exchange's right answer; to whoever may not change it, its text alone.

    Args:
        exchange_id: of the question.
        wrong: what the model said.
        correction: as it is kept, if there is one yet.
        ledger: where it is kept.
        saved: in a callback, called with the draft and with what it became; without it, the person
            is told that it was added.
    """
    if not may_change(correction.author if correction else my_name()):
        _text_alone(correction)
        return
    seen_here, clash = f"correction_seen_{exchange_id}", f"correction_clash_{exchange_id}"

    def keep(typed: Typed) -> Correction | None:
        # A second message may leave the browser before it knows the revision that the first made.
        seen = max(typed.revision, st.session_state.get(seen_here, 0))
        try:
            kept = ledger.draft(exchange_id, typed.text, revision=seen, by=my_name())
        except StaleCorrection as error:
            st.session_state[clash] = error
            return None
        st.session_state[seen_here] = kept.revision
        return kept

    def typed(typed: Typed) -> None:
        with telling(t("What you typed is still in its field.")):
            keep(typed)

    def added(typed: Typed) -> None:
        with telling(t("What you typed is still in its field.")):
            kept = keep(typed)
            if kept:
                ready = ledger.ready(kept.id, by=my_name())
                st.session_state[_CHANGING] = None
                if saved:
                    saved(kept, ready)
                    return
                number = ledger.counts()[CorrectionState.READY]
                st.toast(
                    tn(
                        "Added: {number} correction ready.",
                        "Added: {number} corrections ready.",
                        number,
                    ),
                    icon=":material/check:",
                )

    def choose(error: StaleCorrection, text: str) -> None:
        with telling():
            kept = ledger.edit(error.correction_id, text, revision=error.revision, by=my_name())
            st.session_state[seen_here] = kept.revision
            del st.session_state[clash]

    error: StaleCorrection | None = st.session_state.get(clash)
    text = correction.right_answer if correction else ""
    with st.container(border=True):
        draft_box(
            exchange_id,
            text=error.offered if error else text,
            revision=correction.revision if correction else 0,
            on_typed=typed,
            on_added=added,
            words=wrong if len(wrong) >= LONG else "",
            focus=_takes_focus(exchange_id),
            action=t("Save") if saved else "",
        )
        if error:
            draw_clash(error, choose)


def _text_alone(correction: Correction | None) -> None:
    if correction:
        state_badge(correction.state)
        st.text(correction.right_answer)


def draw_clash(error: StaleCorrection, choose: Callable[[StaleCorrection, str], None]) -> None:
    """Draw both texts of a correction that two people changed; `choose` is told which is kept."""
    other = error.by if error.by != my_name() else ""
    st.warning(
        t("Changed by {name} meanwhile. Which text do you want to keep?", name=plain(other))
        if other
        else t("Changed in another window meanwhile. Which text do you want to keep?")
    )
    for label, text in ((t("Keep mine"), error.offered), (t("Keep the other"), error.stored)):
        st.text(text)
        st.button(
            label,
            key=f"{label}_{error.correction_id}",
            on_click=choose,
            args=(error, text),
        )


def focus_on(exchange_id: str) -> None:
    """In a callback: the box of this exchange takes the next key."""
    st.session_state[_FOCUS] = exchange_id


def _takes_focus(exchange_id: str) -> bool:
    """Whether the box of this exchange takes the next key; only once."""
    focus = st.session_state.get(_FOCUS) == exchange_id
    if focus:
        del st.session_state[_FOCUS]
    return focus


def being_changed() -> str | None:
    """The id of the correction whose *Change* was pressed last, until it is added again."""
    identity: str | None = st.session_state.get(_CHANGING)
    return identity


def changing(correction: Correction) -> bool:
    """Whether somebody pressed the correction's *Change*."""
    return being_changed() == correction.id


def change_button(correction: Correction) -> None:
    """Draw the button that opens a correction's text, where it may be changed."""

    def change() -> None:
        st.session_state[_CHANGING] = correction.id
        if correction.exchange_id:
            focus_on(correction.exchange_id)

    if correction.state not in {CorrectionState.SUBMITTED, CorrectionState.DISCARDED}:
        st.button(
            t("Change"),
            key=f"change_{correction.id}",
            type="tertiary",
            disabled=not may_change(correction.author),
            on_click=change,
        )


def state_badge(state: CorrectionState) -> None:
    """A correction's state, in its colour."""
    st.badge(state_word(state), color=STATE_COLORS[state])  # type: ignore[arg-type]  # a literal


def draw_author(correction: Correction) -> None:
    """Who typed it last, where they gave a name."""
    name = correction.typed_by or correction.author
    if name:
        st.caption(plain(name, LONGEST), width="content")


def state_word(state: CorrectionState) -> str:
    """A correction's state, as it is called on the screen."""
    return {
        CorrectionState.DRAFT: t("Draft"),
        CorrectionState.READY: t("Ready"),
        CorrectionState.SUBMITTED: t("Submitted"),
        CorrectionState.TAUGHT: t("Taught"),
        CorrectionState.DISCARDED: t("Discarded"),
    }[state]
