"""The sidebar: how the server is, where one can go, and what is next."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.teaching.people import Role
from lib.ui import services
from lib.ui.connection import State
from lib.ui.language import t, tn
from lib.ui.language_picker import draw_language
from lib.ui.person import draw_person, may
from lib.ui.plain import plain
from lib.ui.sentences import told
from lib.ui.server_form import LOOKS, word

if TYPE_CHECKING:
    from streamlit.navigation.page import StreamlitPage

    from lib.ui.connection import Status


def draw_sidebar(
    here: StreamlitPage,
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
    """Draw it, beside the page that somebody is on. What it says of the server renews itself."""
    with st.sidebar:
        ready = services.connection().status().state is State.READY
        st.fragment(_server, run_every=5.0 if ready else 1.0)()
        ledger = services.ledger()
        services.fine_tunes()
        waiting = ledger.counts()[CorrectionState.READY]
        running = len(ledger.unfinished_runs())
        st.page_link(ask)
        st.page_link(ask_many)
        st.page_link(
            corrections,
            label=_label(
                t("Corrections"), tn("{number} ready", "{number} ready", waiting) if waiting else ""
            ),
        )
        st.page_link(
            teach,
            label=_label(
                t("Teach"), tn("{number} running", "{number} running", running) if running else ""
            ),
        )
        st.page_link(compare)
        st.page_link(history)
        st.page_link(templates)
        st.page_link(import_export)
        st.page_link(models)
        draw_person()
        draw_language()
        if waiting and not running:
            st.markdown(tn("{number} correction ready", "{number} corrections ready", waiting))
            label = t("Teach it") if waiting == 1 else t("Teach them")
            # On its own page, the button below the batch is the one to press.
            offered = here is not teach and may(Role.TEACHER)
            if offered and st.button(label, type="primary", width="stretch"):
                st.switch_page(teach)


def _label(title: str, aside: str) -> str:
    return f"{title} :gray[{aside}]" if aside else title


def _server() -> None:
    status = services.connection().status()
    st.markdown(_said(status))
    if status.state is State.UNWELL:
        st.caption(plain(told(status.sentence)))
    before = st.session_state.get("server_state")
    st.session_state["server_state"] = status.state.value
    if before is not None and before != status.state.value:
        st.rerun()


def _said(status: Status) -> str:
    return f":{LOOKS[status.state]}[●] {plain(told(status.name))}, {word(status.state)}"
