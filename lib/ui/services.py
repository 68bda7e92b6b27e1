"""What lives as long as the app and is shared by all of its sessions."""

from __future__ import annotations

import gc
import importlib
import logging
import threading
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.errors import LedgerError
from lib.ledger.ledger import Ledger
from lib.settings import Settings
from lib.teaching.people import People
from lib.teaching.templates import DEFAULT, DEFAULT_NAME
from lib.ui.answers import Answers
from lib.ui.connection import Connection
from lib.ui.fine_tunes import FineTunes
from lib.ui.patching import Patching
from lib.ui.question_lists import QuestionLists

if TYPE_CHECKING:
    from collections.abc import Callable

log = logging.getLogger(__name__)

engine_trouble: Callable[[], str] = lambda: ""  # noqa: E731 - a face for the launcher to fill
"""Why the embedded engine cannot start, in a sentence. Set by the launcher, which starts it."""


@st.cache_resource(show_spinner=False)
def settings() -> Settings:
    """What the environment decides."""
    return Settings()


@st.cache_resource(show_spinner=False, on_release=Ledger.close)
def ledger() -> Ledger:
    """Everything asked, marked, corrected and taught.

    Raises:
        LedgerUnavailable: it cannot be opened.
    """
    opened = Ledger(settings().database_url, People(settings().errata_roles))
    opened.begin_with(DEFAULT_NAME, DEFAULT)
    return opened


@st.cache_resource(show_spinner=False, on_release=Connection.close)
def connection() -> Connection:
    """The server in use."""
    return Connection(settings(), lambda: engine_trouble())  # noqa: PLW0108 - it is set later


@st.cache_resource(show_spinner=False)
def answers() -> Answers:
    """Answers under way."""
    return Answers(ledger())


@st.cache_resource(show_spinner=False)
def patching() -> Patching:
    """What answers from corrections."""
    return Patching(ledger(), connection())


@st.cache_resource(show_spinner=False)
def fine_tunes() -> FineTunes:
    """Fine-tunes under way; those that an earlier app left are taken up again."""
    under_way = FineTunes(ledger(), connection())
    under_way.resume()
    return under_way


def open_early() -> threading.Thread:
    """Import what the first page needs; then open it beside, before anybody asks for a page."""
    # Streamlit imports the first two for a page's icon.
    for module in ("numpy", "PIL.ImageFile", "lib.ui.sidebar", "lib.ui.conversation"):
        importlib.import_module(module)

    def read() -> None:
        connection().status()
        try:
            fine_tunes()
            question_lists()
        except LedgerError as error:  # every page says so where it is drawn
            log.warning("%s", error)

    return _beside(read)


@st.cache_resource(show_spinner=False)
def question_lists() -> QuestionLists:
    """Question lists under way; those that an earlier app left are asked on."""
    answers()  # which lets go of what an earlier app was hearing, before anything is asked again
    under_way = QuestionLists(ledger(), connection())
    under_way.carry_on()
    return under_way


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Import once, after the first page, what the first question and the first chart need."""

    def read() -> None:
        for module in ("lib.gradient.llm", "pandas", "altair"):
            importlib.import_module(module)
        # All this stays. Looking through it again for garbage would be half of what a page takes
        # that reads thousands of rows, and a pause between two answers under review.
        gc.collect()
        gc.freeze()

    return _beside(read)


def _beside(read: Callable[[], None]) -> threading.Thread:
    thread = threading.Thread(target=read, name="warm-up", daemon=True)
    thread.start()
    return thread
