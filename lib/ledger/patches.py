"""What can be answered from corrections, and which of them a version has learned."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.records import CorrectionState, RunState
from lib.ledger.room import Room
from lib.ledger.tables import CorrectionRow, ExchangeRow, ProofItemRow, RunRow
from lib.teaching.patches import Learned, Patch
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Hashable, Mapping

    from sqlalchemy.orm import Session

    Live = Mapping[str, int | None]
    """The live version of each adapter that there is; None where its server has no versions."""

SAVED = (CorrectionState.READY, CorrectionState.SUBMITTED, CorrectionState.TAUGHT)


class SavedPatches(Room):
    """Corrections that were added, as patches: what the model answered stays what it was."""

    def patches(self, live: Live | None = None) -> list[Patch]:
        """Every correction that is ready, submitted or taught, oldest first.

        `live` is what the server says now; without it, each adapter is taken to answer with the
        newest version whose proof passed.
        """
        query = (
            sa.select(
                CorrectionRow.id,
                CorrectionRow.exchange_id,
                CorrectionRow.question,
                ExchangeRow.variables,
                CorrectionRow.right_answer,
                CorrectionRow.created_at,
            )
            .outerjoin(ExchangeRow, ExchangeRow.id == CorrectionRow.exchange_id)
            .where(CorrectionRow.state.in_(SAVED))
            .order_by(CorrectionRow.id)
        )
        with self._database.reading() as session:
            learned = _learned(session, live)
            return [
                Patch(
                    correction_id=identity,
                    exchange_id=exchange_id,
                    question=question,
                    variables=variables or {},
                    answer=answer,
                    since=since,
                    learned_in=learned.get(identity),
                )
                for identity, exchange_id, question, variables, answer, since in session.execute(
                    query
                )
            ]

    def patches_stamp(self) -> Hashable:
        """Another value whenever `patches` may give something else; cheap."""
        corrections = sa.select(sa.func.count(), sa.func.max(CorrectionRow.updated_at))
        with self._database.reading() as session:
            counted = session.execute(corrections.select_from(CorrectionRow)).one()
            proved = session.scalar(sa.select(sa.func.max(ProofItemRow.id)))
            decided = session.scalars(sa.select(sa.cast(RunRow.decision, sa.String)))
            return *counted, proved, *decided


def _learned(session: Session, live: Live | None) -> dict[str, Learned]:
    """By a correction's id, the version that knows it: one that answers, or else the newest."""
    answering = _answering(session, live)
    answers = ProofItemRow.run_id.in_(answering)
    # A proof can be taken again: of each run, what was found last counts.
    last = (
        sa.select(sa.func.max(ProofItemRow.id))
        .where(ProofItemRow.kind == Kind.CORRECTION)
        .group_by(ProofItemRow.correction_id, ProofItemRow.run_id)
    )
    best = (
        sa.select(
            ProofItemRow.correction_id,
            ProofItemRow.run_id,
            sa.func.row_number()
            .over(
                partition_by=ProofItemRow.correction_id,
                order_by=(answers.desc(), ProofItemRow.id.desc()),
            )
            .label("place"),
        )
        .join(CorrectionRow, CorrectionRow.id == ProofItemRow.correction_id)
        .join(RunRow, RunRow.id == ProofItemRow.run_id)
        .where(
            ProofItemRow.id.in_(last),
            # A version whose proof is still being taken may be live in a moment.
            answers | RunRow.decision.is_not(None),
            ProofItemRow.outcome == Outcome.FIXED,
            CorrectionRow.state == CorrectionState.TAUGHT,
            # What was learned may be an earlier text of it.
            sa.func.trim(ProofItemRow.expected) == sa.func.trim(CorrectionRow.right_answer),
        )
        .subquery()
    )
    query = (
        sa.select(best.c.correction_id, RunRow.id, RunRow.adapter_name, RunRow.new_version)
        .join(RunRow, RunRow.id == best.c.run_id)
        .where(best.c.place == 1)
    )
    return {
        correction_id: Learned(adapter_name, version, live=run_id in answering)
        for correction_id, run_id, adapter_name, version in session.execute(query)
    }


def _answering(session: Session, live: Live | None) -> set[str]:
    """The runs that made what answers now, one of each adapter."""
    query = (
        sa.select(RunRow.id, RunRow.adapter_id, RunRow.new_version, RunRow.decision)
        .where(RunRow.state == RunState.DONE)
        .order_by(RunRow.created_at.desc(), RunRow.id)
    )
    answering: dict[str, str] = {}
    for run_id, adapter_id, version, decision in session.execute(query):
        if live is not None and adapter_id not in live:
            continue
        number = live[adapter_id] if live is not None else None
        passes = decision is not None and not decision["reasons"]
        # A server without versions answers with what was taught last, however it came out.
        if version == number if number is not None else passes or version is None:
            answering.setdefault(adapter_id, run_id)
    return set(answering.values())
