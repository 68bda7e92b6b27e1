"""The language a page speaks: the one that was chosen, or else the browser's.

Texts are written in English where they are used, and are their own keys. `languages/*.po` holds the
others; a text that is missing there is shown in English, and a test says which.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po

NAMES = {"en": "English", "fr": "Français"}
"""The languages there are, each by its own name; the first is what texts are written in."""
KEY = "language"
"""In the session's state: the language that was chosen."""
_FOLDER = Path(__file__).with_name("languages")


def language() -> str:
    """The language of this session, one of `NAMES`."""
    wanted = st.session_state.get(KEY) or (st.context.locale or "")[:2].lower()
    return wanted if wanted in NAMES else next(iter(NAMES))


def t(text: str, **values: object) -> str:
    """A text in this session's language, with `{names}` in it replaced by their values."""
    message = _catalog(language()).get(text)
    said = str(message.string) if message is not None and message.string else text
    return said.format(**values) if values else said


def tn(one: str, many: str, number: int, **values: object) -> str:
    """A text about a number of things; `{number}` in it is that number."""
    spoken = language()
    catalog = _catalog(spoken)
    message = catalog.get(one)
    translated = message.string if message is not None else None
    forms = translated if isinstance(translated, tuple) and all(translated) else (one, many)
    # French counts zero with one, English with many.
    is_many = number > 1 or (number == 0 and spoken == "en")
    return forms[is_many].format(number=f"{number:,}", **values)


@cache
def _catalog(spoken: str) -> Catalog:
    if spoken == next(iter(NAMES)):
        return Catalog()
    with (_FOLDER / f"{spoken}.po").open("rb") as file:
        return read_po(file)
