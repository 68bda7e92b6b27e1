"""A key held down is one press, so that a shortcut does once what it does."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import streamlit as st

if TYPE_CHECKING:
    from streamlit.components.v2.types import ComponentRenderer


def press_once() -> None:
    """Draw what keeps a held key from being pressed over and over; nothing of it is seen.

    In a field, a key that was pressed there repeats as ever. One that was pressed before, as N,
    which opens the field, does not go on in it; nor do the keys that move about, which do no harm.
    """
    _listener()(key="press_once")


@cache
def _listener() -> ComponentRenderer:
    """Streamlit's shortcuts hear every repetition; this hears it first."""
    return st.components.v2.component(
        "errata_held_key",
        js="""
        const FIELDS = "input, textarea, select, canvas, [contenteditable=true]";
        let inField = false;

        function heard(event) {
          if (!event.repeat) inField = event.composedPath()[0].matches?.(FIELDS) ?? false;
          const acts = event.key.length === 1 || event.key === "Enter";
          if (!event.repeat || inField || !acts || event.ctrlKey || event.metaKey) return;
          event.stopImmediatePropagation();
          // A held space turns the page, and that on a button acts only when it is let go.
          if (event.key !== " ") event.preventDefault();
        }

        export default function () {
          addEventListener("keydown", heard, { capture: true });
          return () => removeEventListener("keydown", heard, { capture: true });
        }
        """,
    )
