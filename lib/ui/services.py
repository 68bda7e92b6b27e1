"""What lives as long as the app and is shared by all of its sessions."""

from __future__ import annotations

import gc
import importlib
import threading
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.ledger import Ledger
from lib.settings import Settings
from lib.ui.answers import Answers
from lib.ui.connection import Connection
from lib.ui.fine_tunes import FineTunes

if TYPE_CHECKING:
    from collections.abc import Callable

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
    return Ledger(settings().database_url)


@st.cache_resource(show_spinner=False, on_release=Connection.close)
def connection() -> Connection:
    """The server in use."""
    return Connection(settings(), lambda: engine_trouble())  # noqa: PLW0108 - it is set later


@st.cache_resource(show_spinner=False)
def answers() -> Answers:
    """Answers under way."""
    return Answers(ledger())


@st.cache_resource(show_spinner=False)
def fine_tunes() -> FineTunes:
    """Fine-tunes under way; those that an earlier app left are taken up again."""
    under_way = FineTunes(ledger(), connection())
    under_way.resume()
    return under_way


@st.cache_resource(show_spinner=False)
def warm_up() -> threading.Thread:
    """Import once, beside the first page, what the first question and the first chart need."""

    def read() -> None:
        for module in ("lib.gradient.llm", "pandas", "altair"):
            importlib.import_module(module)
        # Streamlit collects garbage after every run of a script. What lives as long as the app need
        # not be looked at again each time: it would be most of the time that a click takes.
        gc.collect()
        gc.freeze()

    thread = threading.Thread(target=read, name="warm-up", daemon=True)
    thread.start()
    return thread
