from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from lib.ledger.history import Grouping, Span
from lib.ledger.records import (
    Answer,
    BatchSample,
    NewRun,
    ProofItem,
    Reason,
    RunResult,
    Verdict,
)
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange

    from .conftest import Ask, Correct, Submit


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
    assert two.scope is None


def test_past_runs_know_where_their_versions_were_to_apply(
    ledger: Ledger, correct: Correct
) -> None:
    one = correct("A")
    ledger.submit(
        NewRun(
            id="one",
            server_url="u",
            adapter_id="adapter",
            adapter_name="Adapter",
            settings={"scope": "everywhere"},
        ),
        [BatchSample(one.id, {"inputs": one.prompt + one.right_answer})],
    )
    ledger.finish("one", RunResult(trainable_tokens=9, sum_loss=1.0))
    assert [run.scope for run in ledger.past_runs()] == ["everywhere"]


def marked(ledger: Ledger, exchange: Exchange, verdict: Verdict, *reasons: Reason) -> None:
    ledger.answered(exchange.id, Answer(text="An answer", seconds=0.5))
    ledger.judge(exchange.id, verdict, reasons=reasons)


def test_questions_are_counted_by_day_and_verdict_and_open_their_rows(
    ledger: Ledger, ask: Ask
) -> None:
    marked(ledger, ask("Right?"), Verdict.RIGHT)
    wrong = ask("Wrong?")
    marked(ledger, wrong, Verdict.WRONG)
    ask("Unmarked?")
    ask("Of another?", model_id="other", model_name="Other")
    (day,) = ledger.days(Span(model_id="model"))
    assert (day.right, day.wrong, day.unmarked, day.seconds) == (1, 1, 1, 1.0)
    assert ledger.days(Span())[0].unmarked == 2
    (row,) = ledger.exchanges_of(Span(), day=day.day, verdict=Verdict.WRONG)
    assert row.id == wrong.id
    assert len(ledger.exchanges_of(Span(), day=day.day)) == 4
    assert {one.question for one in ledger.exchanges_of(Span(), marked=True)} == {
        "Right?",
        "Wrong?",
    }
    assert {one.question for one in ledger.exchanges_of(Span(), marked=False)} == {
        "Unmarked?",
        "Of another?",
    }
    slowest = ledger.exchanges_of(Span(), slowest_first=True)
    assert [one.seconds for one in slowest] == [0.5, 0.5, None, None]
    assert ledger.days(Span(since=datetime.now(UTC) + timedelta(days=1))) == []
    assert ledger.asked_models() == {"model": "Model", "other": "Other"}


def test_wrong_answers_are_counted_by_template_model_and_reason(ledger: Ledger, ask: Ask) -> None:
    template = ledger.save_template("Short", "Q: {question}")
    short = ask("One?", template_id=template.id)
    marked(ledger, short, Verdict.WRONG, Reason.STYLE, Reason.WRONG_FACT)
    marked(ledger, ask("Two?", template_id=template.id), Verdict.RIGHT)
    other = ask("Three?", model_name="Other")
    marked(ledger, other, Verdict.WRONG, Reason.STYLE)
    changed = ask("Four?")
    marked(ledger, changed, Verdict.WRONG, Reason.MADE_UP)
    marked(ledger, changed, Verdict.RIGHT)
    by_template = {group.name: group for group in ledger.wrong_by(Grouping.TEMPLATE, Span())}
    assert (by_template["Short"].wrong, by_template["Short"].marked) == (1, 2)
    by_model = {group.name: group.wrong for group in ledger.wrong_by(Grouping.MODEL, Span())}
    assert by_model == {"Model": 1, "Other": 1}
    by_reason = {group.name: group.wrong for group in ledger.wrong_by(Grouping.REASON, Span())}
    assert by_reason == {"style": 2, "wrong fact": 1}

    def opened(grouping: Grouping, name: str) -> list[str]:
        rows = ledger.exchanges_of(Span(), verdict=Verdict.WRONG, group=(grouping, name))
        return [row.id for row in rows]

    assert opened(Grouping.TEMPLATE, "Short") == [short.id]
    assert opened(Grouping.MODEL, "Other") == [other.id]
    assert opened(Grouping.REASON, "style") == [other.id, short.id]
    assert opened(Grouping.REASON, "made up") == []


def test_runs_are_counted_by_what_their_latest_proof_found(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    def item(question: str, kind: Kind, outcome: Outcome) -> ProofItem:
        return ProofItem(
            kind=kind, question=question, before="", expected="", after="", outcome=outcome,
            exact=False, f1=0.0,
        )  # fmt: skip

    submit("run", correct())
    ledger.finish("run", RunResult(trainable_tokens=9, sum_loss=1.0, seconds=2.5, version=1))
    ledger.prove("run", [item("a", Kind.CORRECTION, Outcome.NOT_FIXED)])
    ledger.prove(
        "run",
        [
            item("a", Kind.CORRECTION, Outcome.FIXED),
            item("b", Kind.GUARD, Outcome.CHANGED),
            item("c", Kind.GUARD, Outcome.SAME),
        ],
        taking=2,
    )
    (counts,) = ledger.run_counts(Span())
    assert counts.outcomes == {
        (Kind.CORRECTION, Outcome.FIXED): 1,
        (Kind.GUARD, Outcome.CHANGED): 1,
        (Kind.GUARD, Outcome.SAME): 1,
    }
    assert [found.question for found in ledger.moved("run", Outcome.CHANGED)] == ["b"]
    assert ledger.run_counts(Span(model_id="another")) == []
