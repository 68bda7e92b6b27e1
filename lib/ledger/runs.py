"""Fine-tunes: what was sent, how it went, and what came of it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.corrections import move
from lib.ledger.errors import NotAllowed
from lib.ledger.records import (
    UNFINISHED,
    BatchSample,
    Correction,
    CorrectionState,
    NewRun,
    Run,
    RunProgress,
    RunResult,
    RunState,
)
from lib.ledger.room import Room, found, record
from lib.ledger.tables import (
    BatchRow,
    BatchSampleRow,
    CorrectionRow,
    RunRow,
    new_id,
    now,
)
from lib.teaching.decision import Decision
from lib.teaching.people import Role

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

QUEUED_STAGE = "queued"


class Runs(Room):
    """A run is kept, and its corrections are submitted, before it is sent.

    A method that raises nothing but `NotFound` can be called again with the same effect.
    """

    def submit(self, new: NewRun, samples: Sequence[BatchSample]) -> Run:
        """Keep a run that is about to be sent. The same id again gives the run that is kept.

        Raises:
            NotAllowed: nothing to teach or to withdraw, or a correction among them is not ready
                (another run may have it, or somebody changed it).
            NotPermitted: it takes a teacher.
        """
        self._people.permit(new.submitted_by, Role.TEACHER)
        with self._database.writing() as session:
            row = session.get(RunRow, new.id)
            if row is None:
                row = _submit(session, new, samples)
            return _record(row)

    def progress(self, run_id: str, progress: RunProgress) -> Run:
        """Keep where a run is. A run that is over stays as it is.

        Raises:
            NotFound: no such run.
        """
        with self._database.writing() as session:
            row = _run(session, run_id)
            if not row.state.over:
                steps = row.progress["step"] if row.progress else 0
                queued = progress.stage == QUEUED_STAGE
                row.state = RunState.QUEUED if queued else RunState.RUNNING
                row.progress = asdict(progress)
                if progress.loss is not None and progress.step > steps:
                    row.losses = [*row.losses, progress.loss]
            return _record(row)

    def finish(self, run_id: str, result: RunResult) -> Run:
        """Keep what came back, also where the run was thought to be over: the server knows best.

        Its corrections are taught, but those whose text was changed meanwhile.

        Raises:
            NotFound: no such run.
        """
        with self._database.writing() as session:
            row = _run(session, run_id)
            if row.state is not RunState.DONE:
                row.state = RunState.DONE
                row.trainable_tokens = result.trainable_tokens
                row.sum_loss = result.sum_loss
                row.final_loss = result.final_loss
                row.new_version = result.version
                row.seconds = result.seconds
                row.not_learned = list(result.not_learned)
                row.error = None
                row.finished_at = now()
                sent = {CorrectionState.SUBMITTED, CorrectionState.READY}
                _move_all(session, row, sent, CorrectionState.TAUGHT)
            return _record(row)

    def fail(self, run_id: str, error: str) -> Run:
        """The run failed; `error` is a sentence for the person. Its corrections are ready again.

        Raises:
            NotFound: no such run.
        """
        return self._end(run_id, RunState.FAILED, error)

    def cancel(self, run_id: str) -> Run:
        """The run was cancelled. Its corrections are ready again.

        Raises:
            NotFound: no such run.
        """
        return self._end(run_id, RunState.CANCELLED, None)

    def interrupt(self, run_id: str, error: str) -> Run:
        """Nobody can tell any more what became of the run. Its corrections are ready again.

        Raises:
            NotFound: no such run.
        """
        return self._end(run_id, RunState.INTERRUPTED, error)

    def run(self, run_id: str) -> Run:
        """One run.

        Raises:
            NotFound: no such run.
        """
        with self._database.reading() as session:
            return _record(_run(session, run_id))

    def runs(self, *, adapter_id: str | None = None, limit: int | None = None) -> list[Run]:
        """Runs, of one adapter or of all: newest first; `limit` at most, if there is one."""
        query = sa.select(RunRow).order_by(RunRow.created_at.desc(), RunRow.id).limit(limit)
        if adapter_id is not None:
            query = query.where(RunRow.adapter_id == adapter_id)
        with self._database.reading() as session:
            return [_record(row) for row in session.scalars(query)]

    def unfinished_runs(self) -> list[Run]:
        """Runs that somebody should follow, oldest first: also those that a crash left behind."""
        query = sa.select(RunRow).where(RunRow.state.in_(UNFINISHED)).order_by(RunRow.created_at)
        with self._database.reading() as session:
            return [_record(row) for row in session.scalars(query)]

    def undecided_runs(self) -> list[Run]:
        """Runs that are done and whose proof nobody has taken to its end: oldest first."""
        query = (
            sa.select(RunRow)
            .where(RunRow.state == RunState.DONE, RunRow.decision.is_(None))
            .order_by(RunRow.created_at)
        )
        with self._database.reading() as session:
            return [_record(row) for row in session.scalars(query)]

    def batch(self, run_id: str) -> list[tuple[Correction, BatchSample]]:
        """A run's corrections as they stand now, each with what was sent for it, in order.

        Raises:
            NotFound: no such run.
        """
        with self._database.reading() as session:
            rows = session.execute(
                sa.select(CorrectionRow, BatchSampleRow)
                .join(BatchSampleRow, BatchSampleRow.correction_id == CorrectionRow.id)
                .where(BatchSampleRow.batch_id == _run(session, run_id).batch_id)
                .order_by(BatchSampleRow.position)
            )
            return [
                (record(Correction, correction), record(BatchSample, sample))
                for correction, sample in rows
            ]

    def _end(self, run_id: str, state: RunState, error: str | None) -> Run:
        with self._database.writing() as session:
            row = _run(session, run_id)
            if not row.state.over:
                row.state = state
                row.error = error
                row.finished_at = now()
                _move_all(session, row, {CorrectionState.SUBMITTED}, CorrectionState.READY)
            return _record(row)


def _submit(session: Session, new: NewRun, samples: Sequence[BatchSample]) -> RunRow:
    if not samples and not new.settings.get("withdraw"):
        raise NotAllowed("There is nothing to teach: no correction is ready.")
    corrections = session.scalars(
        sa.select(CorrectionRow).where(
            CorrectionRow.id.in_({sample.correction_id for sample in samples}),
            CorrectionRow.state == CorrectionState.READY,
        )
    ).all()
    absent = len(samples) - len(corrections)
    if absent:
        raise NotAllowed(
            f"{absent} of the {len(samples)} corrections cannot be submitted: each must be ready, "
            "and be there once. Nothing was sent; look at the batch again."
        )
    batch = BatchRow(id=new_id())
    session.add(batch)
    session.flush()
    run = RunRow(**asdict(new), batch_id=batch.id)
    session.add(run)
    session.add_all(
        BatchSampleRow(
            batch_id=batch.id,
            position=position,
            correction_id=sample.correction_id,
            sample=dict(sample.sample),
        )
        for position, sample in enumerate(samples)
    )
    session.flush()
    for correction in corrections:
        correction.run_id = run.id
        move(session, correction, CorrectionState.SUBMITTED, by=new.submitted_by)
    return run


def _move_all(
    session: Session, run: RunRow, states: set[CorrectionState], state: CorrectionState
) -> None:
    """Move the run's corrections; one that was changed since has left it (`run_id`)."""
    for row in session.scalars(
        sa.select(CorrectionRow).where(
            CorrectionRow.run_id == run.id, CorrectionRow.state.in_(states)
        )
    ).all():
        move(session, row, state, by=run.submitted_by)


def _record(row: RunRow) -> Run:
    result = None
    if row.trainable_tokens is not None and row.sum_loss is not None:
        result = RunResult(
            trainable_tokens=row.trainable_tokens,
            sum_loss=row.sum_loss,
            final_loss=row.final_loss,
            version=row.new_version,
            seconds=row.seconds,
            not_learned=tuple(row.not_learned),
        )
    progress = None if row.progress is None else RunProgress(**row.progress)
    decision = None if row.decision is None else Decision(tuple(row.decision["reasons"]))
    return record(
        Run, row, result=result, progress=progress, decision=decision, losses=tuple(row.losses)
    )


def _run(session: Session, run_id: str) -> RunRow:
    return found(session, RunRow, run_id, "run")
