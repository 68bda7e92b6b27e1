"""The sidebar: how the server is, where one can go, and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.ui import services
from lib.ui.connection import State
from lib.ui.person import draw_person
from lib.ui.plain import count, plain
from lib.ui.server_form import LOOKS, WORDS

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from lib.ui.connection import Status


def draw_sidebar(
    *,
    ask: StreamlitPage,
    ask_many: StreamlitPage,
    corrections: StreamlitPage,
    teach: StreamlitPage,
    compare: StreamlitPage,
    history: StreamlitPage,
    templates: StreamlitPage,
    import_export: StreamlitPage,
    models: StreamlitPage,
) -> None:
    """Draw it. What it says of the server renews itself."""
    with st.sidebar:
        ready = services.connection().status().state is State.READY
        st.fragment(_server, run_every=5.0 if ready else 1.0)()
        ledger = services.ledger()
        services.fine_tunes()
        waiting = ledger.counts()[CorrectionState.READY]
        running = len(ledger.unfinished_runs())
        st.page_link(ask)
        st.page_link(ask_many)
        st.page_link(corrections, label=_label("Corrections", waiting, "ready"))
        st.page_link(teach, label=_label("Teach", running, "running"))
        st.page_link(compare)
        st.page_link(history)
        st.page_link(templates)
        st.page_link(import_export)
        st.page_link(models)
        draw_person()
        if waiting and not running:
            st.markdown(f"{count(waiting, 'correction')} ready")
            label = "Teach it" if waiting == 1 else "Teach them"
            if st.button(label, type="primary", width="stretch"):
                st.switch_page(teach)


def _label(title: str, number: int, word: str) -> str:
    return f"{title} :gray-badge[{number} {word}]" if number else title


def _server() -> None:
    status = services.connection().status()
    st.markdown(_said(status))
    if status.state is State.UNWELL:
        st.caption(plain(status.sentence))
    before = st.session_state.get("server_state")
    st.session_state["server_state"] = status.state.value
    if before is not None and before != status.state.value:
        st.rerun()


def _said(status: Status) -> str:
    return f":{LOOKS[status.state]}[●] {plain(status.name)}, {WORDS[status.state]}"
