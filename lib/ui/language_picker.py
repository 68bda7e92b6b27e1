"""Where one chooses the language of the app."""

from __future__ import annotations

import streamlit as st

from lib.ui.cookie import keep
from lib.ui.language import COOKIE, KEY, NAMES, language

_CHOSEN = "language_chosen"


def draw_language() -> None:
    """Draw the choice; this browser keeps it once somebody chose."""

    def chose() -> None:
        st.session_state[_CHOSEN] = True

    # Before the first choice it says what is spoken, which the browser decides.
    spoken = st.session_state.setdefault(KEY, language())
    st.radio(
        "Language · Langue",
        list(NAMES),
        horizontal=True,
        format_func=NAMES.__getitem__,
        key=KEY,
        label_visibility="collapsed",
        on_change=chose,
    )
    if st.session_state.get(_CHOSEN):
        keep(COOKIE, spoken)
