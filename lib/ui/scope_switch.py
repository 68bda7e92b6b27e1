"""Where a version applies: near its corrections, or everywhere."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.gradient.schemas import Scope
from lib.teaching.people import Role
from lib.ui.language import t
from lib.ui.notices import telling
from lib.ui.person import may, must_be

if TYPE_CHECKING:
    from lib.gradient.schemas import Version
    from lib.ui.connection import Connection


def draw_scope(adapter_id: str, version: Version, connection: Connection) -> None:
    """Draw the switch, where the server has scope.

    Raises:
        GradientError: the server does not say what it has.
    """
    if not connection.can("scope"):
        return
    key = f"scope_{adapter_id}_{version.number}"

    def change() -> None:
        chosen = st.session_state[key]
        st.session_state[key] = version.scope
        with telling(t("The scope is as it was.")):
            must_be(Role.TEACHER)
            connection.client().set_scope(adapter_id, version.number, chosen)
            st.session_state[key] = chosen
            connection.forget()
            st.toast(
                t("Changed at once, without teaching. Take the proof again to see what it does.")
            )

    labels = _labels()
    st.session_state.setdefault(key, version.scope)
    st.radio(
        t("Where it applies"),
        list(labels),
        horizontal=True,
        format_func=labels.__getitem__,
        key=key,
        disabled=not may(Role.TEACHER),
        on_change=change,
        help=t(
            "Near its corrections: any other question gets the base model's answer, to the letter."
            " Everywhere: what was learned may show in every answer."
        ),
    )


def scope_field() -> Scope:
    """Draw the choice of where a version that is still to be taught will apply."""
    labels = _labels()
    chosen = st.radio(
        t("Where it is to apply"),
        list(labels),
        horizontal=True,
        format_func=labels.__getitem__,
        key="teach_scope",
        disabled=not may(Role.TEACHER),
        help=t(
            "Near its corrections: any other question gets the base model's answer, to the letter."
            " Everywhere: for use without Errata, too; it is taught so that as many other answers"
            " as possible stay as they are, which takes longer and does not reach all."
        ),
    )
    if chosen is Scope.EVERYWHERE:
        st.caption(
            t(
                "The first time with a template this takes some minutes: what is to stay as it is,"
                " is read once. Expect some other answers to change."
            )
        )
    return chosen


def _labels() -> dict[Scope, str]:
    return {Scope.NEAR: t("Near its corrections"), Scope.EVERYWHERE: t("Everywhere")}
