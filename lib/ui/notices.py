"""What went wrong, told in one sentence: never a stack trace, never markup from elsewhere."""

from __future__ import annotations

import logging
from contextlib import contextmanager
from typing import TYPE_CHECKING

import streamlit as st

from lib.gradient.errors import GradientError
from lib.ledger.errors import LedgerError
from lib.teaching.people import NotPermitted
from lib.teaching.samples import BlankAnswer
from lib.teaching.tables import UnreadableTable
from lib.teaching.templates import TemplateError
from lib.ui.plain import plain
from lib.ui.sentences import told

if TYPE_CHECKING:
    from collections.abc import Iterator

TOLD = (GradientError, LedgerError, TemplateError, BlankAnswer, UnreadableTable, NotPermitted)
"""Errors whose text is a sentence for the person at the screen."""

_KEY, _PAGE = "notice", "notice_page"

log = logging.getLogger(__name__)


@contextmanager
def telling(kept: str = "") -> Iterator[None]:
    """In a callback: what goes wrong is told at the top of the page, until the next click.

    Args:
        kept: a sentence that says what is not lost, such as "Your question is kept.".
    """
    st.session_state.pop(_KEY, None)
    try:
        yield
    except TOLD as error:
        log.warning("Told: %s %s", error, getattr(error, "detail", ""))
        st.session_state[_KEY] = f"{told(str(error))} {kept}".strip()


def draw_notice(page: str) -> None:
    """Tell what went wrong last on this page."""
    if st.session_state.get(_PAGE) != page:
        st.session_state.pop(_KEY, None)
        st.session_state[_PAGE] = page
    sentence = st.session_state.get(_KEY)
    if sentence:
        st.error(plain(sentence), icon=":material/error:")


@contextmanager
def told_here() -> Iterator[None]:
    """While drawing: what goes wrong is told in the place of what cannot be drawn."""
    try:
        yield
    except TOLD as error:
        log.warning("Told: %s %s", error, getattr(error, "detail", ""))
        icon = "cloud_off" if isinstance(error, GradientError) else "info"
        st.warning(plain(told(str(error))), icon=f":material/{icon}:")
