"""Many questions asked together, from the list to the corrections of what was missed."""

from __future__ import annotations

from contextlib import nullcontext
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotAllowed
from lib.ledger.imports import Imported
from lib.ledger.ledger import Ledger
from lib.ledger.list_records import (
    ListedState,
    ListState,
    NewListedQuestion,
    NewQuestionList,
    QuestionList,
)
from lib.ledger.records import Answer, CorrectionState, ExchangeState, Verdict
from lib.teaching.people import NotPermitted, People, Role

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.ledger.question_lists import Taken


NEW = NewQuestionList(
    name="capitals.csv",
    template_text="{question}",
    server_url="http://127.0.0.1/api",
    model_id="model",
    model_name="Model",
)


def listed(ledger: Ledger, *expected: str | None) -> QuestionList:
    """A list with a question for each expected answer."""
    return ledger.make_list(
        NEW,
        [
            NewListedQuestion(question=f"Q{number}", prompt=f"Q{number}", expected=right)
            for number, right in enumerate(expected, 1)
        ],
    )


def take(ledger: Ledger, made: QuestionList) -> Taken:
    taken = ledger.take(made.id)
    assert taken is not None
    return taken


def missed(ledger: Ledger, made: QuestionList) -> None:
    """Answer the next question wrong."""
    ledger.answer_listed(take(ledger, made), Answer(text="Lyon"), ListedState.MISSED, 0.0)


def test_each_question_is_an_ordinary_exchange_written_before_it_is_sent(ledger: Ledger) -> None:
    made = listed(ledger, "Paris", None)
    first = take(ledger, made)
    kept = ledger.exchange(first.exchange.id)
    assert (kept.state, kept.prompt, kept.model_id) == (ExchangeState.ASKING, "Q1", "model")
    assert (kept.list_id, first.expected, first.position) == (made.id, "Paris", 1)
    assert ledger.exchanges() == []
    second = take(ledger, made)
    assert ledger.take(made.id) is None
    ledger.answer_listed(first, Answer(text="Paris", version=3), ListedState.RIGHT, 1.0)
    assert ledger.question_list(made.id).state is ListState.ASKING
    ledger.answer_listed(second, Answer(text="Rome"), ListedState.ANSWERED)
    done = ledger.question_list(made.id)
    assert (done.state, done.finished_at is not None) == (ListState.DONE, True)
    one, two = ledger.listed(made.id)
    assert (one.answer, one.state, one.f1, one.version) == ("Paris", ListedState.RIGHT, 1.0, 3)
    assert (two.answer, two.state, two.f1) == ("Rome", ListedState.ANSWERED, None)


def test_counts_and_pages_come_from_the_database(ledger: Ledger) -> None:
    made = listed(ledger, *["Paris"] * 30)
    for _ in range(3):
        missed(ledger, made)
    ledger.answer_listed(take(ledger, made), Answer(text="Paris"), ListedState.RIGHT, 1.0)
    take(ledger, made)
    counts = ledger.list_counts(made.id)
    assert (counts.total, counts.left, counts.scored, counts.f1) == (30, 26, 4, 0.25)
    assert counts.states[ListedState.ASKING] == 1
    page = ledger.listed(made.id, {ListedState.WAITING}, limit=10, offset=20)
    assert [row.position for row in page] == [26, 27, 28, 29, 30]


def test_a_paused_or_cancelled_list_gives_nothing_until_it_is_resumed(ledger: Ledger) -> None:
    made = listed(ledger, None, None)
    ledger.pause_list(made.id)
    assert ledger.take(made.id) is None
    ledger.resume_list(made.id)
    assert take(ledger, made).position == 1
    ledger.cancel_list(made.id)
    assert ledger.take(made.id) is None
    assert ledger.question_list(made.id).state is ListState.CANCELLED


def test_what_the_server_could_not_hear_waits_again_and_the_list_says_why(ledger: Ledger) -> None:
    made = listed(ledger, None)
    taken = take(ledger, made)
    ledger.wait_again(taken, "The server is away.")
    paused = ledger.question_list(made.id)
    assert (paused.state, paused.error) == (ListState.PAUSED, "The server is away.")
    assert ledger.exchange(taken.exchange.id).state is ExchangeState.FAILED
    ledger.resume_list(made.id)
    assert ledger.question_list(made.id).error is None
    assert take(ledger, made).position == 1


def test_what_a_crash_cut_short_is_asked_again(ledger: Ledger) -> None:
    made = listed(ledger, None)
    before = take(ledger, made)
    ledger.recover()
    ledger.recover_lists()
    after = take(ledger, made)
    assert (after.position, after.exchange.id != before.exchange.id) == (1, True)
    assert ledger.exchange(before.exchange.id).state is ExchangeState.STOPPED


