"""Which server the app is connected to, and the way to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.people import Role
from lib.ui.connection import Kind, State
from lib.ui.notices import telling, told_here
from lib.ui.person import must_be
from lib.ui.plain import plain

if TYPE_CHECKING:
    from lib.ui.connection import Connection

_URL, _TOKEN, _WORKSPACE = "connect_url", "connect_token", "connect_workspace"
LOOKS = {State.READY: "green", State.STARTING: "orange", State.UNWELL: "red"}
WORDS = {State.READY: "ready", State.STARTING: "starting…", State.UNWELL: "not well"}


def draw_server(connection: Connection) -> None:
    """Draw the server in use, and the form for another."""
    status = connection.status()
    with st.container(border=True, gap="xsmall"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(status.name)}**")
            st.badge(WORDS[status.state], color=LOOKS[status.state])  # type: ignore[arg-type]  # a literal
        if status.url:
            st.text(status.url)
        if status.sentence and status.state is not State.READY:
            st.caption(plain(status.sentence))
        else:
            with told_here():
                st.caption(plain(_abilities(connection)))
        if connection.kind is Kind.ENVIRONMENT:
            st.caption("Chosen by GRADIENT\\_API\\_URL in the app's environment.")
        if connection.kind is Kind.OWN:
            _disconnect_button(connection)
    with st.expander("Connect to another Gradient server", icon=":material/link:"):
        _form(connection)


def _disconnect_button(connection: Connection) -> None:
    def disconnect() -> None:
        with telling("The connection is as it was."):
            must_be(Role.TEACHER)
            connection.disconnect()

    st.button(
        "Disconnect",
        icon=":material/link_off:",
        help="Back to the server that the app starts with.",
        on_click=disconnect,
    )


def _abilities(connection: Connection) -> str:
    info = connection.info()
    if info is None:
        return "A plain Gradient server: answers come whole, and adapters have no versions."
    return f"{info.name} {info.version}: {', '.join(info.extensions)}."


def _form(connection: Connection) -> None:
    def connect() -> None:
        state = st.session_state
        with telling("The connection is as it was."):
            must_be(Role.TEACHER)
            connection.connect(state[_URL], state[_TOKEN], state[_WORKSPACE])
            state[_URL] = state[_TOKEN] = state[_WORKSPACE] = ""
            st.toast("Connected.", icon=":material/check:")

    with st.form("connect", border=False):
        st.text_input(
            "Address", key=_URL, placeholder="https://api.gradient.ai/api", autocomplete="url"
        )
        st.text_input("Access token", key=_TOKEN, type="password", autocomplete="off")
        st.text_input("Workspace id", key=_WORKSPACE, autocomplete="off")
        st.caption(
            "It is tried before it is used. The token stays on this machine, in a file that only"
            " you can read, until you disconnect."
        )
        st.form_submit_button("Connect", on_click=connect)
