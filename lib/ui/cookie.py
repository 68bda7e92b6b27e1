"""What one browser keeps beyond its session: a name, a language."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def kept(cookie: str) -> str:
    """What the browser kept under a name, as it was when the page was opened; may be empty."""
    return unquote(st.context.cookies.get(cookie, ""))


def keep(cookie: str, text: str) -> None:
    """Draw what makes the browser keep a text, if it does not yet; nothing of it is seen."""
    # What was kept when the page was opened may have been changed since, and back.
    changed = st.session_state.setdefault(f"kept_{cookie}", False) or kept(cookie) != text
    if changed:
        st.session_state[f"kept_{cookie}"] = True
        _keeper()(key=f"keep_{cookie}", data={"cookie": cookie, "text": quote(text, safe="")})


@cache
def _keeper() -> ComponentRenderer:
    """Only a browser can keep something beyond its session."""
    return st.components.v2.component(
        "errata_cookie",
        js="""
        export default function ({ data }) {
          document.cookie =
            `${data.cookie}=${data.text};path=/;max-age=31536000;SameSite=Lax`;
        }
        """,
    )
