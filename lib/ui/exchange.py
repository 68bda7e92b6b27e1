"""One question and its answer, with what can be said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import streamlit as st

from lib.ledger.errors import NotFound
from lib.ledger.records import CorrectionState, Exchange, ExchangeState, Reason, Verdict
from lib.teaching.people import JUDGES, Role
from lib.ui import services
from lib.ui.correction_box import (
    change_button,
    changing,
    correction_box,
    draw_author,
    focus_on,
    state_badge,
)
from lib.ui.figures import seconds, share
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.patching import draw_patch, draw_standing
from lib.ui.person import LONGEST, may, my_name
from lib.ui.plain import plain
from lib.ui.sentences import told

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.delta_generator import DeltaGenerator

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction
    from lib.teaching.patches import Patch

LONG = 2000
"""Characters from which a question has a place of its own to scroll in."""


def draw_exchange(
    exchange: Exchange,
    correction: Correction | None,
    ledger: Ledger,
    *,
    ask_again: Callable[[Exchange], None],
    patch: Patch | None = None,
) -> None:
    """Draw an exchange that is over."""
    _question(exchange)
    with _answer_place():
        draw_patch(patch, exchange, whole=True)
        if exchange.answer:
            st.text(exchange.answer)
        _outcome(exchange, ask_again)
        if exchange.answer:
            _verdict_row(exchange, ledger)
        if exchange.verdict is Verdict.WRONG:
            _correction(exchange, correction, ledger)


def draw_answering(
    exchange: Exchange, heard: str, *, stop: Callable[[str], None], patch: Patch | None = None
) -> DeltaGenerator:
    """Draw an exchange whose answer is being heard; gives the place where the text grows."""
    _question(exchange)
    with _answer_place():
        draw_patch(patch, exchange, whole=False)
        place = st.empty()
        draw_heard(place, heard)
        st.button(
            t("Stop"),
            icon=":material/stop_circle:",
            key=f"stop_{exchange.id}",
            type="tertiary",
            disabled=not may(Role.ASKER),
            on_click=stop,
            args=(exchange.id,),
        )
    return place


def draw_heard(place: DeltaGenerator, heard: str) -> None:
    """Draw what was heard so far."""
    if heard:
        place.text(heard)
    else:
        place.markdown(f":shimmer[{t('Answering…')}]")


def _question(exchange: Exchange) -> None:
    height: int | Literal["content"] = 240 if len(exchange.question) > LONG else "content"
    with (
        st.chat_message("user", avatar=":material/person:"),
        st.container(height=height, border=False),
    ):
        st.text(exchange.question)


def _answer_place() -> DeltaGenerator:
    return st.chat_message("assistant", avatar=":material/chat_bubble:")


def _outcome(exchange: Exchange, ask_again: Callable[[Exchange], None]) -> None:
    """Say it where an answer is not whole."""
    if exchange.state is ExchangeState.FAILED:
        st.error(
            plain(told(exchange.error or "The server did not answer.")), icon=":material/error:"
        )
    elif exchange.state is ExchangeState.STOPPED:
        st.caption(t("Stopped.") if exchange.answer else t("Stopped before the first word."))
    elif not exchange.answer:
        st.caption(t("The model said nothing."))
    elif exchange.finish_reason == "length":
        st.caption(t("Cut off at the longest answer allowed; more is allowed under settings."))
    if not exchange.answer or exchange.state is ExchangeState.FAILED:
        st.button(
            t("Ask again"),
            icon=":material/refresh:",
            key=f"again_{exchange.id}",
            disabled=not may(Role.ASKER),
            on_click=ask_again,
            args=(exchange,),
        )


def _verdict_row(exchange: Exchange, ledger: Ledger) -> None:
    def judge(verdict: Verdict | None) -> None:
        with telling():
            ledger.judge(exchange.id, verdict, my_name())
            if verdict is Verdict.WRONG:
                focus_on(exchange.id)
                services.connection().expect_teaching(exchange.model_id)

    barred = not may(*JUDGES)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if exchange.verdict is None:
            st.button(
                t("Right"),
                icon=":material/check:",
                key=f"right_{exchange.id}",
                disabled=barred,
                on_click=judge,
                args=(Verdict.RIGHT,),
            )
            st.button(
                t("Wrong"),
                icon=":material/close:",
                key=f"wrong_{exchange.id}",
                disabled=barred,
                on_click=judge,
                args=(Verdict.WRONG,),
            )
        else:
            right = exchange.verdict is Verdict.RIGHT
            said = ledger.judgement(exchange.id)
            word = t("Right: must not change") if right else t("Wrong")
            st.badge(
                f"{word} · {plain(said.by, LONGEST)}" if said and said.by else word,
                icon=":material/check:" if right else ":material/close:",
                color="green" if right else "red",
            )
            st.button(
                t("Undo"),
                key=f"undo_{exchange.id}",
                type="tertiary",
                disabled=barred,
                on_click=judge,
                args=(None,),
            )
        st.caption(about(exchange), width="content")
    _scope(exchange, ledger)


def _scope(exchange: Exchange, ledger: Ledger) -> None:
    """Say whether a correction reached the question, where the server told."""
    if exchange.scope is None:
        return
    if not exchange.scope["near"]:
        st.caption(t("No correction is near, so the base model answered."))
        return
    try:
        taught = ledger.correction(exchange.scope.get("sample_id") or "").question
    except NotFound:  # taught by another client of the server
        taught = t("a correction from elsewhere")
    st.caption(
        t(
            "Near a correction ({share} alike): {question}",
            share=share(exchange.scope.get("similarity") or 1),
            question=plain(taught, 200),
        )
    )


def _correction(exchange: Exchange, correction: Correction | None, ledger: Ledger) -> None:
    if correction is None or correction.state is CorrectionState.DRAFT or changing(correction):
        correction_box(exchange.id, exchange.answer, correction, ledger)
        return
    with st.container(border=True, gap="xsmall"):
        st.caption(t("Right answer"))
        st.text(correction.right_answer)
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            state_badge(correction.state)
            if correction.state is CorrectionState.TAUGHT:
                draw_standing(correction.id, services.patching().patches())
            draw_author(correction)
            change_button(correction)
            if correction.state is CorrectionState.READY:
                st.page_link("teach.py", label=t("Teach"), icon=":material/school:")


def about(exchange: Exchange) -> str:
    """Such as "SmolLM2 135M · version 3 · 0.4 s · 15 tokens", as Markdown."""
    parts = [plain(exchange.model_name)]
    if exchange.version:
        parts.append(t("version {number}", number=exchange.version))
    if exchange.seconds is not None:
        parts.append(seconds(exchange.seconds))
    if exchange.generated_tokens is not None:
        parts.append(tn("{number} token", "{number} tokens", exchange.generated_tokens))
    return " · ".join(parts)


def reason_word(reason: Reason) -> str:
    """Why an answer is wrong, as it is called on the screen."""
    return {
        Reason.WRONG_FACT: t("Wrong fact"),
        Reason.INCOMPLETE: t("Incomplete"),
        Reason.MADE_UP: t("Made up"),
        Reason.STYLE: t("Style"),
        Reason.OTHER: t("Other"),
    }[reason]
