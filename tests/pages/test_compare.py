from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.history import Span
from lib.ledger.votes import Standing
from tests.gradient_server import BASE, WRONG, teach_versions
from tests.pages.conftest import QUESTION, RIGHT, button, compared, page, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger
    from tests.gradient_server import GradientServer

    Open = Callable[[str], AppTest]

SPIDER = "How many legs has a spider?"


def taught(server: GradientServer) -> None:
    """An adapter that has learned one answer."""
    server.adapters["taught"] = {
        "type": "modelAdapter",
        "id": "taught",
        "name": "my-adapter",
        "baseModelId": "base",
    }
    server.taught.append({"inputs": f"Question: {QUESTION}\n\nAnswer: {RIGHT}"})


def test_a_base_model_and_its_adapter_answer_side_by_side_and_get_a_vote(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    taught(server)
    app = compared(open_page("compare"), QUESTION)
    assert WRONG in texts(app)
    asked = ledger.exchanges_of(Span())
    assert {exchange.model_id for exchange in asked} == {"taught", BASE}
    assert ledger.exchanges() == []
    app.button(key="vote_0_1").click().run()
    assert any("You liked my-adapter best." in text for text in texts(app))
    (first, *_) = ledger.standings()
    assert (first.model_name, first.chosen, first.shown) == ("my-adapter", 1, 1)


def test_a_base_model_and_two_versions_answer_with_what_differs_marked_and_get_a_blind_vote(
    versioned: GradientServer, ledger: Ledger
) -> None:
    teach_versions(versioned, QUESTION, "The Dallas Stars", "The Dallas Cowboys")
    app = page("compare")
    (who,) = app.multiselect
    assert who.options == [
        "Test base",
        "my-adapter",
        "my-adapter, version 2",
        "my-adapter, version 1",
        "my-adapter, untaught",
    ]
    assert who.max_selections == 3
    who.set_value([0, 3, 2]).run()
    app = compared(app, QUESTION)
    shown = texts(app)
    assert WRONG in shown
    for version, team in enumerate(("Stars", "Cowboys"), 1):
        assert f"my-adapter, version {version}" in shown
        added = f":green-background[:green[Dallas {team}]]"
        assert f"The :red[~~New England Patriots~~] {added}" in shown
    assert {(one.model_id, one.version) for one in ledger.exchanges_of(Span())} == {
        (BASE, None),
        ("taught", 1),
        ("taught", 2),
    }
    app = compared(app, QUESTION, blind=True)
    assert not any(text.startswith("my-adapter") for text in texts(app))
    (order,) = app.session_state["comparison"].orders
    app = button(app, "ABC"[order.index(2)])
    assert any("You liked my-adapter, version 2 best." in text for text in texts(app))
    assert ledger.standings() == [
        Standing("my-adapter", 2, shown=1, chosen=1),
        Standing("Test base", None, shown=1, chosen=0),
        Standing("my-adapter", 1, shown=1, chosen=0),
    ]


def test_who_answers_is_hidden_until_the_vote(open_page: Open, server: GradientServer) -> None:
    taught(server)
    app = compared(open_page("compare"), QUESTION, blind=True)
    labels = [found.label for found in app.button]
    assert {"A", "B"} <= set(labels)
    assert not any("my-adapter" in text or "Test base" in text for text in texts(app))
    app = button(app, "None is better")
    assert any("my-adapter" in text for text in texts(app))
    assert any("You liked none better." in text for text in texts(app))


def test_of_many_questions_it_says_which_are_answered_differently(
    open_page: Open, server: GradientServer
) -> None:
    taught(server)
    app = compared(open_page("compare"), QUESTION, SPIDER, SPIDER)
    assert any("1 question is answered differently" in text for text in texts(app))
    app.toggle(key="compare_different").set_value(True).run()
    assert not any(SPIDER in text for text in texts(app))


def test_nothing_is_compared_without_a_question(open_page: Open, server: GradientServer) -> None:
    taught(server)
    app = open_page("compare")
    app.button(key="compare_ask").click().run()
    assert [toast.value for toast in app.toast] == ["Type a question first."]
    assert "comparison" not in app.session_state


def test_two_are_needed_to_compare(open_page: Open, server: GradientServer) -> None:
    taught(server)
    app = open_page("compare")
    app.text_area(key="compare_questions").set_value(QUESTION).run()
    assert not app.button(key="compare_ask").disabled
    app.multiselect[0].unselect(app.multiselect[0].value[0]).run()
    assert app.button(key="compare_ask").disabled


def test_a_model_that_is_alone_is_to_be_taught_first(open_page: Open) -> None:
    app = open_page("compare")
    assert any("There is only one yet" in text for text in texts(app))
    assert not app.text_area
