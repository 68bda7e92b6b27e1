from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lib.ledger.history import Grouping
from lib.ledger.records import Answer, NewExchange, ProofItem, Reason, Verdict
from lib.teaching.proof import Kind, Outcome
from tests.pages.conftest import QUESTION, asked, texts
from tests.pages.test_story import taught

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]

RIGHT, WRONG = Verdict.RIGHT, Verdict.WRONG


def numbers(app: AppTest, table: str) -> list[dict[str, Any]]:
    """The rows of a table of numbers."""
    return rows_of(next(one for one in app.dataframe if str(one.key).startswith(table)).value)


def choose(app: AppTest, table: str, row: int, column: str) -> AppTest:
    """Choose a number in a table, and none in any other."""
    for one in app.dataframe:
        if one.key:
            cells = [(row, column)] if one.key == table else []
            app.session_state[one.key] = {"selection": {"rows": [], "columns": [], "cells": cells}}
    app.run()
    assert not app.exception
    return app


def opened(app: AppTest) -> list[dict[str, Any]]:
    """The rows behind the number that is chosen."""
    found = [one.value for one in app.dataframe if not one.key]
    return rows_of(found[0]) if found else []


def rows_of(table: pd.DataFrame) -> list[dict[str, Any]]:
    return [{str(name): text for name, text in row.items()} for row in table.to_dict("records")]


def questions(app: AppTest) -> list[str]:
    """The questions behind the number that is chosen."""
    return [row["Question"] for row in opened(app)]


def test_an_empty_history_says_what_it_is_for(open_page: Open) -> None:
    assert any("Nothing was asked in this time" in text for text in texts(open_page("history")))


@pytest.mark.parametrize("row", [0, 1], ids=["all days", "today"])
def test_every_number_of_what_was_asked_opens_its_questions(
    open_page: Open, ledger: Ledger, row: int
) -> None:
    slow = ledger.answered(asked(ledger, "Right?").id, Answer(text="Yes", seconds=2.0))
    ledger.judge(slow.id, RIGHT)
    ledger.judge(asked(ledger, "Wrong?").id, WRONG)
    asked(ledger, "Unmarked?")
    app = open_page("history")
    assert opened(app) == []
    counted = numbers(app, "history_days")[row]
    behind = {
        "Asked": ["Unmarked?", "Wrong?", "Right?"],
        "Right": ["Right?"],
        "Wrong": ["Wrong?"],
        "Not marked": ["Unmarked?"],
    }
    for column, expected in behind.items():
        assert counted[column] == len(expected)
        assert questions(choose(app, "history_days", row, column)) == expected
    assert counted["Seconds"] == 2.8
    slowest = opened(choose(app, "history_days", row, "Seconds"))
    assert [(one["Question"], one["Seconds"]) for one in slowest] == [
        ("Right?", 2.0),
        ("Unmarked?", 0.4),
        ("Wrong?", 0.4),
    ]


def test_what_is_wrong_most_is_counted_in_three_ways_and_opened(
    open_page: Open, ledger: Ledger
) -> None:
    styled, made_up = asked(ledger, "Styled?"), asked(ledger, "Made up?")
    ledger.judge(styled.id, WRONG, reasons=[Reason.STYLE, Reason.MADE_UP])
    ledger.judge(made_up.id, WRONG, reasons=[Reason.MADE_UP])
    ledger.judge(asked(ledger, "Right?").id, RIGHT)
    asked(ledger, "Unmarked?")
    app = open_page("history")

    app.radio(key="history_grouping").set_value(Grouping.REASON).run()
    assert numbers(app, "history_groups_reason") == [
        {"Group": "Made up", "Wrong": 2},
        {"Group": "Style", "Wrong": 1},
    ]
    for row, expected in enumerate((["Made up?", "Styled?"], ["Styled?"])):
        assert questions(choose(app, "history_groups_reason", row, "Wrong")) == expected

    groups = {
        Grouping.TEMPLATE: "Question: {question} Answer:",
        Grouping.MODEL: "Test base",
    }
    for grouping, name in groups.items():
        app.radio(key="history_grouping").set_value(grouping).run()
        table = f"history_groups_{grouping}"
        assert numbers(app, table) == [
            {"Group": name, "Wrong": 2, "Marked": 3, "Share wrong": "67%"}
        ]
        for column in ("Wrong", "Share wrong"):
            assert questions(choose(app, table, 0, column)) == ["Made up?", "Styled?"]
        marked = questions(choose(app, table, 0, "Marked"))
        assert marked == ["Right?", "Made up?", "Styled?"]


def test_what_a_run_fixed_and_what_it_moved_is_counted_and_opened(
    open_page: Open, ledger: Ledger
) -> None:
    taught(ledger)
    found = {
        "Fixed": (Kind.CORRECTION, Outcome.FIXED),
        "Partly": (Kind.CORRECTION, Outcome.PARTLY),
        "Not fixed": (Kind.CORRECTION, Outcome.NOT_FIXED),
        "Guards moved": (Kind.GUARD, Outcome.CHANGED),
        "Others moved": (Kind.GENERAL, Outcome.CHANGED),
        "Guards that held": (Kind.GUARD, Outcome.SAME),
    }
    ledger.prove(
        "run", [item(kind, outcome, what) for what, (kind, outcome) in found.items()], taking=2
    )
    app = open_page("history")
    assert any("Does teaching fix it" in found.value for found in app.subheader)
    (counted,) = numbers(app, "history_runs")
    assert (counted["Run"], counted["Seconds"]) == ("my-adapter, version 1", 3.2)
    for column in list(found)[:-1]:
        assert counted[column] == 1
        assert questions(choose(app, "history_runs", 0, column)) == [column]
    assert questions(choose(app, "history_runs", 0, "Seconds")) == list(found)


def test_where_the_time_went_is_counted_and_opened(open_page: Open, ledger: Ledger) -> None:
    taught(ledger)
    ledger.answered(asked(ledger, "Slow?").id, Answer(text="Yes", seconds=119.6))
    app = open_page("history")
    assert numbers(app, "history_time") == [
        {"What for": "Answering", "Seconds": 120.0},
        {"What for": "Teaching my-adapter", "Seconds": 3.2},
    ]
    answers = opened(choose(app, "history_time", 0, "Seconds"))
    assert [(one["Question"], one["Seconds"]) for one in answers] == [
        ("Slow?", 119.6),
        (QUESTION, 0.4),
    ]
    (run,) = opened(choose(app, "history_time", 1, "Seconds"))
    assert (run["Run"], run["Seconds"]) == ("my-adapter, version 1", 3.2)


def test_it_is_told_for_one_adapter_alone_even_if_nobody_asked_it(
    open_page: Open, ledger: Ledger
) -> None:
    taught(ledger)
    app = open_page("history")
    app.selectbox(key="history_model").set_value("a").run()
    assert [found.value for found in app.subheader] == [
        "Does teaching fix it, and does it move anything else?",
        "Where did the time go?",
    ]
    new = NewExchange(
        question="Of the adapter?", prompt="?", template_text="{question}", server_url="u",
        model_id="a", model_name="my-adapter",
    )  # fmt: skip
    ledger.answered(ledger.ask(new).id, Answer(text="Yes"))
    assert questions(choose(app.run(), "history_days", 0, "Asked")) == ["Of the adapter?"]


def item(kind: Kind, outcome: Outcome, question: str) -> ProofItem:
    return ProofItem(
        kind=kind, question=question, before="", expected="", after="", outcome=outcome,
        exact=False, f1=0.0,
    )  # fmt: skip
