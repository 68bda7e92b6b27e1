"""What a person is told when the disk is full, or what is kept cannot be read; and what is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import ExchangeState
from tests.disk import full_disk
from tests.pages.conftest import QUESTION, asked, button, page, texts

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger
    from tests.gradient_server import GradientServer

    Open = Callable[[str], AppTest]


def test_a_question_that_cannot_be_kept_is_not_asked_and_back_in_its_field(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    app = open_page("ask")
    with full_disk():
        app = app.chat_input[0].set_value(QUESTION).run()
    assert not app.exception
    assert len(app.error) == 1
    assert "Your question is back in its field" in app.error[0].value
    assert app.chat_input[0].value == QUESTION
    assert server.asked == []
    assert ledger.exchanges() == []
    app.chat_input[0].set_value(QUESTION).run()
    assert ledger.exchanges()[0].state is ExchangeState.ANSWERED


def test_a_verdict_that_cannot_be_kept_is_told_and_the_answer_stays(
    open_page: Open, ledger: Ledger
) -> None:
    exchange = asked(ledger)
    app = open_page("ask")
    with full_disk():
        app = button(app, "Wrong")
    assert not app.exception
    assert len(app.error) == 1
    assert exchange.answer in texts(app)
    assert ledger.exchange(exchange.id).verdict is None


@pytest.mark.parametrize("name", ["ask", "corrections", "teach", "models"])
def test_a_ledger_that_cannot_be_read_is_one_sentence_on_every_page(
    home: Path, server: GradientServer, name: str
) -> None:
    assert server.url
    (home / "ledger.db").write_bytes(b"no database" * 1000)
    app = page(name)
    assert len([*app.error, *app.warning]) == 1, texts(app)


def test_a_nul_and_what_it_stands_between_are_asked_and_kept(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    app = open_page("ask").chat_input[0].set_value("before\0after").run()
    assert not app.exception
    assert ledger.exchanges()[0].question == "before\0after"
    assert server.asked[-1]["query"] == "Question: before\0after\n\nAnswer: "
