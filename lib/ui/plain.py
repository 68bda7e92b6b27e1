"""What people and models write, where Streamlit reads Markdown: it must stay text."""

from __future__ import annotations

import re

_ADDRESS = re.compile(r"(?<=://)|(?<=www)(?=\.)|(?<=\w@)(?=\w)", re.IGNORECASE)
_NO_WIDTH = "\u200b"
_PUNCTUATION = re.compile(r"([!-/:-@\[-`{-~])")


def plain(text: str, longest: int | None = None) -> str:
    """The text in one line, with every character that Markdown could read escaped.

    Args:
        text: as somebody wrote it.
        longest: characters to keep; what is cut off is marked with an ellipsis.
    """
    # What looks like an address becomes a link, escaped or not, unless there is a space in it.
    line = _ADDRESS.sub(_NO_WIDTH, short(text, longest))
    return _PUNCTUATION.sub(r"\\\1", line)


def short(text: str, longest: int | None = None) -> str:
    """The text in one line, cut to `longest` characters."""
    line = " ".join(text.split())
    if longest is not None and len(line) > longest:
        return line[: longest - 1].rstrip() + "…"
    return line
