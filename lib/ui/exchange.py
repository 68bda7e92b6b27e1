"""One question and its answer, with what can be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState, Exchange, ExchangeState, Verdict
from lib.ui.draft_box import draft_box
from lib.ui.notices import telling
from lib.ui.plain import count, plain

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.delta_generator import DeltaGenerator

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction

LONG = 80
"""Characters from which typing may start from the model's words."""
WAITING = ":shimmer[Answering…]"
STATE_COLORS = {
    CorrectionState.DRAFT: "gray",
    CorrectionState.READY: "blue",
    CorrectionState.SUBMITTED: "orange",
    CorrectionState.TAUGHT: "green",
    CorrectionState.DISCARDED: "gray",
}


def draw_exchange(
    exchange: Exchange,
    correction: Correction | None,
    ledger: Ledger,
    *,
    ask_again: Callable[[Exchange], None],
) -> None:
    """Draw an exchange that is over."""
    _question(exchange)
    with _answer_place():
        if exchange.answer:
            st.text(exchange.answer)
        _outcome(exchange, ask_again)
        if exchange.answer:
            _verdict_row(exchange, ledger)
        if exchange.verdict is Verdict.WRONG:
            _correction(exchange, correction, ledger)


def draw_answering(
    exchange: Exchange, heard: str, *, stop: Callable[[str], None]
) -> DeltaGenerator:
    """Draw an exchange whose answer is being heard; gives the place where the text grows."""
    _question(exchange)
    with _answer_place():
        place = st.empty()
        draw_heard(place, heard)
        st.button(
            "Stop",
            icon=":material/stop_circle:",
            key=f"stop_{exchange.id}",
            type="tertiary",
            on_click=stop,
            args=(exchange.id,),
        )
    return place


def draw_heard(place: DeltaGenerator, heard: str) -> None:
    """Draw what was heard so far."""
    if heard:
        place.text(heard)
    else:
        place.markdown(WAITING)


def _question(exchange: Exchange) -> None:
    with st.chat_message("user", avatar=":material/person:"):
        st.text(exchange.question)


def _answer_place() -> DeltaGenerator:
    return st.chat_message("assistant", avatar=":material/chat_bubble:")


def _outcome(exchange: Exchange, ask_again: Callable[[Exchange], None]) -> None:
    """Say it where an answer is not whole."""
    if exchange.state is ExchangeState.FAILED:
        st.error(plain(exchange.error or "The server did not answer."), icon=":material/error:")
    elif exchange.state is ExchangeState.STOPPED:
        st.caption("Stopped." if exchange.answer else "Stopped before the first word.")
    elif not exchange.answer:
        st.caption("The model said nothing.")
    elif exchange.finish_reason == "length":
        st.caption("Cut off at the longest answer allowed; more is allowed under settings.")
    if not exchange.answer or exchange.state is ExchangeState.FAILED:
        st.button(
            "Ask again",
            icon=":material/refresh:",
            key=f"again_{exchange.id}",
            on_click=ask_again,
            args=(exchange,),
        )


def _verdict_row(exchange: Exchange, ledger: Ledger) -> None:
    def judge(verdict: Verdict | None) -> None:
        with telling():
            ledger.judge(exchange.id, verdict)
            st.session_state["ask_focus"] = exchange.id if verdict is Verdict.WRONG else None

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if exchange.verdict is None:
            st.button(
                "Right",
                icon=":material/check:",
                key=f"right_{exchange.id}",
                on_click=judge,
                args=(Verdict.RIGHT,),
            )
            st.button(
                "Wrong",
                icon=":material/close:",
                key=f"wrong_{exchange.id}",
                on_click=judge,
                args=(Verdict.WRONG,),
            )
        else:
            right = exchange.verdict is Verdict.RIGHT
            st.badge(
                "Right: must not change" if right else "Wrong",
                icon=":material/check:" if right else ":material/close:",
                color="green" if right else "red",
            )
            st.button(
                "Undo",
                key=f"undo_{exchange.id}",
                type="tertiary",
                on_click=judge,
                args=(None,),
            )
        st.caption(about(exchange), width="content")


def _correction(exchange: Exchange, correction: Correction | None, ledger: Ledger) -> None:
    changing = correction is not None and st.session_state.get("ask_change") == correction.id
    if correction is None or correction.state is CorrectionState.DRAFT or changing:
        text = correction.right_answer if correction else ""
        correction_box(exchange.id, exchange.answer, text, ledger)
        return

    def change() -> None:
        st.session_state["ask_change"] = correction.id
        st.session_state["ask_focus"] = exchange.id

    with st.container(border=True):
        st.caption("Right answer")
        st.text(correction.right_answer)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            state_badge(correction.state)
            if correction.state is not CorrectionState.SUBMITTED:
                st.button("Change", key=f"change_{exchange.id}", type="tertiary", on_click=change)


def correction_box(exchange_id: str, wrong: str, text: str, ledger: Ledger) -> None:
    """Where the right answer is typed. Every pause is a draft in the ledger."""

    def typed(text: str) -> None:
        with telling():
            ledger.draft(exchange_id, text)

    def added(text: str) -> None:
        with telling():
            ledger.ready(ledger.draft(exchange_id, text).id)
            st.session_state["ask_change"] = None
            ready = ledger.counts()[CorrectionState.READY]
            st.toast(f"Added: {count(ready, 'correction')} ready.", icon=":material/check:")

    with st.container(border=True):
        draft_box(
            exchange_id,
            label="What is right?",
            text=text,
            placeholder="Type what the model should have answered",
            on_typed=typed,
            on_added=added,
            words=wrong if len(wrong) >= LONG else "",
            focus=st.session_state.get("ask_focus") == exchange_id,
        )


def state_badge(state: CorrectionState) -> None:
    """A correction's state, in its colour."""
    st.badge(state.value.capitalize(), color=STATE_COLORS[state])  # type: ignore[arg-type]  # a literal type


def about(exchange: Exchange) -> str:
    """Such as "SmolLM2 135M · version 3 · 0.4 s · 15 tokens", as Markdown."""
    parts = [plain(exchange.model_name)]
    if exchange.version:
        parts.append(f"version {exchange.version}")
    if exchange.seconds is not None:
        parts.append(f"{exchange.seconds:.1f} s")
    if exchange.generated_tokens is not None:
        parts.append(count(exchange.generated_tokens, "token"))
    return " · ".join(parts)
