"""Many corrections: found, changed together, put back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotFound
from lib.ledger.records import Answer, CorrectionState, RunResult
from lib.ledger.selections import Changed, Changes, Wanted

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction

    from .conftest import Ask, Correct, Submit

DRAFT, READY, DISCARDED = CorrectionState.DRAFT, CorrectionState.READY, CorrectionState.DISCARDED


def test_corrections_come_in_pages_the_newest_first(ledger: Ledger, correct: Correct) -> None:
    made = [correct(f"answer {number}").id for number in range(5)][::-1]
    pages = [ledger.find(READY, limit=2, offset=offset) for offset in (0, 2, 4)]
    assert [[one.id for one in page] for page in pages] == [made[:2], made[2:4], made[4:]]
    assert ledger.find(DRAFT, limit=2) == []
    assert [one.id for one in ledger.find(DRAFT, limit=2, also=made[0])] == [made[0]]


@pytest.mark.parametrize(
    ("wanted", "questions"),
    [
        (Wanted(), {"Who?", "How many legs?", "100%?"}),
        (Wanted(text="LEGS"), {"How many legs?"}),
        (Wanted(text="patriots"), {"Who?"}),
        (Wanted(text="%"), {"100%?"}),
        (Wanted(person="Ada"), {"Who?", "How many legs?"}),
        (Wanted(person="Bob"), {"How many legs?"}),
        (Wanted(template="Short"), {"How many legs?"}),
        (Wanted(model_id="other"), {"100%?"}),
        (Wanted(person="Ada", text="who"), {"Who?"}),
    ],
)
def test_corrections_are_found_by_text_person_template_and_model(
    ledger: Ledger, ask: Ask, wanted: Wanted, questions: set[str]
) -> None:
    short = ledger.save_template("Short", "{question}")
    asked = [
        (ask("Who?"), "The Patriots", "Ada"),
        (ask("How many legs?", template_id=short.id), "Eight", "Ada"),
        (ask("100%?", model_id="other", model_name="Other"), "All", "Cy"),
    ]
    drafts = [
        ledger.draft(ledger.answered(exchange.id, Answer(text=answer)).id, "right", by=by)
        for exchange, answer, by in asked
    ]
    ledger.assign_all([drafts[1].id], "Bob")
    found = ledger.find(DRAFT, wanted, limit=10)
    assert {one.question for one in found} == questions
    assert ledger.found_counts(wanted)[DRAFT] == len(questions)


def test_an_adapter_finds_what_it_was_taught_and_choices_name_everything(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    taught, _ = correct("one"), correct("two")
    submit("run", taught)
    ledger.finish("run", RunResult(trainable_tokens=3, sum_loss=9.0, version=1))
    found = ledger.find(CorrectionState.TAUGHT, Wanted(model_id="adapter"), limit=10)
    assert [one.id for one in found] == [taught.id]
    ledger.assign_all([taught.id], "Bob")
    choices = ledger.choices()
    assert choices.models == {"model": "Model", "adapter": "Adapter"}
    assert (choices.templates, choices.people) == ([], ["Bob"])


def test_a_change_of_many_does_what_it_can_and_says_what_it_leaves(
    ledger: Ledger, ask: Ask, correct: Correct, submit: Submit
) -> None:
    typed, blank, sent = ledger.draft(ask("a").id, "text"), ledger.draft(ask("b").id, ""), correct()
    submit("run", sent)
    changes = ledger.accept_all([typed.id, blank.id, sent.id], by="Ada")
    assert [(one.before.id, one.after.state) for one in changes.done] == [(typed.id, READY)]
    assert [(one.id, why[:25]) for one, why in changes.left] == [
        (blank.id, "The right answer is empty"),
        (sent.id, "A correction that is subm"),
    ]
    assert ledger.accept_all([typed.id]).done == ()
    assert ledger.history(typed.id)[-1].by == "Ada"


def test_an_unknown_id_changes_nothing(ledger: Ledger, correct: Correct) -> None:
    ready = correct()
    with pytest.raises(NotFound):
        ledger.discard_all([ready.id, "no"])
    assert ledger.correction(ready.id) == ready


@pytest.mark.parametrize("change", ["accept", "discard", "restore", "withdraw", "edit", "assign"])
def test_every_change_can_be_put_back_and_stays_in_the_history(
    ledger: Ledger, ask: Ask, correct: Correct, submit: Submit, change: str
) -> None:
    before: Correction = {
        "accept": lambda: ledger.draft(ask().id, "text"),
        "restore": lambda: ledger.discard(correct().id),
        "withdraw": lambda: _taught(ledger, correct, submit),
    }.get(change, correct)()
    deeds: dict[str, Callable[[], Changes]] = {
        "accept": lambda: ledger.accept_all([before.id]),
        "discard": lambda: ledger.discard_all([before.id]),
        "restore": lambda: ledger.restore_all([before.id]),
        "withdraw": lambda: ledger.discard_all([before.id]),
        "assign": lambda: ledger.assign_all([before.id], "Bob"),
        "edit": lambda: _edited(ledger, before),
    }
    changes = deeds[change]()
    steps = len(ledger.history(before.id))
    back = ledger.put_back(changes.done, by="Ada")
    now = ledger.correction(before.id)
    assert back.left == ()
    for name in ("state", "right_answer", "run_id", "assigned_to", "typed_by"):
        assert getattr(now, name) == getattr(before, name)
    if change != "assign":
        assert [one.by for one in ledger.history(before.id)[steps:]] == ["Ada"]


def test_many_are_brought_back_as_what_they_were_but_beside_a_newer_correction(
    ledger: Ledger, ask: Ask, correct: Correct
) -> None:
    draft, ready, old = ledger.draft(ask().id, "text"), correct("one"), correct("old")
    ids = [draft.id, ready.id, old.id]
    ledger.discard_all(ids)
    ledger.draft(old.exchange_id or "", "new")
    back = ledger.restore_all(ids, by="Ada")
    assert [change.after.state for change in back.done] == [draft.state, ready.state]
    assert [left.id for left, _ in back.left] == [old.id]


def test_what_was_changed_again_since_is_not_put_back(ledger: Ledger, correct: Correct) -> None:
    one, two = correct("one"), correct("two")
    changes = ledger.discard_all([one.id, two.id])
    ledger.restore(two.id, by="Bob")
    back = ledger.put_back(changes.done)
    assert [change.after.id for change in back.done] == [one.id]
    assert [(left.id, why) for left, why in back.left] == [(two.id, "It was changed again since.")]


def test_a_discard_is_not_put_back_beside_a_newer_correction(
    ledger: Ledger, correct: Correct
) -> None:
    old = correct("old")
    changes = ledger.discard_all([old.id])
    ledger.draft(old.exchange_id or "", "new")
    assert "newer correction" in ledger.put_back(changes.done).left[0][1]
    assert ledger.correction(old.id).state is DISCARDED


def _taught(ledger: Ledger, correct: Correct, submit: Submit) -> Correction:
    correction = correct()
    submit("run", correction)
    ledger.finish("run", RunResult(trainable_tokens=3, sum_loss=9.0, version=1))
    return ledger.correction(correction.id)


def _edited(ledger: Ledger, before: Correction) -> Changes:
    after = ledger.edit(before.id, "another text", revision=before.revision, by="Bob")
    return Changes((Changed(before, after),))
