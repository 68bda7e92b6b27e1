from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import Answer, NewRun, ProofItem, RunResult
from lib.teaching.decision import Decision
from lib.teaching.patches import Learned
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction

    from .conftest import Ask, Correct, Submit

PASSES, HELD_BACK = Decision(()), Decision(("A guard changed.",))


def found(ledger: Ledger, run_id: str, correction: Correction, outcome: Outcome) -> None:
    """What a proof finds when it asks a correction as it stands."""
    taking = ledger.taking(run_id) + 1
    item = ProofItem(
        kind=Kind.CORRECTION, question=correction.question, before="", after="", outcome=outcome,
        expected=correction.right_answer, exact=False, f1=0.0, correction_id=correction.id,
    )  # fmt: skip
    ledger.prove(run_id, [item], taking=taking)


@pytest.fixture
def learns(ledger: Ledger, submit: Submit) -> Callable[..., None]:
    """Makes a version from corrections, each of which its proof finds fixed."""

    def learns(version: int | None, *corrections: Correction, and_passes: bool = True) -> None:
        run_id = f"run {version}"
        submit(run_id, *corrections)
        result = RunResult(trainable_tokens=9, sum_loss=1.0, seconds=2.5, version=version)
        ledger.finish(run_id, result)
        for correction in corrections:
            found(ledger, run_id, correction, Outcome.FIXED)
        ledger.decide(run_id, PASSES if and_passes else HELD_BACK)

    return learns


def test_a_draft_is_no_patch_and_a_saved_correction_is(
    ledger: Ledger, ask: Ask, correct: Correct
) -> None:
    ledger.draft(ledger.answered(ask("A draft?").id, Answer(text="No")).id, "Yes")
    before = ledger.patches_stamp()
    correction = correct("The Dallas Cowboys")
    (patch,) = ledger.patches()
    assert (patch.answer, patch.exchange_id) == (correction.right_answer, correction.exchange_id)
    assert not patch.learned
    assert ledger.patches_stamp() != before
    ledger.discard(correction.id)
    assert ledger.patches() == []


def test_a_patch_is_learned_once_the_latest_proof_says_so_and_its_version_passes(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct()

    def proved(outcome: Outcome) -> bool:
        found(ledger, "run", correction, outcome)
        return ledger.patches()[0].learned

    submit("run", correction)
    ledger.finish("run", RunResult(trainable_tokens=9, sum_loss=1.0, seconds=2.5, version=1))
    assert not ledger.patches()[0].learned
    before = ledger.patches_stamp()
    assert not proved(Outcome.PARTLY)
    assert not proved(Outcome.FIXED)
    assert ledger.patches_stamp() != before
    for decision in (HELD_BACK, PASSES):
        before = ledger.patches_stamp()
        ledger.decide("run", decision)
        assert ledger.patches_stamp() != before
        assert ledger.patches()[0].learned is decision.passes
    assert not proved(Outcome.NOT_FIXED)
    ledger.edit(correction.id, "Another", revision=ledger.correction(correction.id).revision)
    assert ledger.patches() == []


def test_what_a_version_learned_is_learned_only_while_it_is_live(
    ledger: Ledger, correct: Correct, learns: Callable[..., None]
) -> None:
    correction = correct()
    learns(3, correction)

    def learned(live: dict[str, int | None] | None) -> Learned | None:
        return ledger.patches(live)[0].learned_in

    assert learned({"adapter": 3}) == learned(None) == Learned("Adapter", 3, live=True)
    elsewhere: list[dict[str, int | None]] = [{"adapter": 2}, {"adapter": 0}, {"another": 3}, {}]
    for live in elsewhere:
        assert learned(live) == Learned("Adapter", 3, live=False)


def test_of_two_versions_that_know_a_correction_the_live_one_is_named_or_else_the_newest(
    ledger: Ledger, correct: Correct, learns: Callable[..., None]
) -> None:
    correction = correct()
    for version in (1, 2):
        learns(version, correction)
        correction = ledger.ready(correction.id)
    learns(3, correction, and_passes=False)
    named = {number: ledger.patches({"adapter": number})[0].learned_in for number in range(5)}
    assert named == {
        0: Learned("Adapter", 3, live=False),
        1: Learned("Adapter", 1, live=True),
        2: Learned("Adapter", 2, live=True),
        3: Learned("Adapter", 3, live=True),  # by somebody's word
        4: Learned("Adapter", 3, live=False),
    }
    assert ledger.patches()[0].learned_in == Learned("Adapter", 2, live=True)


def test_a_version_that_learned_an_earlier_text_does_not_know_the_correction(
    ledger: Ledger, correct: Correct, learns: Callable[..., None]
) -> None:
    correction = correct()
    learns(1, correction)
    edited = ledger.edit(
        correction.id, "The Cowboys", revision=ledger.correction(correction.id).revision
    )
    learns(2, ledger.ready(edited.id))
    assert ledger.patches({"adapter": 2})[0].learned
    assert ledger.patches({"adapter": 1})[0].learned_in == Learned("Adapter", 2, live=False)


def test_a_server_without_versions_answers_with_what_it_was_taught_last(
    ledger: Ledger, correct: Correct, learns: Callable[..., None]
) -> None:
    correction = correct()
    learns(None, correction, and_passes=False)
    for live in (None, {"adapter": None}):
        assert ledger.patches(live)[0].learned_in == Learned("Adapter", None, live=True)
    later = NewRun(id="later", server_url="u", adapter_id="adapter", adapter_name="Adapter")
    ledger.submit(replace(later, settings={"withdraw": ["another"]}), [])
    ledger.finish("later", RunResult(trainable_tokens=9, sum_loss=1.0))
    found(ledger, "later", correction, Outcome.NOT_FIXED)
    assert not ledger.patches()[0].learned
