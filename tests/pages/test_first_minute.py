from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import CorrectionState
from tests.pages.conftest import QUESTION, RIGHT, asked, button, texts
from tests.ui.house import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def guided(app: AppTest) -> bool:
    return any("The first minute" in text for text in texts(app))


def test_an_empty_home_is_guided_through_asking_correcting_teaching_and_proving(
    open_page: Open, ledger: Ledger
) -> None:
    app = button(open_page("ask"), "Show me")
    app = button(app, "Mark it wrong")
    app = button(app, f"Correct it: {RIGHT}")
    button(app, "Let it learn")
    until(lambda: bool(ledger.runs()) and ledger.runs()[0].decision is not None)
    assert ledger.counts()[CorrectionState.TAUGHT] == 1
    button(open_page("ask"), "Ask it again")
    newest = ledger.exchanges(1)[0]
    assert (newest.question, newest.answer) == (QUESTION, RIGHT)
    assert not guided(open_page("ask"))


def test_whoever_does_a_step_by_hand_is_taken_to_the_next(open_page: Open, ledger: Ledger) -> None:
    button(open_page("ask"), "Show me")
    exchange = ledger.exchanges(1)[0]
    ledger.ready(ledger.draft(exchange.id, "The Cowboys").id)
    assert "Let it learn" in [found.label for found in open_page("ask").button]


def test_it_is_skipped_for_good(open_page: Open) -> None:
    app = open_page("ask")
    assert guided(app)
    assert not guided(button(app, "Skip"))
    assert not guided(open_page("ask"))


def test_a_home_that_was_used_already_is_not_guided(open_page: Open, ledger: Ledger) -> None:
    asked(ledger)
    assert not guided(open_page("ask"))
    assert not guided(open_page("teach"))
