"""The language a page speaks: the one that was chosen, or else the browser's.

Texts are written in English where they are used, and are their own keys. `languages/*.po` holds the
others; a test says which are missing there.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path

import streamlit as st
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from babel.numbers import format_decimal

from lib.ui.cookie import kept

NAMES = {"en": "English", "fr": "Français"}
"""The languages there are, each by its own name; the first is what texts are written in."""
KEY, COOKIE = "language", "errata_language"
"""In the session's state, and in the browser: the language that was chosen."""
_FOLDER = Path(__file__).with_name("languages")


def language() -> str:
    """The language of this session, one of `NAMES`."""
    return st.session_state.get(KEY) or known(kept(COOKIE)) or spoken_by(st.context.locale or "")


def known(name: str) -> str:
    """The language if it is one of `NAMES`, or else nothing."""
    return name if name in NAMES else ""


def spoken_by(locale: str) -> str:
    """The language for a browser's locale, such as "fr-CA", or for the languages it accepts."""
    return known(locale[:2].lower()) or next(iter(NAMES))


def t(text: str, **values: object) -> str:
    """A text in this session's language, with `{names}` in it replaced by their values."""
    return text_in(language(), text, **values)


def text_in(spoken: str, text: str, **values: object) -> str:
    """A text in one of `NAMES`, where there is no session that speaks one."""
    message = catalog(spoken).get(text)
    said = str(message.string) if message is not None and message.string else text
    return said.format(**values) if values else said


def tn(one: str, many: str, number: int, **values: object) -> str:
    """A text about a number of things; `{number}` in it is that number."""
    spoken = language()
    message = catalog(spoken).get(one)
    translated = message.string if message is not None else None
    forms = translated if isinstance(translated, tuple) and all(translated) else (one, many)
    # French counts zero with one, English with many.
    is_many = number > 1 or (number == 0 and spoken == "en")
    return forms[is_many].format(
        number=format_decimal(number, format="#,##0", locale=spoken), **values
    )


@cache
def catalog(spoken: str) -> Catalog:
    """The texts of one language, read once; English has none but those in the code."""
    if spoken == next(iter(NAMES)):
        return Catalog()
    with (_FOLDER / f"{spoken}.po").open("rb") as file:
        return read_po(file, locale=spoken)
