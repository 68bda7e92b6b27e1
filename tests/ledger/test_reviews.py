"""The queue of review, what is said of an answer and why, and taking it back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotAllowed
from lib.ledger.records import Answer, Reason, Verdict

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange

    from .conftest import Ask, Correct, Submit


def answered(ledger: Ledger, ask: Ask, question: str, **instead: str) -> Exchange:
    return ledger.answered(ask(question, **instead).id, Answer(text="The Patriots"))


def given(exchange: Exchange | None) -> str | None:
    return exchange.question if exchange else None


def test_answers_are_given_in_either_order_until_none_is_left(ledger: Ledger, ask: Ask) -> None:
    for question in "abc":
        answered(ledger, ask, question)
    for oldest_first, order in ((False, "cba"), (True, "abc")):
        at: str | None = None
        for question in order:
            found = ledger.review_next(after=at, oldest_first=oldest_first)
            assert found is not None
            assert found.question == question
            at = found.id
        assert ledger.review_next(after=at, oldest_first=oldest_first) is None


def test_only_what_people_asked_was_answered_and_nobody_judged_is_in_the_queue(
    ledger: Ledger, ask: Ask, correct: Correct, submit: Submit
) -> None:
    run = submit("run", correct())
    judged = answered(ledger, ask, "judged")
    ledger.judge(judged.id, Verdict.WRONG)
    for left in ledger.exchanges():
        ledger.judge(left.id, Verdict.WRONG)
    answered(ledger, ask, "by a proof", run_id=run.id)
    ask("not answered yet")
    ledger.stopped(ask("stopped before a word").id)
    assert (ledger.left_to_review(), ledger.review_next()) == (0, None)
    undone = ledger.judge(judged.id, None)
    assert (ledger.left_to_review(), ledger.review_next()) == (1, undone)


def test_two_people_are_not_given_the_same_answer(ledger: Ledger, ask: Ask) -> None:
    for question in "abc":
        answered(ledger, ask, question)
    ada, bob = ledger.review_next("Ada"), ledger.review_next("Bob")
    assert (given(ada), given(bob)) == ("c", "b")
    assert (ledger.in_review("Ada"), ledger.in_review("Bob")) == (ada, bob)
    assert ada is not None
    with pytest.raises(NotAllowed, match="Ada is looking at this answer"):
        ledger.review_again(ada.id, "Bob")

    then = ledger.review_next("Ada", after=ada.id, leaving=ada.id)
    assert given(then) == "a"
    assert ledger.review_again(ada.id, "Bob") == ada


def test_a_verdict_says_why_and_changing_why_is_one_more_word(ledger: Ledger, ask: Ask) -> None:
    exchange = answered(ledger, ask, "a")
    assert ledger.judgement(exchange.id) is None
    ledger.judge(exchange.id, Verdict.WRONG, "Ada")
    ledger.judge(exchange.id, Verdict.WRONG, "Ada", reasons=[Reason.MADE_UP], note="No such team")
    said = ledger.judgement(exchange.id)
    assert said is not None
    assert (said.verdict, said.by) == (Verdict.WRONG, "Ada")
    assert (said.reasons, said.note) == ((Reason.MADE_UP,), "No such team")


def test_a_judgement_is_taken_back_to_what_was_said_before(ledger: Ledger, ask: Ask) -> None:
    exchange = answered(ledger, ask, "a")
    ledger.judge(exchange.id, Verdict.WRONG, "Ada", reasons=[Reason.STYLE], note="Too long")
    before = ledger.judgement(exchange.id)
    ledger.judge(exchange.id, Verdict.RIGHT, "Ada")
    assert ledger.take_back(exchange.id, before, by="Ada").verdict is Verdict.WRONG
    said = ledger.judgement(exchange.id)
    assert said is not None
    assert (said.reasons, said.note) == ((Reason.STYLE,), "Too long")
    assert ledger.take_back(exchange.id, None, by="Ada").verdict is None


def test_what_somebody_else_said_since_is_not_taken_back(ledger: Ledger, ask: Ask) -> None:
    exchange = answered(ledger, ask, "a")
    ledger.judge(exchange.id, Verdict.RIGHT, "Ada")
    ledger.judge(exchange.id, Verdict.WRONG, "Bob")
    with pytest.raises(NotAllowed, match="Bob has judged this answer since"):
        ledger.take_back(exchange.id, None, by="Ada")
    assert ledger.exchange(exchange.id).verdict is Verdict.WRONG


def test_what_is_assigned_is_given_first_and_to_nobody_else(ledger: Ledger, ask: Ask) -> None:
    for question in "abcde":
        exchange = answered(ledger, ask, question)
        if question in "bd":
            ledger.judge(exchange.id, Verdict.WRONG)
            ledger.assign_all([ledger.draft(exchange.id, "").id], "Ada")
    order: dict[str, list[str]] = {"Bob": [], "Ada": [], "": []}
    for name, questions in order.items():
        at = None
        while found := ledger.review_next(name, after=at, leaving=at):
            questions.append(found.question)
            at = found.id
    assert order == {"Ada": [*"db", *"eca"], "Bob": [*"eca"], "": [*"eca"]}
    assert [ledger.left_to_review(name) for name in order] == [3, 5, 3]


def test_the_rest_of_what_is_assigned_follows_when_one_is_done(ledger: Ledger, ask: Ask) -> None:
    for question in "abc":
        exchange = answered(ledger, ask, question)
        if question != "c":
            ledger.judge(exchange.id, Verdict.WRONG)
            ledger.assign_all([ledger.draft(exchange.id, "right").id], "Ada")
    first = ledger.review_next("Ada")
    assert given(first) == "b"
    assert first is not None
    (draft,) = ledger.corrections(exchange_ids=[first.id])
    ledger.ready(draft.id, by="Ada")
    assert given(ledger.review_next("Ada", after=first.id, leaving=first.id)) == "a"
