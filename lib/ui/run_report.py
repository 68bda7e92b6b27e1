"""What came of a run: its proof, what was decided by it, and its figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import RunState
from lib.teaching.proof import Kind, summary
from lib.ui.comparison import MOST_QUESTIONS
from lib.ui.comparison_box import compare_button
from lib.ui.conflicts import draw_regardless
from lib.ui.expected import draw_actual
from lib.ui.figures import decimal, seconds
from lib.ui.language import t, tn
from lib.ui.model_picker import Choice
from lib.ui.notices import told_here
from lib.ui.plain import plain
from lib.ui.proof_items import draw_comparison, draw_items
from lib.ui.run_decision import RunDecision
from lib.ui.run_progress import loss_curve
from lib.ui.sentences import told

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import ProofItem, Run, RunResult
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes


def draw_report(run: Run, *, ledger: Ledger, connection: Connection, fine_tunes: FineTunes) -> None:
    """Draw a run that is over."""
    if run.state is RunState.CANCELLED:
        st.info(t("This run was cancelled. The adapter is as it was, the corrections are ready."))
    elif run.error:
        st.error(plain(told(run.error)), icon=":material/error:")
    if run.state is not RunState.DONE or run.result is None:
        return
    items = ledger.proof(run.id)
    st.markdown(_headline(run, run.result, items))
    if run.result.not_learned:
        st.warning(
            tn(
                "{number} correction could not be learned in the time that was allowed. Teach again"
                " to go on, or reword what is right.",
                "{number} corrections could not be learned in the time that was allowed. Teach"
                " again to go on, or reword what is right.",
                len(run.result.not_learned),
            )
        )
    with told_here():
        RunDecision(run, run.result, ledger, connection, fine_tunes).draw()
    draw_items(items, run.id, ledger)
    if fine_tunes.looking_back(run.id):
        _renew_when_whole(run.id, fine_tunes)
    st.caption(_figures(run.result))
    draw_actual(run)
    if run.regardless:
        draw_regardless(run.regardless)
    loss_curve(run)
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(t("Show it to others"), icon=":material/slideshow:", key=f"story_{run.id}"):
            st.session_state["story_run"] = run.id
            st.switch_page("story.py")
        if run.result.version and connection.is_at(run.server_url):
            _beside(run, run.result.version, items)
    _compare(run, items, ledger)


def _beside(run: Run, version: int, items: list[ProofItem]) -> None:
    """Offer to ask this version beside the one it was built on."""
    versions = (run.parent_version or 0, version)
    choices = [Choice(run.adapter_id, run.adapter_name, number) for number in versions]
    asked = [item.question for item in items if item.kind is Kind.CORRECTION]
    compare_button(f"beside_{run.id}", choices, asked[:MOST_QUESTIONS])


def _renew_when_whole(run_id: str, fine_tunes: FineTunes) -> None:
    @st.fragment(run_every=1)
    def wait() -> None:
        if not fine_tunes.looking_back(run_id):
            st.rerun()
        st.caption(t("Still asking how the rewordings were answered before."))

    wait()


def run_name(run: Run) -> str:
    """Such as "my-adapter, version 4", or with what it ended in."""
    if run.state is not RunState.DONE:
        return f"{run.adapter_name}, {_ended(run.state)}"
    version = run.result.version if run.result else None
    if version:
        return t("{adapter}, version {number}", adapter=run.adapter_name, number=version)
    return run.adapter_name


def _ended(state: RunState) -> str:
    return {
        RunState.FAILED: t("failed"),
        RunState.CANCELLED: t("cancelled"),
    }.get(state, t("under way"))


def _headline(run: Run, result: RunResult, items: list[ProofItem]) -> str:
    line = summary(
        ((item.kind, item.outcome) for item in items),
        out_of_scope=sum(item.by_scope for item in items),
    )
    said = " · ".join(map(told, line.split(" · ")))
    took = seconds(result.seconds) if result.seconds is not None else ""
    parts = " · ".join(part for part in (said, took) if part)
    return f"**{plain(run_name(run))}** — {parts}" if parts else f"**{plain(run_name(run))}**"


def _figures(result: RunResult) -> str:
    loss = t("sum loss {loss}", loss=decimal(result.sum_loss, 1))
    if result.final_loss is not None:
        loss += f" → {decimal(result.final_loss, 2)}"
    tokens = tn("{number} trainable token", "{number} trainable tokens", result.trainable_tokens)
    return f"{tokens} · {loss}"


def _compare(run: Run, items: list[ProofItem], ledger: Ledger) -> None:
    """Beside the answers of another version, if there is one."""
    others = {
        other.id: other
        for other in ledger.runs(adapter_id=run.adapter_id)
        if other.id != run.id and other.result and other.result.version
    }
    if not others:
        return
    place = st.expander(
        t("Compare with another version"),
        icon=":material/compare_arrows:",
        on_change="rerun",
        key=f"compare_{run.id}",
    )
    if place.open:
        with place:
            chosen = st.selectbox(
                t("Compare with"),
                list(others),
                format_func=lambda identity: run_name(others[identity]),
                key=f"compare_with_{run.id}",
            )
            draw_comparison(items, ledger.proof(chosen))
