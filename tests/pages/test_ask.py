from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import Answer, CorrectionState, ExchangeState, Verdict
from lib.teaching.templates import FIRST_QUESTION
from lib.ui import services
from tests.gradient_server import BASE, WRONG, GradientServer
from tests.pages.conftest import QUESTION, asked, button, corrected, page, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def test_an_empty_page_offers_the_first_question_and_asks_it(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    app = button(open_page("ask"), FIRST_QUESTION)
    (exchange,) = ledger.exchanges()
    assert (exchange.question, exchange.answer, exchange.state, exchange.model_id) == (
        FIRST_QUESTION,
        WRONG,
        ExchangeState.ANSWERED,
        BASE,
    )
    assert server.asked[-1]["query"] == f"Question: {FIRST_QUESTION}\n\nAnswer: "
    assert server.asked[-1]["autoTemplate"] is True
    assert WRONG in texts(app)


@pytest.mark.parametrize("question", ["", "   ", "\n\t"])
def test_a_question_of_white_space_is_not_asked(
    open_page: Open, ledger: Ledger, question: str
) -> None:
    open_page("ask").chat_input[0].set_value(question).run()
    assert ledger.exchanges() == []


@pytest.mark.parametrize(
    "text",
    [
        "![x](https://example.org/x.png)",
        "<img src=x onerror=alert(1)>",
        "{braces} and $maths$ and :red[colour]",
        "שלום 👋",
        "x" * 100_000,
    ],
)
def test_what_is_typed_and_what_is_said_stay_text(
    open_page: Open, server: GradientServer, text: str
) -> None:
    server.answers[f"Question: {text}\n\nAnswer: "] = text
    app = open_page("ask").chat_input[0].set_value(text).run()
    assert [shown.value for shown in app.text] == [text, text]
    assert not app.exception


def test_a_server_hears_of_a_wrong_answer_that_it_will_teach(
    home: Path, monkeypatch: pytest.MonkeyPatch, ledger: Ledger
) -> None:
    assert home.exists()
    with GradientServer(versions=True) as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        asked(ledger, QUESTION)
        app = page("ask")
        assert server.counted == []
        button(app, "Wrong")
        services.connection().close()  # which waits for what is being said
    assert server.counted == [BASE]


def test_a_verdict_is_kept_and_can_be_undone(open_page: Open, ledger: Ledger) -> None:
    exchange = asked(ledger)
    app = button(open_page("ask"), "Right")
    assert ledger.exchange(exchange.id).verdict is Verdict.RIGHT
    app = button(app, "Undo")
    assert ledger.exchange(exchange.id).verdict is None
    button(app, "Wrong")
    assert ledger.exchange(exchange.id).verdict is Verdict.WRONG


@pytest.mark.parametrize(
    ("status", "said"),
    [
        (401, "The access token is unknown"),
        (403, "This token is not for this workspace"),
        (404, "There is no adapter of this id in this workspace."),
        (422, "The query has 50001 tokens, and the model reads 2048"),
        (500, "Out of order"),
    ],
)
def test_a_server_that_refuses_is_told_in_a_sentence_and_the_question_can_be_asked_again(
    open_page: Open, ledger: Ledger, server: GradientServer, status: int, said: str
) -> None:
    server.refuse["complete"] = (status, said)
    app = open_page("ask").chat_input[0].set_value(QUESTION).run()
    assert not app.exception
    assert sum(said in text for text in texts(app)) == 1
    (failed,) = ledger.exchanges()
    assert (failed.question, failed.state) == (QUESTION, ExchangeState.FAILED)
    server.refuse.clear()
    button(app, "Ask again")
    assert [exchange.state for exchange in ledger.exchanges()] == [
        ExchangeState.ANSWERED,
        ExchangeState.FAILED,
    ]


def test_no_more_tokens_can_be_asked_for_than_the_api_gives(open_page: Open) -> None:
    longest = next(field for field in open_page("ask").number_input if "Longest" in field.label)
    assert (longest.min, longest.max) == (1, 511)


def test_a_template_without_the_question_is_refused_and_stays_in_its_editor(
    open_page: Open, ledger: Ledger
) -> None:
    app = open_page("ask")
    app.text_area[0].set_value("No question here").run()
    app = button(app, "Save template")
    assert any("{question}" in text for text in texts(app))
    assert app.text_area[0].value == "No question here"
    assert [template.version for template in ledger.templates()] == [1]


def test_a_saved_template_is_used_and_its_other_variables_are_asked_for(
    open_page: Open, server: GradientServer, ledger: Ledger
) -> None:
    app = open_page("ask")
    app.text_area[0].set_value('{tone}: {question} {"json": 1}').run()
    app = button(app, "Save template")
    next(field for field in app.text_input if field.label == "Tone").set_value("Short").run()
    app.chat_input[0].set_value("Why {not}?").run()
    assert server.asked[-1]["query"] == 'Short: Why {not}? {"json": 1}'
    assert ledger.exchanges()[0].template_version == 2


def test_older_questions_come_when_they_are_asked_for(open_page: Open, ledger: Ledger) -> None:
    for number in range(25):
        asked(ledger, f"Question number {number}")
    app = open_page("ask")
    assert "Question number 4" not in texts(app)
    app = button(app, "Show older questions")
    assert "Question number 4" in texts(app)
    assert "Show older questions" not in [found.label for found in app.button]


def test_a_correction_that_is_ready_is_shown_and_counted(open_page: Open, ledger: Ledger) -> None:
    correction = corrected(ledger)
    assert correction.exchange_id
    ledger.judge(correction.exchange_id, Verdict.WRONG)
    app = open_page("ask")
    assert correction.right_answer in texts(app)
    assert "1 correction ready" in texts(app)
    assert ledger.counts()[CorrectionState.READY] == 1


def test_the_page_comes_while_the_engine_is_still_starting(home: Path) -> None:
    assert home.exists()
    app = page("ask")
    assert any("Local engine, starting" in text for text in texts(app))
    assert app.chat_input[0].disabled


def test_a_saved_correction_answers_the_same_question_at_once_and_can_be_turned_off(
    open_page: Open, ledger: Ledger
) -> None:
    corrected(ledger)
    again = asked(ledger, f"Please tell me: {QUESTION}")
    app = open_page("ask")
    assert any("Patched" in text for text in texts(app))
    assert ledger.exchange(again.id).answer == WRONG
    app.toggle(key="patch_answers").set_value(False).run()
    assert not any("Patched" in text for text in texts(app))


@pytest.mark.parametrize(
    ("scope", "said"),
    [
        (None, None),
        ({"near": False}, "No correction is near, so the base model answered."),
        ({"near": True, "sample_id": "mine", "similarity": 0.874}, f"(87% alike): {QUESTION}"),
        ({"near": True, "sample_id": "theirs", "similarity": None}, "a correction from elsewhere"),
    ],
)
def test_an_answer_says_whether_a_correction_reached_it_and_which(
    open_page: Open, ledger: Ledger, scope: dict[str, object] | None, said: str | None
) -> None:
    correction = corrected(ledger)
    ledger.judge(ledger.exchanges()[0].id, None)
    if scope and scope.get("sample_id") == "mine":
        scope = {**scope, "sample_id": correction.id}
    exchange = asked(ledger, "Who won it in 94?")
    ledger.answered(exchange.id, Answer(text=WRONG, scope=scope))
    shown = [text for text in texts(open_page("ask")) if "correction" in text.split(":")[0]]
    told = [text for text in shown if "near" in text.lower()]
    assert told == [] if said is None else said in told[0]
