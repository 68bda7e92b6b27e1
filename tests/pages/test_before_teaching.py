"""What Teach says of a batch before it is taught: what contradicts it, and what it will take."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import CorrectionState, Verdict
from tests.gradient_server import WRONG, GradientServer
from tests.pages.conftest import (
    QUESTION,
    RIGHT,
    asked,
    button,
    corrected,
    labels,
    page,
    proved,
    report,
    texts,
)
from tests.ui.house import until

if TYPE_CHECKING:
    from collections.abc import Callable

    import pytest
    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def test_a_contradiction_is_shown_before_teaching_and_put_right_with_one_click(
    ledger: Ledger, open_page: Open
) -> None:
    older = corrected(ledger)
    corrected(ledger, QUESTION.lower(), "The Dallas Stars")
    app = button(open_page("teach"), "Teach 2 corrections")
    assert ledger.runs() == []
    assert any("say why you go on" in text for text in texts(app))
    app = button(app, "Keep the newer")
    assert ledger.correction(older.id).state is CorrectionState.DISCARDED
    assert "Teach 1 correction" in labels(app)
    assert not any("look at first" in text for text in texts(app))


def test_a_batch_is_taught_in_spite_of_its_conflicts_with_a_reason_that_is_kept(
    ledger: Ledger, open_page: Open
) -> None:
    corrected(ledger, QUESTION, WRONG)
    app = open_page("teach")
    app.text_input(key="teach_regardless").set_value("To see what happens")
    button(app, "Teach 1 correction")
    until(lambda: proved(ledger))
    assert ledger.runs()[0].regardless == {
        "reason": "To see what happens",
        "kinds": ["like_wrong"],
    }
    assert any(
        "in spite of 1 conflict: To see what happens" in text for text in texts(report(ledger))
    )


def test_a_guard_that_says_otherwise_is_taken_back_with_one_click(
    ledger: Ledger, open_page: Open
) -> None:
    guard = ledger.judge(asked(ledger).id, Verdict.RIGHT)
    corrected(ledger)
    app = button(open_page("teach"), "Take the mark back")
    assert ledger.exchange(guard.id).verdict is None
    assert not any("look at first" in text for text in texts(app))


def test_a_guard_that_says_otherwise_in_other_words_is_shown_with_its_words(
    ledger: Ledger, versioned: GradientServer
) -> None:
    other_words = "Which team took the 1994 Super Bowl home?"
    versioned.alike = (QUESTION, other_words)
    ledger.judge(asked(ledger, other_words).id, Verdict.RIGHT)
    corrected(ledger)
    said = f"{QUESTION} · here **{RIGHT}**, there **{WRONG}**, to “{other_words}”"
    app = page("teach")
    assert said in texts(app)
    assert not any("look at first" in text for text in texts(button(app, "Take the mark back")))


def test_what_was_put_right_before_teaching_can_be_undone_there(
    open_page: Open, ledger: Ledger
) -> None:
    older, newer = corrected(ledger), corrected(ledger, QUESTION, "The Oilers")
    guard = asked(ledger, QUESTION, "The Bills")
    ledger.judge(guard.id, Verdict.RIGHT)
    app = open_page("teach")
    assert "Undo" not in labels(app)
    app = button(app, "Keep the newer")
    assert ledger.correction(older.id).state is CorrectionState.DISCARDED
    app = button(app, "Undo")
    assert ledger.correction(older.id).state is CorrectionState.READY
    app = button(app, "Discard")
    assert ledger.counts()[CorrectionState.DISCARDED] == 1
    app = button(button(app, "Undo"), "Take the mark back")
    assert ledger.exchange(guard.id).verdict is None
    app = button(app, "Undo")
    assert ledger.exchange(guard.id).verdict is Verdict.RIGHT
    assert ledger.correction(newer.id).state is CorrectionState.READY
    assert "Undo" not in labels(app)


def test_what_a_run_takes_is_said_before_and_after(ledger: Ledger, open_page: Open) -> None:
    corrected(ledger)
    app = open_page("teach")
    assert any("learns samples as plain text" in text for text in texts(app))
    assert any(text.startswith("1 sample · about") and " s expected" in text for text in texts(app))
    button(app, "Teach 1 correction")
    until(lambda: proved(ledger))
    assert any("s, expected" in text for text in texts(report(ledger)))
    assert len(ledger.past_runs()) == 1


def test_what_the_live_version_says_already_is_asked_first_where_nobody_knows(
    ledger: Ledger, versioned: GradientServer
) -> None:
    corrected(ledger)
    button(page("teach"), "Teach 1 correction")
    report(ledger)
    versioned.leaks["How many legs has a spider?"] = "Eight"
    corrected(ledger, "How many legs has a spider?", "Eight")
    app = button(page("teach"), "Ask 1 question first, to see what it knows")
    assert any("One is answered right already." in text for text in texts(app))
    assert not any(found.label.startswith("Ask 1 question first") for found in app.button)


def test_what_the_server_takes_for_the_same_question_is_compared_with_what_is_held(
    ledger: Ledger, versioned: GradientServer
) -> None:
    other_words = "Which team took the 1994 Super Bowl home?"
    versioned.alike = (QUESTION, other_words)
    corrected(ledger, other_words, RIGHT)
    button(page("teach"), "Teach 1 correction")
    report(ledger)
    corrected(ledger, QUESTION, "The Dallas Stars")
    app = page("teach")
    assert any("The adapter holds another answer." in text for text in texts(app))


def test_a_price_is_said_where_tokens_have_one(
    ledger: Ledger, open_page: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ERRATA_PRICE_PER_MILLION_TOKENS", "2000")
    corrected(ledger)
    button(open_page("teach"), "Teach 1 correction")
    until(lambda: proved(ledger))
    assert any("price 0.028, expected 0.04" in text for text in texts(report(ledger)))