def test_what_the_server_refused_can_be_asked_once_more(ledger: Ledger) -> None:
    made = listed(ledger, None)
    ledger.fail_listed(take(ledger, made), "Too long.")
    assert ledger.question_list(made.id).state is ListState.DONE
    (row,) = ledger.listed(made.id, {ListedState.FAILED})
    assert row.error == "Too long."
    ledger.resume_list(made.id)
    assert ledger.take(made.id) is None
    ledger.resume_list(made.id, failed=True)
    assert take(ledger, made).position == 1


@pytest.mark.parametrize(
    ("ready", "state"), [(True, CorrectionState.READY), (False, CorrectionState.DRAFT)]
)
def test_misses_become_corrections_with_the_expected_answer(
    ledger: Ledger, *, ready: bool, state: CorrectionState
) -> None:
    made = listed(ledger, "Paris", "Rome", "Bern")
    missed(ledger, made)
    ledger.answer_listed(take(ledger, made), Answer(text="Rome"), ListedState.RIGHT, 1.0)
    missed(ledger, made)
    assert ledger.uncorrected(made.id)[ListedState.MISSED] == 2
    assert len(ledger.correct_listed(made.id, ready=ready, by="Ada")) == 2
    assert ledger.uncorrected(made.id)[ListedState.MISSED] == 0
    assert len(ledger.correct_listed(made.id, ready=ready)) == 0
    corrections = ledger.corrections(state)
    assert [found.right_answer for found in corrections] == ["Paris", "Bern"]
    assert {found.wrong_answer for found in corrections} == {"Lyon"}
    assert {found.author for found in corrections} == {"Ada"}
    rows = ledger.listed(made.id)
    assert [row.correction for row in rows] == [state, None, state]
    assert rows[0].exchange_id
    assert ledger.exchange(rows[0].exchange_id).verdict is Verdict.WRONG


def test_corrections_made_of_misses_are_put_aside_again_but_for_what_was_changed_since(
    ledger: Ledger,
) -> None:
    made = listed(ledger, "Paris", "Rome", "Bern")
    for _ in range(3):
        missed(ledger, made)
    one, two, three = ledger.correct_listed(made.id, ready=True, by="Ada")
    ledger.edit(two.id, "Roma", revision=two.revision, by="Ada")
    ledger.judge(three.exchange_id or "", Verdict.RIGHT, "Bob")
    changes = ledger.unmake([one, two, three], by="Ada")
    assert [change.after.id for change in changes.done] == [one.id, three.id]
    assert [(left.id, why) for left, why in changes.left] == [
        (two.id, "It was changed again since.")
    ]
    verdicts = [ledger.exchange(kept.exchange_id or "").verdict for kept in (one, two, three)]
    assert verdicts == [None, Verdict.WRONG, Verdict.RIGHT]
    assert ledger.uncorrected(made.id)[ListedState.MISSED] == 2


def test_only_chosen_misses_become_corrections(ledger: Ledger) -> None:
    made = listed(ledger, "Paris", "Rome")
    missed(ledger, made)
    missed(ledger, made)
    assert len(ledger.correct_listed(made.id, positions=[2])) == 1
    assert len(ledger.correct_listed(made.id, states={ListedState.RIGHT})) == 0
    assert [found.question for found in ledger.corrections()] == ["Q2"]


MAY = {
    "make": {"asker"},
    "pause": {"asker"},
    "resume": {"asker"},
    "cancel": {"asker"},
    "correct": {"asker", "reviewer"},
    "import": {"asker", "reviewer"},
}


@pytest.mark.parametrize("name", ["asker", "reviewer", "teacher", "viewer", ""])
@pytest.mark.parametrize("deed", MAY)
def test_a_person_does_what_their_role_permits(
    url: str, ledger: Ledger, deed: str, name: str
) -> None:
    made = listed(ledger, "Paris")
    guarded = Ledger(url, People({role.value: [role] for role in Role}))
    question = NewListedQuestion(question="Who?", prompt="Who?")
    new = replace(NEW, asked_by=name)
    deeds: dict[str, Callable[[], object]] = {
        "make": lambda: guarded.make_list(new, [question]),
        "pause": lambda: guarded.pause_list(made.id, by=name),
        "resume": lambda: guarded.resume_list(made.id, by=name),
        "cancel": lambda: guarded.cancel_list(made.id, by=name),
        "correct": lambda: guarded.correct_listed(made.id, by=name),
        "import": lambda: guarded.import_list(
            new, [Imported(question, "Me", ListedState.ANSWERED)]
        ),
    }
    with nullcontext() if name in MAY[deed] else pytest.raises(NotPermitted):
        deeds[deed]()
    guarded.close()


def test_an_empty_list_is_not_kept(ledger: Ledger) -> None:
    with pytest.raises(NotAllowed, match="no question"):
        ledger.make_list(NEW, [])
    assert ledger.question_lists() == []
