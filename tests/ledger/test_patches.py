from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import Answer, ProofItem, RunResult
from lib.teaching.decision import Decision
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

    from .conftest import Ask, Correct, Submit


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

    def proved(outcome: Outcome, taking: int) -> bool:
        item = ProofItem(
            kind=Kind.CORRECTION, question="q", before="", expected="", after="", outcome=outcome,
            exact=False, f1=0.0, correction_id=correction.id,
        )  # fmt: skip
        ledger.prove("run", [item], taking=taking)
        return ledger.patches()[0].learned

    submit("run", correction)
    ledger.finish("run", RunResult(trainable_tokens=9, sum_loss=1.0, seconds=2.5, version=1))
    assert not ledger.patches()[0].learned
    before = ledger.patches_stamp()
    assert not proved(Outcome.PARTLY, 1)
    assert not proved(Outcome.FIXED, 2)
    assert ledger.patches_stamp() != before
    for decision in (Decision(("A guard changed.",)), Decision(())):
        before = ledger.patches_stamp()
        ledger.decide("run", decision)
        assert ledger.patches_stamp() != before
        assert ledger.patches()[0].learned is decision.passes
    ledger.edit(correction.id, "Another", revision=ledger.correction(correction.id).revision)
    assert ledger.patches() == []
