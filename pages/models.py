"""Models: which server the app is connected to, and what it has."""

import streamlit as st

from lib.teaching.people import Role
from lib.ui import services
from lib.ui.adapter import draw_adapter
from lib.ui.connection import State
from lib.ui.heading import draw_title
from lib.ui.language import t, tn
from lib.ui.new_adapter import make_adapter, new_adapter_fields
from lib.ui.notices import draw_notice, telling, told_here
from lib.ui.person import may
from lib.ui.plain import plain
from lib.ui.server_form import draw_server

connection = services.connection()

draw_title(t("Models"))
draw_notice("models")
draw_server(connection)
if connection.status().state is not State.READY:
    st.stop()  # why, the server's card says; the sidebar draws the page again when that changes

with told_here():
    models = connection.models()

    st.header(t("Base models"))
    for model in models.base:
        with st.container(border=True, gap="xxsmall"):
            st.markdown(f"**{plain(models.name(model.id))}**")
            context = (
                " · "
                + tn(
                    "{number} token of context",
                    "{number} tokens of context",
                    model.context_tokens,
                )
                if model.context_tokens
                else ""
            )
            st.caption(f"{plain(model.slug)}{context}")

    st.header(t("Adapters"))
    if not models.adapters:
        st.markdown(
            t(
                "An adapter is what a base model learns from you, kept beside it. Make one here, or"
                " let Teach make the first."
            )
        )
    for adapter in models.adapters:
        draw_adapter(
            adapter,
            models,
            ledger=services.ledger(),
            connection=connection,
            fine_tunes=services.fine_tunes(),
        )
    with st.expander(t("New adapter"), icon=":material/add:"):
        new = new_adapter_fields("models", models)

        def create() -> None:
            """Make the adapter as the fields say."""
            with telling(t("What you typed is still in its fields.")):
                make_adapter(new, connection)
                st.toast(t("{adapter} is made.", adapter=plain(new.name)), icon=":material/check:")

        st.button(
            t("Create adapter"),
            type="primary",
            disabled=not new.name or not may(Role.TEACHER),
            on_click=create,
        )
