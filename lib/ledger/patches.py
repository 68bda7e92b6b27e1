"""What can be answered from corrections, and which of them a version has learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.records import CorrectionState
from lib.ledger.room import Room
from lib.ledger.tables import CorrectionRow, ExchangeRow, ProofItemRow, RunRow
from lib.teaching.patches import Patch
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Hashable

SAVED = (CorrectionState.READY, CorrectionState.SUBMITTED, CorrectionState.TAUGHT)


class SavedPatches(Room):
    """Corrections that were added, as patches: what the model answered stays what it was."""

    def patches(self) -> list[Patch]:
        """Every correction that is ready, submitted or taught, oldest first."""
        latest = (
            sa.select(ProofItemRow.correction_id, sa.func.max(ProofItemRow.id).label("id"))
            .where(ProofItemRow.kind == Kind.CORRECTION)
            .group_by(ProofItemRow.correction_id)
            .subquery()
        )
        query = (
            sa.select(
                CorrectionRow.id,
                CorrectionRow.exchange_id,
                CorrectionRow.question,
                ExchangeRow.variables,
                CorrectionRow.right_answer,
                CorrectionRow.created_at,
                CorrectionRow.state,
                ProofItemRow.outcome,
                RunRow.decision,
            )
            .outerjoin(ExchangeRow, ExchangeRow.id == CorrectionRow.exchange_id)
            .outerjoin(latest, latest.c.correction_id == CorrectionRow.id)
            .outerjoin(ProofItemRow, ProofItemRow.id == latest.c.id)
            .outerjoin(RunRow, RunRow.id == ProofItemRow.run_id)
            .where(CorrectionRow.state.in_(SAVED))
            .order_by(CorrectionRow.id)
        )
        with self._database.reading() as session:
            return [
                Patch(
                    correction_id=identity,
                    exchange_id=exchange_id,
                    question=question,
                    variables=variables or {},
                    answer=answer,
                    since=since,
                    # A version that is held back may know it, and answers nobody.
                    learned=state is CorrectionState.TAUGHT
                    and outcome is Outcome.FIXED
                    and decision is not None
                    and not decision["reasons"],
                )
                for (
                    identity,
                    exchange_id,
                    question,
                    variables,
                    answer,
                    since,
                    state,
                    outcome,
                    decision,
                ) in session.execute(query)
            ]

    def patches_stamp(self) -> Hashable:
        """Another value whenever `patches` may give something else; cheap."""
        corrections = sa.select(sa.func.count(), sa.func.max(CorrectionRow.updated_at))
        with self._database.reading() as session:
            counted = session.execute(corrections.select_from(CorrectionRow)).one()
            proved = session.scalar(sa.select(sa.func.max(ProofItemRow.id)))
            decided = session.scalars(sa.select(sa.cast(RunRow.decision, sa.String)))
            return *counted, proved, *decided
