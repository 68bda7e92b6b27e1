"""What a correction changes, drawn word by word: words are text, whatever they look like."""

from __future__ import annotations

import streamlit as st

from lib.teaching.differences import Part, Piece, differences
from lib.ui.plain import plain

MARKS = {Part.SAME: "{}", Part.REMOVED: ":red[~~{}~~]", Part.ADDED: ":green-background[:green[{}]]"}
_BREAK = "  \n"


def draw_difference(before: str, after: str) -> None:
    """Draw what was removed, struck out, and what was added, coloured."""
    st.markdown("".join(map(_marked, differences(before, after))).strip() or "…")


def _marked(piece: Piece) -> str:
    """Marks go around words and never around space, where Markdown would not see them."""
    lines = [
        MARKS[piece.part].format(plain(line)) if line.strip() else ""
        for line in piece.text.split("\n")
    ]
    first, last = piece.text[:1], piece.text[-1:]
    head = " " if first.isspace() and first != "\n" else ""
    tail = " " if last.isspace() and last != "\n" and len(piece.text) > 1 else ""
    return head + _BREAK.join(lines) + tail
