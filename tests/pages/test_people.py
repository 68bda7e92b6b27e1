"""Who one is, and what one may do, whichever page one comes from."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import Verdict
from tests.pages.conftest import ROUTER, asked, button, corrected, page, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger
    from tests.gradient_server import GradientServer

    Open = Callable[[str], AppTest]

NOT_YOURS = "Vera cannot do this here"


@pytest.fixture
def teachers(server: GradientServer, monkeypatch: pytest.MonkeyPatch) -> Open:
    """Opens a page as somebody who does everything, where Vera only looks."""
    assert server.url
    everything = ["asker", "reviewer", "teacher"]
    monkeypatch.setenv("ERRATA_ROLES", json.dumps({"Vera": ["viewer"], "*": everything}))
    return page


def test_a_name_stands_beside_what_its_bearer_marks(open_page: Open, ledger: Ledger) -> None:
    exchange = asked(ledger)
    app = open_page("ask")
    app.text_input(key="person_field").set_value("  Ada   Lovelace ").run()
    button(app, "Wrong")
    said = ledger.judgement(exchange.id)
    assert said is not None
    assert (said.verdict, said.by) == (Verdict.WRONG, "Ada Lovelace")


def test_whoever_marked_and_corrected_an_answer_is_named_to_everybody(
    open_page: Open, ledger: Ledger
) -> None:
    exchange = asked(ledger)
    ledger.judge(exchange.id, Verdict.WRONG, "Ada *Lovelace*")
    ledger.ready(ledger.draft(exchange.id, "The Dallas Cowboys", by="Bob").id)
    shown = texts(open_page("ask"))
    assert any("Wrong · Ada *Lovelace*" in text for text in shown)
    assert "Bob" in shown
    assert "Bob" in texts(open_page("corrections"))


@pytest.mark.parametrize(
    ("where", "what"),
    [("ask", "Right"), ("teach", "Teach 1 correction"), ("models", "Create adapter")],
)
def test_who_only_looks_is_refused_on_a_page_that_was_drawn_for_another(
    teachers: Open, ledger: Ledger, server: GradientServer, where: str, what: str
) -> None:
    corrected(ledger)
    exchange = asked(ledger)
    app = teachers(where)
    app.session_state["person_name"] = "Vera"
    app = button(app, what)
    assert any(text.startswith(NOT_YOURS) for text in texts(app))
    assert ledger.judgement(exchange.id) is None
    assert (server.adapters, ledger.runs()) == ({}, [])


def test_who_asks_changes_only_what_they_began(
    ledger: Ledger, server: GradientServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server.url
    monkeypatch.setenv("ERRATA_ROLES", json.dumps({"Ann": ["asker"], "*": ["reviewer"]}))
    corrected(ledger)
    app = page("corrections", by="Ann")
    assert "Here you may ask. What is grey is for others." in texts(app)
    assert next(found for found in app.button if found.label == "Change").proto.disabled
    exchange = asked(ledger, "Who wrote Emma?")
    ledger.ready(ledger.draft(exchange.id, "Jane Austen", by="Ann").id, by="Ann")
    app.run()
    assert not all(found.proto.disabled for found in app.button if found.label == "Change")


@pytest.mark.parametrize(
    ("roles", "said"),
    [
        ({}, None),
        ({"Vera": ["asker", "reviewer", "teacher"]}, None),
        ({"Ann": ["asker"]}, "You look on here. What is grey is for others."),
        ({"Vera": ["teacher"]}, "Here you may teach. What is grey is for others."),
        ({"Vera": ["asker", "reviewer"]}, "Here you may ask, review. What is grey is for others."),
    ],
)
def test_the_sidebar_says_what_one_may_do_where_that_is_not_everything(
    server: GradientServer,
    monkeypatch: pytest.MonkeyPatch,
    roles: dict[str, list[str]],
    said: str | None,
) -> None:
    assert server.url
    monkeypatch.setenv("ERRATA_ROLES", json.dumps(roles))
    lines = [text for text in texts(page("ask", by="Vera")) if "grey" in text]
    assert lines == ([said] if said else [])


@pytest.mark.usefixtures("teachers")
def test_review_is_not_for_who_only_looks(ledger: Ledger) -> None:
    asked(ledger)
    app = page("review", by="Vera")
    assert any(text.startswith(NOT_YOURS) for text in texts(app))
    assert not [found for found in app.button if found.label == "Right"]


def test_where_there_is_a_sign_in_nothing_is_shown_before_it(
    server: GradientServer, ledger: Ledger
) -> None:
    from streamlit.testing.v1 import AppTest  # noqa: PLC0415

    assert server.url
    asked(ledger, "A secret question?")
    app = AppTest.from_file(ROUTER, default_timeout=20)
    app.user = {"is_logged_in": False}
    app.run()
    assert [found.label for found in app.button] == ["Sign in"]
    assert not any("secret" in text for text in texts(app))
    app.user = {"is_logged_in": True, "email": "ada@example.org", "name": "Ada Lovelace"}
    app = button(app.run(), "Right")
    assert "Ada Lovelace · ada@example.org" in texts(app)
    said = ledger.judgement(ledger.exchanges()[0].id)
    assert said is not None
    assert said.by == "ada@example.org"
