"""Where one chooses the language of the app."""

from __future__ import annotations

import streamlit as st

from lib.ui.cookie import keep
from lib.ui.language import COOKIE, KEY, NAMES, language


def draw_language() -> None:
    """Draw the choice; this browser keeps it."""
    # Before the first choice it says what is spoken, which the browser decides.
    chosen = st.session_state.setdefault(KEY, language())
    st.radio(
        "Language · Langue",
        list(NAMES),
        horizontal=True,
        format_func=NAMES.__getitem__,
        key=KEY,
        label_visibility="collapsed",
    )
    keep(COOKIE, chosen)
