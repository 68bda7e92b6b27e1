"""What a version holds, what its proof found, and what was decided by it."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lib.ledger.records import BatchSample, Correction, ProofItem, RunState
from lib.ledger.room import Room, found, record
from lib.ledger.tables import BatchSampleRow, CorrectionRow, ProofItemRow, RunRow

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy.orm import Session

    from lib.teaching.decision import Decision


class Proofs(Room):
    """A run can be proved more than once: each time is a *taking*, counted from 1."""

    def held(self, run_id: str) -> list[tuple[Correction, BatchSample]]:
        """What the version that a run makes holds: oldest first, each with what was sent for it.

        That is the run's own batch and those of the versions it builds on, without what was
        withdrawn on the way, and without what a later run taught another answer to. A server
        without versions builds on all that came before.

        Raises:
            NotFound: no such run.
        """
        with self._database.reading() as session:
            runs = _lineage(session, found(session, RunRow, run_id, "run"))
            query = (
                sa.select(BatchSampleRow, CorrectionRow)
                .join(CorrectionRow, CorrectionRow.id == BatchSampleRow.correction_id)
                .where(BatchSampleRow.batch_id.in_([run.batch_id for run in runs]))
                .order_by(BatchSampleRow.position)
            )
            batches: dict[str, list[Any]] = {run.batch_id: [] for run in runs}
            for row in session.execute(query):
                batches[row.BatchSampleRow.batch_id].append(row)
            held: dict[str, Any] = {}
            for run in runs:
                batch = batches[run.batch_id]
                prompts = {row.CorrectionRow.prompt for row in batch}
                gone = set(run.settings.get("withdraw") or ())
                held = {
                    identity: row
                    for identity, row in held.items()
                    if identity not in gone and row.CorrectionRow.prompt not in prompts
                }
                held |= {row.CorrectionRow.id: row for row in batch}
            return [
                (record(Correction, row.CorrectionRow), record(BatchSample, row.BatchSampleRow))
                for row in held.values()
            ]

    def prove(self, run_id: str, items: Sequence[ProofItem], *, taking: int = 1) -> None:
        """Keep what was found when a run's questions were asked again, one or many at a time.

        The same question of the same kind and correction is replaced within a taking. `taking` 1
        is the proof that follows the run, 2 the one taken again later, and so on.

        Raises:
            NotFound: no such run.
        """
        with self._database.writing() as session:
            found(session, RunRow, run_id, "run")
            for item in items:
                session.execute(
                    sa.delete(ProofItemRow).where(
                        ProofItemRow.run_id == run_id,
                        ProofItemRow.taking == taking,
                        ProofItemRow.kind == item.kind,
                        ProofItemRow.question == item.question,
                        ProofItemRow.correction_id.is_not_distinct_from(item.correction_id),
                    )
                )
                session.add(ProofItemRow(run_id=run_id, taking=taking, **asdict(item)))

    def proof(self, run_id: str, *, taking: int | None = None) -> list[ProofItem]:
        """What was found, in the order it was; of the latest taking unless one is named."""
        query = (
            sa.select(ProofItemRow)
            .where(
                ProofItemRow.run_id == run_id,
                ProofItemRow.taking
                == (_latest(run_id).scalar_subquery() if taking is None else taking),
            )
            .order_by(ProofItemRow.id)
        )
        with self._database.reading() as session:
            return [record(ProofItem, row) for row in session.scalars(query)]

    def taking(self, run_id: str) -> int:
        """The latest taking of a run's proof; 0 before the first."""
        with self._database.reading() as session:
            return session.scalar(_latest(run_id)) or 0

    def decide(self, run_id: str, decision: Decision | None) -> None:
        """Keep what was decided by a proof; None says that a proof is to be taken first.

        Raises:
            NotFound: no such run.
        """
        with self._database.writing() as session:
            row = found(session, RunRow, run_id, "run")
            row.decision = None if decision is None else asdict(decision)


def _latest(run_id: str) -> sa.Select[int]:
    return sa.select(sa.func.max(ProofItemRow.taking)).where(ProofItemRow.run_id == run_id)


def _lineage(session: Session, run: RunRow) -> list[RunRow]:
    """The runs that a run builds on, oldest first, and itself."""
    earlier = session.scalars(
        sa.select(RunRow)
        .where(
            RunRow.adapter_id == run.adapter_id,
            RunRow.state == RunState.DONE,
            RunRow.id != run.id,
            RunRow.created_at <= run.created_at,
        )
        .order_by(RunRow.created_at.desc(), RunRow.id)
    ).all()
    lineage, parent = [run], run.parent_version
    for row in earlier:
        if run.parent_version is None or row.new_version == parent:
            lineage.append(row)
            parent = row.parent_version
    return lineage[::-1]
