"""Which server the app is connected to, and the way to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.people import Role
from lib.ui.connection import Kind, State
from lib.ui.language import t
from lib.ui.notices import telling, told_here
from lib.ui.person import may, must_be
from lib.ui.plain import plain
from lib.ui.sentences import told

if TYPE_CHECKING:
    from lib.ui.connection import Connection

_URL, _TOKEN, _WORKSPACE = "connect_url", "connect_token", "connect_workspace"
LOOKS = {State.READY: "green", State.STARTING: "orange", State.UNWELL: "red"}


def word(state: State) -> str:
    """How the server is, in a word."""
    return {
        State.READY: t("ready"),
        State.STARTING: t("starting…"),
        State.UNWELL: t("not well"),
    }[state]


def draw_server(connection: Connection) -> None:
    """Draw the server in use, and the form for another."""
    status = connection.status()
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(told(status.name))}**")
            st.badge(word(status.state), color=LOOKS[status.state])  # type: ignore[arg-type]  # a literal
        if status.url:
            st.text(status.url)
        if status.sentence and status.state is not State.READY:
            st.caption(plain(told(status.sentence)))
        else:
            with told_here():
                st.caption(plain(_what_it_is(connection)))
        if connection.kind is Kind.ENVIRONMENT:
            st.caption(t("Chosen by GRADIENT\\_API\\_URL in the app's environment."))
        if connection.kind is Kind.OWN:
            _disconnect_button(connection)
    with st.expander(t("Connect to another Gradient server"), icon=":material/link:"):
        _form(connection)


def _disconnect_button(connection: Connection) -> None:
    def disconnect() -> None:
        with telling(t("The connection is as it was.")):
            must_be(Role.TEACHER)
            connection.disconnect()

    st.button(
        t("Disconnect"),
        icon=":material/link_off:",
        help=t("Back to the server that the app starts with."),
        disabled=not may(Role.TEACHER),
        on_click=disconnect,
    )


def _what_it_is(connection: Connection) -> str:
    info = connection.info()
    if info is None:
        return t("A plain Gradient server: answers come whole, and adapters have no versions.")
    return f"{info.name} {info.version}"


def _form(connection: Connection) -> None:
    def connect() -> None:
        state = st.session_state
        with telling(t("The connection is as it was.")):
            must_be(Role.TEACHER)
            connection.connect(state[_URL], state[_TOKEN], state[_WORKSPACE])
            state[_URL] = state[_TOKEN] = state[_WORKSPACE] = ""
            st.toast(t("Connected."), icon=":material/check:")

    with st.form("connect", border=False):
        st.text_input(
            t("Address"), key=_URL, placeholder="https://api.gradient.ai/api", autocomplete="url"
        )
        st.text_input(t("Access token"), key=_TOKEN, type="password", autocomplete="off")
        st.text_input(t("Workspace id"), key=_WORKSPACE, autocomplete="off")
        st.caption(
            t(
                "It is tried before it is used. The token stays on this machine, in a file that"
                " only you can read, until you disconnect."
            )
        )
        st.form_submit_button(t("Connect"), disabled=not may(Role.TEACHER), on_click=connect)
