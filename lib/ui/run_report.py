"""What came of a run: its proof, its figures, and the way back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import RunState
from lib.teaching.proof import Outcome, summary
from lib.ui.notices import telling, told_here
from lib.ui.plain import count, plain
from lib.ui.run_progress import loss_curve

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import ProofItem, Run, RunResult
    from lib.ui.connection import Connection

PAGE = 20
BADGES = {
    Outcome.FIXED: ("Fixed", "green", ":material/check:"),
    Outcome.PARTLY: ("Partly", "orange", ":material/remove:"),
    Outcome.NOT_FIXED: ("Not fixed", "red", ":material/close:"),
    Outcome.SAME: ("Same", "green", ":material/check:"),
    Outcome.CHANGED: ("Changed", "red", ":material/close:"),
}


def draw_report(run: Run, *, ledger: Ledger, connection: Connection) -> None:
    """Draw a run that is over."""
    if run.state is RunState.CANCELLED:
        st.info("This run was cancelled. The adapter is as it was, the corrections are ready.")
    elif run.error:
        st.error(plain(run.error), icon=":material/error:")
    if run.state is not RunState.DONE or run.result is None:
        return
    items = ledger.proof(run.id)
    st.markdown(_headline(run, run.result, items))
    if run.result.not_learned:
        st.warning(
            f"{count(len(run.result.not_learned), 'correction')} could not be learned in the time"
            " that was allowed. Teach again to go on, or reword what is right."
        )
    missing = len(ledger.batch(run.id)) - len({item.correction_id for item in items})
    if missing > 0:
        st.warning(
            f"{count(missing, 'question')} could not be asked again. What was taught is kept: ask"
            " on the Ask page to see."
        )
    for item in items[:PAGE]:
        _item(item)
    if len(items) > PAGE:
        with st.expander(f"{len(items) - PAGE} more"):
            for item in items[PAGE:]:
                _item(item)
    st.caption(_figures(run.result))
    loss_curve(run)
    with told_here():
        _versions(run, run.result, connection)


def run_name(run: Run) -> str:
    """Such as "my-adapter, version 4", or with what it ended in."""
    if run.state is not RunState.DONE:
        return f"{run.adapter_name}, {run.state}"
    version = run.result.version if run.result else None
    return f"{run.adapter_name}, version {version}" if version else run.adapter_name


def _headline(run: Run, result: RunResult, items: list[ProofItem]) -> str:
    said = summary((item.kind, item.outcome) for item in items)
    seconds = f"{result.seconds:.1f} s" if result.seconds is not None else ""
    parts = " · ".join(part for part in (said, seconds) if part)
    return f"**{plain(run_name(run))}** — {parts}" if parts else f"**{plain(run_name(run))}**"


def _item(item: ProofItem) -> None:
    label, color, icon = BADGES[item.outcome]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(item.question, 300)}**", width="stretch")
            st.badge(label, color=color, icon=icon)  # type: ignore[arg-type]  # a literal
        texts = {"Before": item.before, "Right": item.expected, "After": item.after}
        for column, (name, text) in zip(st.columns(3), texts.items(), strict=True):
            with column, st.container(gap="xxsmall"):
                st.caption(name)
                st.text(text or "…")


def _figures(result: RunResult) -> str:
    loss = f"sum loss {result.sum_loss:.1f}"
    if result.final_loss is not None:
        loss += f" → {result.final_loss:.2f}"
    return f"{count(result.trainable_tokens, 'trainable token')} · {loss}"


def _versions(run: Run, result: RunResult, connection: Connection) -> None:
    """The way back, and forth again, where the server has versions."""
    versions = connection.versions(run.adapter_id) if result.version else []
    live = next((version.number for version in versions if version.live), 0)
    parent = run.parent_version or 0

    def make_live(number: int) -> None:
        with telling("The live version is as it was."):
            connection.client().make_live(run.adapter_id, number)
            connection.forget()
            st.toast(f"Version {number} answers now." if number else "It answers untaught now.")

    with st.container(horizontal=True, vertical_alignment="center"):
        st.page_link("ask.py", label="Ask it something", icon=":material/chat:")
        if versions and live == result.version:
            st.button(
                "Roll back",
                icon=":material/undo:",
                key=f"roll_back_{run.id}",
                help=f"Answer with version {parent} again."
                if parent
                else "Answer as before anything was taught.",
                on_click=make_live,
                args=(parent,),
            )
        elif any(version.number == result.version for version in versions):
            st.caption(f"Version {live} answers now." if live else "It answers untaught now.")
            st.button(
                f"Make version {result.version} live",
                key=f"make_live_{run.id}",
                on_click=make_live,
                args=(result.version,),
            )
