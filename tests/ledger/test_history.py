from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import RunResult

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

    from .conftest import Correct, Submit


def test_past_runs_know_what_they_had_to_do_and_how_long_they_took(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    submit("one", correct("A"), correct("B"))
    ledger.finish("one", RunResult(trainable_tokens=9, sum_loss=1.0, seconds=2.5))
    submit("two", correct("C"))
    ledger.finish("two", RunResult(trainable_tokens=4, sum_loss=1.0))
    submit("failed", correct("D"))
    ledger.fail("failed", "No.")
    two, one = ledger.past_runs()
    assert (one.samples, one.trainable_tokens, one.held, one.seconds) == (2, 9, 0, 2.5)
    assert (two.samples, two.trainable_tokens, two.held) == (1, 4, 2)
    assert two.seconds >= 0
