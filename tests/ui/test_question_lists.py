"""Question lists asked by the app's own worker: paced, paused, taken up again, and scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.list_records import (
    ListedState,
    ListState,
    NewListedQuestion,
    NewQuestionList,
    QuestionList,
)
from lib.ledger.records import ExchangeState
from lib.ui.question_lists import AT_ONCE, QuestionLists, worth
from tests.gradient_server import BASE, WRONG, GradientServer
from tests.ui.house import House, house_at, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def house(server: GradientServer, tmp_path: Path) -> Iterator[House]:
    made = house_at(tmp_path, server.url)
    yield made
    made.close()


@pytest.fixture
def lists(house: House) -> QuestionLists:
    return QuestionLists(house.ledger, house.connection)


def listed(house: House, number: int, *, url: str = "") -> QuestionList:
    """A list of questions that each expect an answer of their own."""
    return house.ledger.make_list(
        NewQuestionList(
            name="list.csv",
            template_text="{question}",
            server_url=url or house.connection.client().server.url,
            model_id=BASE,
            model_name="Test base",
        ),
        [
            NewListedQuestion(question=f"Q{n}", prompt=f"Q{n}", expected=f"A{n}")
            for n in range(1, number + 1)
        ],
    )


def over(house: House, made: QuestionList, lists: QuestionLists) -> QuestionList:
    until(lambda: not lists.under_way)
    return house.ledger.question_list(made.id)


def test_a_list_is_asked_to_its_end_and_scored(
    house: House, lists: QuestionLists, server: GradientServer
) -> None:
    server.answers |= {"Q1": "A1", "Q2": "It is A2."}
    made = listed(house, 20)
    lists.carry_on()
    assert over(house, made, lists).state is ListState.DONE
    counts = house.ledger.list_counts(made.id)
    assert counts.states[ListedState.RIGHT] == 1
    assert counts.states[ListedState.PARTLY] == 1
    assert counts.states[ListedState.MISSED] == 18
    assert sorted(body["query"] for body in server.asked) == sorted(f"Q{n}" for n in range(1, 21))
    rows = house.ledger.listed(made.id)
    assert [row.answer for row in rows[:3]] == ["A1", "It is A2.", WRONG]
    assert all(house.ledger.exchange(row.exchange_id or "").list_id == made.id for row in rows)


def test_few_are_asked_at_once_and_a_pause_ends_with_those(
    house: House, lists: QuestionLists, server: GradientServer
) -> None:
    server.pause = 0.3
    made = listed(house, 50)
    lists.carry_on()
    until(lambda: len(server.asked) > 0)
    house.ledger.pause_list(made.id)
    paused = over(house, made, lists)
    assert paused.state is ListState.PAUSED
    assert len(server.asked) <= 2 * AT_ONCE
    assert house.ledger.list_counts(made.id).states[ListedState.ASKING] == 0
    server.pause = 0.0
    house.ledger.resume_list(made.id)
    lists.carry_on()
    assert over(house, made, lists).state is ListState.DONE
    assert len(server.asked) == 50


def test_an_app_that_starts_again_asks_on_where_the_last_one_was_killed(
    house: House, server: GradientServer
) -> None:
    made = listed(house, 5)
    killed = house.ledger.take(made.id)
    assert killed
    house.ledger.recover()
    lists = QuestionLists(house.ledger, house.connection)
    lists.carry_on()
    assert over(house, made, lists).state is ListState.DONE
    assert sorted(body["query"] for body in server.asked) == ["Q1", "Q2", "Q3", "Q4", "Q5"]
    assert house.ledger.exchange(killed.exchange.id).state is ExchangeState.STOPPED


def test_a_server_that_lets_nobody_in_pauses_the_list_and_loses_nothing(
    house: House, lists: QuestionLists, server: GradientServer
) -> None:
    server.refuse["complete"] = (401, "The access token is unknown")
    made = listed(house, 10)
    lists.carry_on()
    paused = over(house, made, lists)
    assert paused.state is ListState.PAUSED
    assert "access token" in (paused.error or "")
    assert house.ledger.list_counts(made.id).states[ListedState.WAITING] == 10


def test_what_the_server_refuses_is_kept_with_its_reason_and_the_rest_goes_on(
    house: House, lists: QuestionLists, server: GradientServer
) -> None:
    server.refuse["complete"] = (400, "The prompt is too long")
    made = listed(house, 4)
    lists.carry_on()
    assert over(house, made, lists).state is ListState.DONE
    rows = house.ledger.listed(made.id, {ListedState.FAILED})
    assert len(rows) == 4
    assert "too long" in (rows[0].error or "")


def test_a_list_of_another_server_waits_for_it(house: House, lists: QuestionLists) -> None:
    made = listed(house, 1, url="https://elsewhere.example/api")
    lists.carry_on()
    paused = over(house, made, lists)
    assert (paused.state, "elsewhere.example" in (paused.error or "")) == (ListState.PAUSED, True)


@pytest.mark.parametrize(
    ("answer", "expected", "state", "f1"),
    [
        ("the Paris!", "Paris", ListedState.RIGHT, 1.0),
        ("It is Paris, France", "Paris", ListedState.PARTLY, 0.4),
        ("Lyon", "Paris", ListedState.MISSED, 0.0),
        ("Lyon", None, ListedState.ANSWERED, None),
    ],
)
def test_what_an_answer_is_worth(
    answer: str, expected: str | None, state: ListedState, f1: float | None
) -> None:
    assert worth(answer, expected) == (state, f1)
