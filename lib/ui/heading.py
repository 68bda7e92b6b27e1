"""A page's title, and what stands at its side."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.delta_generator import DeltaGenerator


def draw_title(title: str) -> DeltaGenerator:
    """Draw it at the same height on every page; gives the place at its side."""
    place = st.container(horizontal=True, vertical_alignment="center")
    place.title(title)
    return place
