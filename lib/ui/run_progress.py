"""A run while it is taught and proved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import RunState
from lib.teaching.people import Role
from lib.teaching.proof import Kind
from lib.ui.figures import decimal, seconds
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, my_name
from lib.ui.plain import plain
from lib.ui.proof_items import draw_cards

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import ProofItem, Run
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes

SOON_S, GLANCE_S = 2.0, 0.2
"""A drawing waits for the end of a proof that began no longer ago than that, to show it at once:
one correction's is over soon. So often it looks up, for a click that leads elsewhere."""
CURVE_AFTER_S = 10.0
"""Drawing the loss takes from what teaches; a shorter run's curve is drawn once it is over."""


def draw_progress(
    run_id: str, *, ledger: Ledger, connection: Connection, fine_tunes: FineTunes
) -> None:
    """Draw where a run is. It renews itself until the run is over and proved."""

    def cancel() -> None:
        with telling():
            fine_tunes.cancel(run_id, by=my_name())
            st.toast(t("Cancelling…"))

    can_cancel = connection.can("cancel")

    @st.fragment(run_every=0.5)
    def progress() -> None:
        run = ledger.run(run_id)
        if run.state.over and not fine_tunes.under_way(run_id):
            st.rerun()
        samples = len(ledger.batch(run_id))
        with st.container(border=True):
            st.markdown(f"**{plain(run.adapter_name)}** {_doing(run, samples)}")
            items = ledger.proof(run_id) if run.state is RunState.DONE else []
            total = fine_tunes.proof_total(run_id)
            part, stage = _proving(items, total) if items else (_part(run), stage_of(run))
            passed = (datetime.now(UTC) - run.created_at).total_seconds()
            if not run.state.over:
                stage += f" · {seconds(passed, digits=0)}"
            bar = st.progress(part, text=stage)
            if items:
                draw_cards([item for item in items if item.kind is Kind.CORRECTION], run.id)
            elif passed > CURVE_AFTER_S:
                loss_curve(run)
            if not run.state.over and (can_cancel or run.progress is None):
                st.button(
                    t("Cancel"),
                    icon=":material/cancel:",
                    key="run_cancel",
                    disabled=not may(Role.TEACHER),
                    on_click=cancel,
                )
            elif not run.state.over:
                st.caption(t("This server cannot stop what it has begun."))
        if ends_soon(
            run.finished_at,
            over_within=lambda wait_s: fine_tunes.over_within(run_id, wait_s),
            # Streamlit turns to a click when something is drawn.
            glance=lambda: bar.progress(part, text=stage),
        ):
            st.rerun()

    progress()


def ends_soon(
    taught: datetime | None,
    *,
    over_within: Callable[[float], bool],
    glance: Callable[[], object],
) -> bool:
    """Wait for the end of a proof while it is young; whether it came.

    Args:
        taught: when the run was taught and its proof began; None: it is still being taught.
        over_within: waits for the end, so many seconds at most; whether it came.
        glance: called between two waits.
    """
    while taught is not None and (datetime.now(UTC) - taught).total_seconds() < SOON_S:
        if over_within(GLANCE_S):
            return True
        glance()
    return False


def _doing(run: Run, samples: int) -> str:
    if run.state is RunState.DONE:
        version = run.result.version if run.result else None
        if version:
            return t("version {number} is asked everything again", number=version)
        return t("is asked again")
    return tn("is learning {number} correction", "is learning {number} corrections", samples)


def loss_curve(run: Run) -> None:
    """Draw the loss so far, once there is a curve."""
    if len(run.losses) > 1:
        # They take a third of a second to import, and most pages have no curve.
        import altair as alt  # noqa: PLC0415 - see above
        import pandas as pd  # noqa: PLC0415 - see above

        # Streamlit's own line chart has points that are hidden and have no name for who hears them.
        a_pass, loss = t("pass"), t("loss")
        passes = pd.DataFrame({a_pass: range(1, len(run.losses) + 1), loss: run.losses})
        whole = alt.X(f"{a_pass}:Q", axis=alt.Axis(tickMinStep=1, format="d"))
        chart = alt.Chart(passes).mark_line().encode(whole, alt.Y(f"{loss}:Q"))
        st.altair_chart(
            chart.properties(height=140),
            alt=t(
                "Loss over {passes} passes, last {loss}",
                passes=len(run.losses),
                loss=decimal(run.losses[-1], 3),
            ),
        )


def _proving(items: Sequence[ProofItem], total: int | None) -> tuple[float, str]:
    asked = len(items)
    if not total:
        return 0.9, tn(
            "Asking again: {number} question so far",
            "Asking again: {number} questions so far",
            asked,
        )
    return min(asked / total, 1.0), tn(
        "Asking again: {asked} of {number} question",
        "Asking again: {asked} of {number} questions",
        total,
        asked=asked,
    )


def stage_of(run: Run) -> str:
    """What is being done with a run, in the session's language."""
    if run.state is RunState.DONE:
        return t("Asking again")
    if run.progress is None:
        return t("Asking before")
    # The server's words for where a run is, and ours.
    stage = {
        "queued": t("Waiting for its turn"),
        "preparing": t("Getting ready"),
        "exporting": t("Saving the new version"),
        "swapping": t("Putting the new version to use"),
    }.get(run.progress.stage, t("Learning"))
    if run.progress.samples and run.progress.stage == "training":
        stage = t(
            "Learning: {learned} of {samples} learned",
            learned=run.progress.learned,
            samples=run.progress.samples,
        )
    if run.progress.stage == "reading":
        return t(
            "Reading what is to stay as it is: {read} of {texts}",
            read=run.progress.step,
            texts=run.progress.samples,
        )
    if run.losses:
        stage += " · " + t("loss {loss}", loss=decimal(run.losses[-1], 2))
    return stage


def _part(run: Run) -> float:
    if run.state is RunState.DONE:
        return 0.9
    if run.progress is None or not run.progress.samples:
        return 0.05
    if run.progress.stage == "reading":
        return 0.05 + 0.05 * run.progress.step / run.progress.samples
    return 0.1 + 0.8 * run.progress.learned / run.progress.samples
