"""The template library, and a template with examples of what was taught."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

from lib.ledger.records import BatchSample, NewRun, RunResult
from lib.teaching.templates import DEFAULT
from lib.ui.template_library import WITH_EXAMPLES
from tests.pages.conftest import QUESTION, RIGHT, button, corrected, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]

NAME = "Question and answer"


def taught(ledger: Ledger) -> None:
    """A correction that some run taught."""
    correction = corrected(ledger)
    run = ledger.submit(
        NewRun(id=uuid.uuid4().hex, server_url="u", adapter_id="a", adapter_name="A"),
        [BatchSample(correction.id, {"inputs": "x"})],
    )
    ledger.finish(run.id, RunResult(trainable_tokens=1, sum_loss=1.0))


def test_the_first_template_is_there_and_in_use(open_page: Open) -> None:
    app = open_page("templates")
    assert f"**{NAME}**" in texts(app)
    assert [code.value for code in app.code] == [DEFAULT]
    assert any("In use" in text for text in texts(app))


def test_two_versions_are_compared_and_the_old_one_brought_back(
    open_page: Open, ledger: Ledger
) -> None:
    ledger.save_template(NAME, "Old {question}")
    ledger.save_template(NAME, "New {question}")
    app = open_page("templates")
    assert any("~~Old~~" in text and "green[New]" in text for text in texts(app))
    app = button(app, "Bring version 1 back")
    assert not app.exception
    assert [kept.text for kept in ledger.template_versions(NAME)] == [
        "Old {question}",
        "New {question}",
        "Old {question}",
    ]


def test_a_new_template_is_saved_and_used(open_page: Open, ledger: Ledger) -> None:
    app = open_page("templates")
    app.text_input(key="library_name").set_value("Few-shot").run()
    app = button(app, "Save template")
    assert not app.exception
    assert "**Few-shot**" in texts(app)
    button(app, "Use")
    assert ledger.preference("template") == "Few-shot"


def test_a_template_must_ask_the_question(open_page: Open, ledger: Ledger) -> None:
    app = open_page("templates")
    app.text_input(key="library_name").set_value("Bad").run()
    app.text_area(key="library_text").set_value("No variable").run()
    app = button(app, "Save template")
    assert any("has no {question}" in error for error in texts(app))
    assert [kept.name for kept in ledger.templates()] == [NAME]


def test_examples_come_from_what_was_taught_and_go_into_the_prompt(
    open_page: Open, ledger: Ledger
) -> None:
    taught(ledger)
    ledger.save_template("Few-shot", WITH_EXAMPLES)
    ledger.prefer("template", "Few-shot")
    app = button(open_page("ask"), "Take the one that was taught")
    app.chat_input[0].set_value("Who?").run()
    assert not app.exception
    newest = ledger.exchanges(1)[0]
    assert newest.prompt == (
        f"Question: {QUESTION}\n\nAnswer: {RIGHT}\n\nQuestion: Who?\n\nAnswer: "
    )
    assert newest.variables["examples"].endswith(RIGHT)
