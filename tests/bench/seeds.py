"""A ledger after a year of work: many exchanges, corrections and runs, written at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from random import Random
from typing import TYPE_CHECKING

import sqlalchemy as sa
from sqlalchemy.orm import Session

from lib.ledger.ledger import Ledger
from lib.ledger.records import CorrectionState, ExchangeState, RunState, Verdict
from lib.ledger.tables import (
    BatchRow,
    BatchSampleRow,
    CorrectionEventRow,
    CorrectionRow,
    ExchangeRow,
    ProofItemRow,
    RunRow,
    VerdictRow,
)
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

TEMPLATE = "Question: {question}\n\nAnswer: "
BEGAN = datetime(2026, 1, 2, 9, tzinfo=UTC)
APART = timedelta(minutes=50)
WORDS = ("team", "river", "king", "element", "author", "capital", "planet", "engine", "poem", "law")
ADAPTER = "my-adapter"


@dataclass(frozen=True)
class Size:
    """How much there is. The oldest exchanges are judged, the oldest of these corrected."""

    exchanges: int = 10_000
    judged: int = 6_000
    corrections: int = 2_000
    taught: int = 1_500
    runs: int = 50


def seed(url: str, size: Size, *, server: str, model_id: str, adapter_id: str) -> None:
    """Fill a new ledger. The same size gives the same texts."""
    Ledger(url).close()
    engine = sa.create_engine(url)
    with Session(engine) as session, session.begin():
        runs = [_run(number, server, adapter_id) for number in range(size.runs)]
        session.add_all(BatchRow(id=run.batch_id) for run in runs)
        session.flush()
        session.add_all(runs)
        session.flush()
        exchanges = [_exchange(number, server, model_id) for number in range(size.exchanges)]
        session.add_all(exchanges)
        session.flush()
        for number, exchange in enumerate(exchanges[: size.judged]):
            verdict = Verdict.WRONG if number < size.corrections else Verdict.RIGHT
            session.add(VerdictRow(exchange_id=exchange.id, verdict=verdict, by="Ada"))
        for number, exchange in enumerate(exchanges[: size.corrections]):
            first = number % len(runs)
            _correct(session, exchange, number, runs[first:] if number < size.taught else [])
    engine.dispose()


def _sentence(number: int, words: int) -> str:
    random = Random(number)  # noqa: S311 - texts, not secrets
    return " ".join(random.choices(WORDS, k=words))


def _id(number: int) -> str:
    """Sorts by number, as ids sort by time."""
    return f"0{number:07}-0000-7000-8000-000000000000"


def _exchange(number: int, server: str, model_id: str) -> ExchangeRow:
    question = f"What is the {_sentence(number, 6)}, number {number}?"
    return ExchangeRow(
        id=_id(number),
        question=question,
        prompt=TEMPLATE.format(question=question),
        template_text=TEMPLATE,
        variables={},
        server_url=server,
        model_id=model_id,
        model_name="Test base",
        auto_template=True,
        sampling={"max_generated_token_count": 128},
        asked_by=("Ada", "Bob")[number % 2],
        state=ExchangeState.ANSWERED,
        answer=f"The {_sentence(number + 1, 25)}.",
        finish_reason="stop",
        seconds=0.4,
        created_at=BEGAN + number * APART,
    )


def _run(number: int, server: str, adapter_id: str) -> RunRow:
    at = BEGAN + timedelta(days=number)
    return RunRow(
        id=f"run-{number:03}",
        batch_id=_id(number),
        server_url=server,
        adapter_id=adapter_id,
        adapter_name=ADAPTER,
        parent_version=number,
        settings={},
        submitted_by="Ada",
        state=RunState.DONE,
        losses=[3.0, 1.0, 0.1],
        trainable_tokens=300,
        sum_loss=900.0,
        final_loss=0.1,
        new_version=number + 1,
        seconds=20.0,
        decision={"reasons": []},
        created_at=at,
        finished_at=at,
    )


def _correct(session: Session, exchange: ExchangeRow, number: int, runs: Sequence[RunRow]) -> None:
    """Correct an exchange. The first run taught it, and every one asked it again."""
    run = runs[0] if runs else None
    states = (CorrectionState.READY, CorrectionState.DRAFT, CorrectionState.DISCARDED)
    state = CorrectionState.TAUGHT if run else states[number % len(states)]
    right = f"The {_sentence(number + 2, 20)}."
    correction = CorrectionRow(
        id=_id(number),
        exchange_id=exchange.id,
        question=exchange.question,
        prompt=exchange.prompt,
        auto_template=True,
        wrong_answer=exchange.answer,
        right_answer=right,
        state=state,
        revision=2,
        run_id=run.id if run else None,
        author="Ada",
        typed_by="Ada",
    )
    session.add(correction)
    session.flush()
    session.add(
        CorrectionEventRow(correction_id=correction.id, by="Ada", to_state=state, after=right)
    )
    if run is None:
        return
    session.add(
        BatchSampleRow(
            batch_id=run.batch_id,
            position=number,
            correction_id=correction.id,
            sample={"inputs": exchange.prompt + right},
        )
    )
    session.add_all(
        ProofItemRow(
            run_id=proved.id,
            taking=1,
            kind=Kind.CORRECTION,
            question=exchange.question,
            before=exchange.answer,
            expected=right,
            after=right,
            outcome=Outcome.FIXED,
            exact=True,
            f1=1.0,
            version=proved.new_version,
            correction_id=correction.id,
        )
        for proved in runs
    )
