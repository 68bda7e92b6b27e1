"""A run while it is taught and proved."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import RunState
from lib.teaching.proof import Kind
from lib.ui.notices import telling
from lib.ui.person import my_name
from lib.ui.plain import count, plain
from lib.ui.proof_items import draw_cards

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import ProofItem, Run
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes

STAGES = {
    "sent": "Learning",
    "queued": "Waiting for its turn",
    "preparing": "Getting ready",
    "training": "Learning",
    "exporting": "Saving the new version",
    "swapping": "Putting the new version to use",
}
"""The server's words for where a run is, and ours."""
CURVE_AFTER_S = 10.0
"""Drawing the loss takes from what teaches; a shorter run's curve is drawn once it is over."""


def draw_progress(
    run_id: str, *, ledger: Ledger, connection: Connection, fine_tunes: FineTunes
) -> None:
    """Draw where a run is. It renews itself until the run is over and proved."""

    def cancel() -> None:
        with telling():
            fine_tunes.cancel(run_id, by=my_name())
            st.toast("Cancelling…")

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
            part, stage = _proving(items, total) if items else (_part(run), _stage(run))
            seconds = (datetime.now(UTC) - run.created_at).total_seconds()
            if not run.state.over:
                stage += f" · {seconds:.0f} s"
            st.progress(part, text=stage)
            if items:
                draw_cards([item for item in items if item.kind is Kind.CORRECTION])
            elif seconds > CURVE_AFTER_S:
                loss_curve(run)
            if not run.state.over and (can_cancel or run.progress is None):
                st.button("Cancel", icon=":material/cancel:", key="run_cancel", on_click=cancel)
            elif not run.state.over:
                st.caption("This server cannot stop what it has begun.")

    progress()


def _doing(run: Run, samples: int) -> str:
    if run.state is RunState.DONE:
        version = run.result.version if run.result else None
        return f"version {version} is asked everything again" if version else "is asked again"
    return f"is learning {count(samples, 'correction')}"


def loss_curve(run: Run) -> None:
    """Draw the loss so far, once there is a curve."""
    if len(run.losses) > 1:
        # They take a third of a second to import, and most pages have no curve.
        import altair as alt  # noqa: PLC0415 - see above
        import pandas as pd  # noqa: PLC0415 - see above

        # Streamlit's own line chart has points that are hidden and have no name for who hears them.
        passes = pd.DataFrame({"pass": range(1, len(run.losses) + 1), "loss": run.losses})
        chart = (alt.Chart(passes).mark_line().encode(alt.X("pass:Q"), alt.Y("loss:Q"))).properties(
            height=140
        )
        st.altair_chart(chart, alt=f"Loss over {len(run.losses)} passes, last {run.losses[-1]:.3f}")


def _proving(items: Sequence[ProofItem], total: int | None) -> tuple[float, str]:
    asked = len(items)
    if not total:
        return 0.9, f"Asking again: {count(asked, 'question')} so far"
    return min(asked / total, 1.0), f"Asking again: {asked} of {count(total, 'question')}"


def _stage(run: Run) -> str:
    if run.state is RunState.DONE:
        return "Asking again"
    if run.progress is None:
        return "Asking before"
    stage = STAGES.get(run.progress.stage, "Learning")
    if run.progress.samples and run.progress.stage == "training":
        stage += f": {run.progress.learned} of {run.progress.samples} learned"
    if run.losses:
        stage += f" · loss {run.losses[-1]:.2f}"
    return stage


def _part(run: Run) -> float:
    if run.state is RunState.DONE:
        return 0.9
    if run.progress is None or not run.progress.samples:
        return 0.05
    return 0.1 + 0.8 * run.progress.learned / run.progress.samples
