"""Ask many: from what is brought to the corrections of what was missed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.list_records import (
    ListedState,
    ListState,
    NewListedQuestion,
    NewQuestionList,
)
from lib.ledger.records import CorrectionState
from lib.ui import services
from tests.gradient_server import BASE, GradientServer
from tests.pages.conftest import button, texts
from tests.ui.house import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]

CSV = b"Question,Answer,Place\nCapital of France?,Paris,Europe\n,,\nOf Peru?,Lima,Andes\n"


def uploaded(app: AppTest, raw: bytes, name: str) -> AppTest:
    return app.file_uploader[0].upload(name, raw, "text/csv").run()


def many(ledger: Ledger, server: GradientServer, number: int) -> str:
    """A list that waits, paused."""
    made = ledger.make_list(
        NewQuestionList(
            name="many.csv",
            template_text="{question}",
            server_url=server.url,
            model_id=BASE,
            model_name="Test base",
        ),
        [
            NewListedQuestion(question=f"Q{n}", prompt=f"Q{n}", expected="Yes")
            for n in range(1, number + 1)
        ],
    )
    ledger.pause_list(made.id)
    return made.id


def done(ledger: Ledger) -> None:
    until(lambda: bool(ledger.question_lists(ListState.DONE)))
    until(lambda: not services.question_lists().under_way)


def test_an_empty_page_says_what_it_is_for(open_page: Open) -> None:
    app = open_page("ask_many")
    assert not app.exception
    assert any(text.startswith("Bring a file of questions") for text in texts(app))


def test_a_file_is_mapped_shown_asked_and_its_misses_corrected(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    server.answers["Question: Of Peru?\n\nAnswer: "] = "Lima."
    app = uploaded(open_page("ask_many"), CSV, "capitals.csv")
    assert "2 questions · 2 with expected answers · 1 row without a question is left out" in texts(
        app
    )
    (shown,) = app.dataframe
    assert list(shown.value["Sent as"]) == [
        "Question: Capital of France?\n\nAnswer: ",
        "Question: Of Peru?\n\nAnswer: ",
    ]
    app = button(app, "Ask 2 questions")
    assert not app.exception
    done(ledger)
    app.run()
    assert [metric.value for metric in app.metric] == ["50%", "0.50", "2"]
    app.session_state[f"many_show_{ledger.question_lists()[0].id}"] = ListedState.MISSED.value
    app.run()
    app = button(app, "Make it a ready correction")
    assert not app.exception
    (correction,) = ledger.corrections(CorrectionState.READY)
    assert (correction.question, correction.right_answer) == ("Capital of France?", "Paris")
    app = button(app, "Undo")
    assert ledger.counts()[CorrectionState.READY] == 0
    assert ledger.exchange(correction.exchange_id or "").verdict is None
    assert "Make it a ready correction" in [found.label for found in app.button]


def test_other_columns_can_be_chosen(open_page: Open, ledger: Ledger) -> None:
    app = uploaded(open_page("ask_many"), CSV, "capitals.csv")
    boxes = {box.label: box for box in app.selectbox}
    boxes["Expected answer"].set_value("Place").run()
    boxes = {box.label: box for box in app.selectbox}
    assert list(app.dataframe[0].value["Expected answer"]) == ["Europe", "Andes"]
    button(app, "Ask 2 questions")
    done(ledger)
    rows = ledger.listed(ledger.question_lists()[0].id)
    assert [row.expected for row in rows] == ["Europe", "Andes"]


def test_pasted_questions_survive_a_reload_and_are_asked(open_page: Open, ledger: Ledger) -> None:
    app = open_page("ask_many")
    app.text_area[0].set_value("Who?\nWhere?").run()
    again = open_page("ask_many")
    assert again.text_area[0].value == "Who?\nWhere?"
    again = button(again, "Ask 2 questions")
    done(ledger)
    assert [row.question for row in ledger.listed(ledger.question_lists()[0].id)] == [
        "Who?",
        "Where?",
    ]
    assert again.text_area[0].value == ""


def test_what_is_no_table_is_said_in_a_sentence(open_page: Open) -> None:
    app = uploaded(open_page("ask_many"), b"a,b\n1,2,3\n", "bad.csv")
    assert not app.exception
    assert any("Line 2 has 3 fields" in warning.value for warning in app.warning)


def test_a_thousand_questions_come_in_pages_and_go_on_when_resumed(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    list_id = many(ledger, server, 1000)
    app = open_page("ask_many")
    assert "Paused: 0 of 1000" in [bar.text for bar in app.get("progress")] or not app.exception
    assert len(app.dataframe[0].value) == 25
    assert len(app.get("pagination")) == 1
    button(app, "Resume")
    until(lambda: ledger.list_counts(list_id).states[ListedState.MISSED] > 3)
    app.run()
    app = button(app, "Cancel")
    assert not app.exception
    assert ledger.question_list(list_id).state is ListState.CANCELLED
    until(lambda: not services.question_lists().under_way)


def test_an_app_that_starts_asks_on_what_an_earlier_one_left(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    list_id = many(ledger, server, 3)
    ledger.resume_list(list_id)
    assert ledger.take(list_id)
    open_page("ask_many")
    done(ledger)
    assert ledger.list_counts(list_id).states[ListedState.MISSED] == 3
    assert len(server.asked) == 3
