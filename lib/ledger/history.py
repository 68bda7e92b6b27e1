"""What the ledger adds up to: counted in the database, so that ten thousand rows cost little."""

from __future__ import annotations

from dataclasses import dataclass

import sqlalchemy as sa

from lib.ledger.records import RunState
from lib.ledger.room import Room
from lib.ledger.tables import BatchSampleRow, RunRow


@dataclass(frozen=True, slots=True)
class PastRun:
    """What a run had to do, and the seconds it took; `held` counts the parent version's samples."""

    id: str
    server_url: str
    samples: int
    trainable_tokens: int
    held: int
    seconds: float


class History(Room):
    """Figures over many records."""

    def past_runs(self) -> list[PastRun]:
        """Every run that is done and taught something: newest first."""
        samples = (
            sa.select(BatchSampleRow.batch_id, sa.func.count().label("samples"))
            .group_by(BatchSampleRow.batch_id)
            .subquery()
        )
        query = (
            sa.select(RunRow, samples.c.samples)
            .join(samples, samples.c.batch_id == RunRow.batch_id)
            .where(RunRow.state == RunState.DONE, RunRow.trainable_tokens > 0)
            .order_by(RunRow.created_at, RunRow.id)
        )
        holds: dict[tuple[str, int | None], int] = {}
        past = []
        with self._database.reading() as session:
            for run, count in session.execute(query):
                held = holds.get((run.adapter_id, run.parent_version), 0)
                holds[run.adapter_id, run.new_version] = held + count
                # A plain server does not say how long it took.
                seconds = run.seconds or (run.finished_at - run.created_at).total_seconds()
                past.append(
                    PastRun(run.id, run.server_url, count, run.trainable_tokens, held, seconds)
                )
        return past[::-1]
