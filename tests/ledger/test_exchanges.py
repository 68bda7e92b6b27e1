from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotFound
from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, ExchangeState, Sampling, Verdict

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Ask, Correct, Submit


def test_a_question_is_kept_before_it_is_sent_with_exactly_what_is_sent(
    ledger: Ledger, ask: Ask
) -> None:
    sampling = Sampling(max_generated_token_count=7, temperature=0.5, top_k=3, top_p=0.9)
    asked = ask("Why?", variables={"tone": "dry"}, sampling=sampling, version=4, asked_by="Ada")

    kept = ledger.exchange(asked.id)
    assert kept == asked
    assert kept.state is ExchangeState.ASKING
    assert (kept.question, kept.prompt) == ("Why?", "Question: Why?\n\nAnswer: ")
    assert (kept.variables, kept.sampling, kept.version) == ({"tone": "dry"}, sampling, 4)
    assert kept.asked_by == "Ada"
    assert kept.created_at.tzinfo is UTC
    assert abs(kept.created_at - datetime.now(UTC)) < timedelta(minutes=5)


def test_an_answer_grows_while_it_is_heard_and_is_whole_at_last(ledger: Ledger, ask: Ask) -> None:
    asked = ask()
    ledger.hear(asked.id, "The Dal", first_token_s=0.1)
    ledger.hear(asked.id, "The Dallas")
    heard = ledger.exchange(asked.id)
    assert (heard.state, heard.answer) == (ExchangeState.ASKING, "The Dallas")

    answer = Answer(
        text="The Dallas Cowboys",
        finish_reason="stop",
        version=2,
        seconds=0.4,
        prompt_tokens=9,
        generated_tokens=5,
        scope={"near": True, "sampleId": "c1", "similarity": 0.9},
    )
    whole = ledger.answered(asked.id, answer)
    assert whole.state is ExchangeState.ANSWERED
    assert (whole.answer, whole.finish_reason, whole.version) == ("The Dallas Cowboys", "stop", 2)
    assert (whole.first_token_s, whole.seconds) == (0.1, 0.4)
    assert (whole.prompt_tokens, whole.generated_tokens) == (9, 5)
    assert whole.scope == answer.scope
    assert ledger.exchange(asked.id) == whole


def test_a_late_word_does_not_undo_a_whole_answer(ledger: Ledger, ask: Ask) -> None:
    asked = ask()
    whole = ledger.answered(asked.id, Answer(text="whole"))
    ledger.hear(asked.id, "who")
    ledger.stopped(asked.id, "who")
    ledger.failed(asked.id, "gone")
    assert ledger.exchange(asked.id) == whole


def test_what_was_said_before_a_stop_or_a_failure_is_kept(ledger: Ledger, ask: Ask) -> None:
    stopped, failed = ask(), ask()
    ledger.hear(stopped.id, "The")
    ledger.hear(failed.id, "The")

    assert ledger.stopped(stopped.id, seconds=1.5).answer == "The"
    assert ledger.stopped(stopped.id, "The Dal").answer == "The Dal"
    broken = ledger.failed(failed.id, "The server went away.")
    assert (broken.state, broken.answer, broken.error) == (
        ExchangeState.FAILED,
        "The",
        "The server went away.",
    )


def test_exchanges_come_newest_first_and_in_pages(ledger: Ledger, ask: Ask) -> None:
    asked = [ask(f"{number}").id for number in range(7)]
    first = ledger.exchanges(3)
    second = ledger.exchanges(3, before=first[-1].id)
    third = ledger.exchanges(3, before=second[-1].id)
    assert [one.id for one in (*first, *second, *third)] == asked[::-1]


def test_what_a_proof_asks_stands_apart_from_what_people_ask(
    ledger: Ledger, ask: Ask, correct: Correct, submit: Submit
) -> None:
    correction = correct()
    run = submit("run", correction)
    asked = ask(run_id=run.id)
    assert [one.id for one in ledger.exchanges(run_id=run.id)] == [asked.id]
    assert [one.id for one in ledger.exchanges()] == [correction.exchange_id]


def test_the_latest_verdict_holds_and_can_be_taken_back(ledger: Ledger, ask: Ask) -> None:
    asked = ask()
    assert asked.verdict is None
    for verdict in (Verdict.RIGHT, Verdict.WRONG, Verdict.WRONG, None, Verdict.RIGHT):
        assert ledger.judge(asked.id, verdict, by="Ada").verdict is verdict
        assert ledger.exchange(asked.id).verdict is verdict


def test_guards_are_answers_marked_right_once_a_prompt(ledger: Ledger, ask: Ask) -> None:
    questions = ("one", "one", "two", "wrong", "other")
    one, again, two, wrong, other = (
        ledger.answered(ask(question, model_id=model).id, Answer(text="yes"))
        for question, model in zip(questions, "mmmmn", strict=True)
    )
    for exchange in (one, again, two, wrong, other):
        ledger.judge(exchange.id, Verdict.RIGHT)
    ledger.judge(wrong.id, Verdict.WRONG)

    for models, right in (
        ((), [other, two, again]),
        (("m",), [two, again]),
        (("n", "o"), [other]),
    ):
        assert [guard.id for guard in ledger.guards(*models)] == [guard.id for guard in right]
        assert [(guard.id, guard.question, guard.prompt, guard.answer) for guard in right] == [
            (guard.id, guard.question, guard.prompt, guard.answer)
            for guard in ledger.guard_answers(*models)
        ]


def test_what_a_crash_left_is_stopped_with_what_was_heard(
    url: str, ledger: Ledger, ask: Ask
) -> None:
    asked, answered = ask(), ask()
    ledger.hear(asked.id, "The Dal")
    ledger.answered(answered.id, Answer(text="whole"))

    after = Ledger(url)
    assert after.recover() == 1
    assert after.recover() == 0
    left = after.exchange(asked.id)
    assert (left.state, left.answer) == (ExchangeState.STOPPED, "The Dal")
    assert after.exchange(answered.id).state is ExchangeState.ANSWERED
    # The other process was alive after all.
    assert ledger.answered(asked.id, Answer(text="whole")).state is ExchangeState.ANSWERED
    after.close()


def test_an_unknown_exchange_is_said_so(ledger: Ledger) -> None:
    calls: list[Callable[[], object]] = [
        lambda: ledger.hear("no", "text"),
        lambda: ledger.answered("no", Answer(text="text")),
        lambda: ledger.stopped("no"),
        lambda: ledger.failed("no", "why"),
        lambda: ledger.judge("no", Verdict.RIGHT),
        lambda: ledger.exchange("no"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="There is no exchange 'no'"):
            call()


def test_what_is_asked_aside_stands_beside_the_conversation(ledger: Ledger, ask: Ask) -> None:
    asked = ask("Who?")
    aside = ask("Who else?", aside=True)
    assert [exchange.id for exchange in ledger.exchanges()] == [asked.id]
    assert ledger.exchange(aside.id).aside
