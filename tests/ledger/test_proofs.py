from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lib.ledger.records import (
    Answer,
    BatchSample,
    CorrectionState,
    NewRun,
    ProofItem,
    RunResult,
    Sampling,
)
from lib.teaching.decision import Decision
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction

    from .conftest import Ask, Correct, Submit


def item(question: str, kind: Kind = Kind.GUARD, *, after: str = "yes") -> ProofItem:
    same = Outcome.SAME if after == "yes" else Outcome.CHANGED
    return ProofItem(
        kind=kind,
        question=question,
        before="yes",
        expected="yes",
        after=after,
        outcome=same,
        exact=after == "yes",
        f1=float(after == "yes"),
        version=4,
    )


def test_a_proof_is_kept_piece_by_piece_and_can_be_taken_again(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct()
    submit("run", correction)
    assert ledger.proof("run") == []
    ledger.prove("run", [item("a")])
    ledger.prove("run", [item("b"), item("a", Kind.GENERAL)])
    ledger.prove("run", [item("b", after="no")])
    first = [item("a"), item("a", Kind.GENERAL), item("b", after="no")]
    assert ledger.proof("run") == first

    ledger.prove("run", [item("a", after="no")], taking=2)
    assert ledger.proof("run") == [item("a", after="no")]
    assert ledger.proof("run", taking=1) == first


def test_a_decision_is_kept_and_taken_back_while_the_proof_is_taken_again(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    submit("run", correct())
    assert ledger.undecided_runs() == []
    ledger.finish("run", RunResult(trainable_tokens=1, sum_loss=1.0))
    assert [run.id for run in ledger.undecided_runs()] == ["run"]
    assert ledger.taking("run") == 0

    ledger.prove("run", [item("a")])
    ledger.decide("run", Decision(("0 of 1 corrections are fixed.",)))
    assert ledger.run("run").decision == Decision(("0 of 1 corrections are fixed.",))
    assert ledger.undecided_runs() == []

    ledger.decide("run", None)
    assert [run.id for run in ledger.undecided_runs()] == ["run"]
    assert ledger.taking("run") == 1


def test_what_lay_out_of_scope_is_kept_as_such(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    submit("run", correct())
    outside = ProofItem(
        kind=Kind.GENERAL,
        question="q",
        before="",
        expected="",
        after="",
        outcome=Outcome.SAME,
        exact=True,
        f1=1.0,
        by_scope=True,
    )
    ledger.prove("run", [outside])
    assert ledger.proof("run") == [outside]


class Taught:
    """Teaches an adapter version by version."""

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def __call__(
        self, version: int | None, *corrections: Correction, parent: int | None, **settings: Any
    ) -> str:
        run_id = f"run-{len(self._ledger.runs())}"
        self._ledger.submit(
            NewRun(
                id=run_id,
                server_url="u",
                adapter_id="adapter",
                adapter_name="Adapter",
                parent_version=parent,
                settings=settings,
            ),
            [BatchSample(one.id, {"inputs": one.prompt + one.right_answer}) for one in corrections],
        )
        result = RunResult(trainable_tokens=1, sum_loss=1.0, version=version)
        self._ledger.finish(run_id, result)
        return run_id

    def held(self, run_id: str) -> list[str]:
        return [str(one.right_answer) for one, _ in self._ledger.held(run_id)]


@pytest.fixture
def teach(ledger: Ledger) -> Taught:
    return Taught(ledger)


def test_a_version_holds_what_those_that_it_builds_on_were_taught(
    teach: Taught, correct: Correct
) -> None:
    first = teach(1, correct("one"), parent=0)
    held_back = teach(2, correct("two"), parent=1)
    third = teach(3, correct("three"), parent=1)
    fourth = teach(4, correct("four"), parent=3)
    assert teach.held(first) == ["one"]
    assert teach.held(held_back) == ["one", "two"]
    assert teach.held(third) == ["one", "three"]
    assert teach.held(fourth) == ["one", "three", "four"]


def test_what_is_withdrawn_is_held_until_the_next_version(
    ledger: Ledger, teach: Taught, correct: Correct
) -> None:
    one, two = correct("one"), correct("two")
    first = teach(1, one, two, parent=0)
    ledger.discard(one.id)
    assert teach.held(first) == ["one", "two"]
    assert ledger.held(first)[0][0].state is CorrectionState.DISCARDED
    assert teach.held(teach(2, parent=1, withdraw=[one.id])) == ["two"]


def test_a_newer_answer_to_the_same_prompt_replaces_the_older(
    ledger: Ledger, ask: Ask, teach: Taught, correct: Correct
) -> None:
    old = correct("old")
    teach(1, old, parent=0)
    again = ledger.answered(ask(old.question).id, Answer(text="still wrong"))
    new = ledger.ready(ledger.draft(again.id, "new").id)
    assert teach.held(teach(2, new, parent=1)) == ["new"]


def test_a_server_without_versions_builds_on_everything_that_came_before(
    teach: Taught, correct: Correct
) -> None:
    first = teach(None, correct("one"), parent=None)
    assert teach.held(teach(None, correct("two"), parent=None)) == ["one", "two"]
    assert teach.held(first) == ["one"]


def test_answers_are_found_by_who_gave_them_to_which_prompt(ledger: Ledger, ask: Ask) -> None:
    greedy = ledger.answered(ask("a").id, Answer(text="base"))
    ledger.answered(ask("a", model_id="adapter").id, Answer(text="taught", version=2))
    ledger.answered(ask("another").id, Answer(text="other"))
    ask("a")  # not answered yet
    newer = ledger.answered(
        ask("a", sampling=Sampling(max_generated_token_count=32)).id, Answer(text="base again")
    )
    assert ledger.said("model", None, {greedy.prompt}) == [newer, greedy]
    assert [found.answer for found in ledger.said("adapter", 2, {greedy.prompt})] == ["taught"]
    assert ledger.said("adapter", 1, {greedy.prompt}) == []
    assert ledger.said("model", None, set()) == []


def test_answers_are_found_that_a_scope_left_to_the_base_model(ledger: Ledger, ask: Ask) -> None:
    for adapter, text, scope in (
        ("adapter", "base", {"near": False}),
        ("adapter", "taught", {"near": True}),
        ("adapter", "everywhere", None),
        ("another", "another base", {"near": False}),
    ):
        heard = ask("a", model_id=adapter)
        ledger.answered(heard.id, Answer(text=text, version=1, scope=scope))
    assert [found.answer for found in ledger.passed_on(["adapter"], {heard.prompt})] == ["base"]
    assert ledger.passed_on([], {heard.prompt}) == []
