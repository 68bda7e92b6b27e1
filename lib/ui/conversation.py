"""What was asked and answered, the newest last, with answers growing as they come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import ExchangeState
from lib.ui.exchange import draw_answering, draw_exchange, draw_heard
from lib.ui.language import t
from lib.ui.notices import telling
from lib.ui.patching import patch_of
from lib.ui.person import my_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.delta_generator import DeltaGenerator

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange
    from lib.teaching.patches import Patches
    from lib.ui.answers import Answering, Answers

PAGE = 20
"""Exchanges that are shown at first, and that come with each click for older ones."""
REDRAW_SECONDS = 0.05


def draw_conversation(
    ledger: Ledger, answers: Answers, patches: Patches, *, ask_again: Callable[[Exchange], None]
) -> bool:
    """Draw it, and stay until every answer is whole; whether there was anything to draw."""
    # Exchanges stay in their places while new ones come, so that nothing typed is moved.
    shown = st.session_state.setdefault("ask_shown", PAGE)
    latest = ledger.exchanges(shown + 1)
    if len(latest) > shown:
        st.button(t("Show older questions"), icon=":material/history:", on_click=_show_older)
    page = latest[:shown][::-1]
    corrections = {
        found.exchange_id: found
        for found in ledger.corrections(exchange_ids=[exchange.id for exchange in page])
    }

    def stop(exchange_id: str) -> None:
        with telling():
            answers.stop(exchange_id, by=my_name())

    growing: list[tuple[Answering, DeltaGenerator]] = []
    for exchange in page:
        answering = answers.under_way(exchange.id)
        patch = patch_of(exchange, patches)
        with st.container(key=f"exchange_{exchange.id}"):
            if answering:
                place = draw_answering(exchange, answering.text, stop=stop, patch=patch)
                growing.append((answering, place))
                continue
            # It may have ended since the page was read.
            asking = exchange.state is ExchangeState.ASKING
            whole = ledger.exchange(exchange.id) if asking else exchange
            draw_exchange(
                whole, corrections.get(exchange.id), ledger, ask_again=ask_again, patch=patch
            )
    if growing:
        _follow(growing)
    return bool(page)


def _follow(growing: list[tuple[Answering, DeltaGenerator]]) -> None:
    """Each drawing is also where Streamlit can leave this loop for a click."""
    while not all(answering.over.is_set() for answering, _ in growing):
        for answering, place in growing:
            draw_heard(place, answering.text)
        time.sleep(REDRAW_SECONDS)
    st.rerun()


def _show_older() -> None:
    st.session_state["ask_shown"] += PAGE
