from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import CorrectionState
from tests.pages.conftest import RIGHT, asked, button, corrected, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def test_an_empty_page_says_what_it_is_for(open_page: Open) -> None:
    app = open_page("corrections")
    assert any(text.startswith("A correction is the right answer") for text in texts(app))


def test_a_correction_can_be_discarded_and_restored(open_page: Open, ledger: Ledger) -> None:
    correction = corrected(ledger)
    app = button(open_page("corrections"), "Discard")
    assert ledger.correction(correction.id).state is CorrectionState.DISCARDED
    app.radio[0].set_value(CorrectionState.DISCARDED).run()
    button(app, "Restore")
    assert ledger.correction(correction.id).state is CorrectionState.READY


def test_states_are_counted_and_chosen(open_page: Open, ledger: Ledger) -> None:
    corrected(ledger)
    ledger.draft(asked(ledger, "Another?").id, "half an ans")
    app = open_page("corrections")
    assert RIGHT in texts(app)
    app.radio[0].set_value(CorrectionState.DRAFT).run()
    assert "half an ans" in texts(app)
    assert RIGHT not in texts(app)


def test_exactly_what_is_sent_is_shown(open_page: Open, ledger: Ledger) -> None:
    correction = corrected(ledger)
    app = open_page("corrections")
    app.session_state[f"sent_{correction.id}"] = True
    app.run()
    assert any(f"Answer: {RIGHT}" in code.value for code in app.code)


def test_many_corrections_come_in_pages(open_page: Open, ledger: Ledger) -> None:
    for number in range(23):
        corrected(ledger, f"Question number {number}")
    app = open_page("corrections")
    assert "**Question number 22**" in texts(app)
    assert "**Question number 1**" not in texts(app)
    assert "23 corrections" in texts(app)
