"""Right answers typed, and how each came to be."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.errors import NotAllowed, StaleCorrection
from lib.ledger.records import Correction, CorrectionEvent, CorrectionState, RunState
from lib.ledger.room import Room, found, record
from lib.ledger.tables import (
    BatchSampleRow,
    CorrectionEventRow,
    CorrectionRow,
    ExchangeRow,
    RunRow,
    now,
)
from lib.teaching.people import JUDGES

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


class Corrections(Room):
    """An exchange has at most one correction that is not discarded.

    A change of the text makes it a draft again, whatever it was: what a run was sent stays with the
    run. Where a method takes `revision`, it is the one the person has seen; if the text was changed
    since, by somebody else and to something else, the method raises `StaleCorrection`.

    An asker changes corrections of their own, a reviewer everybody's; else every method that
    changes one raises `NotPermitted`.
    """

    def draft(
        self, exchange_id: str, text: str, *, revision: int | None = None, by: str = ""
    ) -> Correction:
        """Keep what is being typed. Cheap, for every pause; the same text again changes nothing.

        `revision` 0 says that the person has seen no correction of this exchange yet.

        Raises:
            NotFound: no such exchange.
            StaleCorrection: see above.
        """
        with self._database.writing() as session:
            row = _open(session, exchange_id)
            if row is None:
                self._people.permit(by, *JUDGES)
                row = begin(session, exchange_id, text, by)
            else:
                self._permit_change(row.author, by)
                _type(session, row, text, revision=revision, by=by, finished=False)
            return record(Correction, row)

    def ready(self, correction_id: str, *, by: str = "") -> Correction:
        """Say that a correction can be taught, or taught again.

        Raises:
            NotFound: no such correction.
            NotAllowed: it has no text, or it is submitted or discarded.
        """
        with self._database.writing() as session:
            row = _correction(session, correction_id)
            self._permit_change(row.author, by)
            accept(session, row, by)
            return record(Correction, row)

    def edit(self, correction_id: str, text: str, *, revision: int, by: str = "") -> Correction:
        """Change a correction's text as a whole, as a draft that is kept in its history.

        Raises:
            NotFound: no such correction.
            NotAllowed: it is discarded.
            StaleCorrection: see above.
        """
        with self._database.writing() as session:
            row = _correction(session, correction_id)
            self._permit_change(row.author, by)
            if row.state is CorrectionState.DISCARDED:
                raise NotAllowed("A discarded correction cannot be edited. Restore it first.")
            _type(session, row, text, revision=revision, by=by, finished=True)
            return record(Correction, row)

    def discard(self, correction_id: str, *, by: str = "") -> Correction:
        """Put a correction aside; `restore` brings it back.

        Raises:
            NotFound: no such correction.
            NotAllowed: it is being taught.
        """
        with self._database.writing() as session:
            row = _correction(session, correction_id)
            self._permit_change(row.author, by)
            put_aside(session, row, by)
            return record(Correction, row)

    def restore(self, correction_id: str, *, by: str = "") -> Correction:
        """Bring a discarded correction back: a draft as a draft, any other as ready.

        Raises:
            NotFound: no such correction.
            NotAllowed: its exchange has another correction by now.
        """
        with self._database.writing() as session:
            row = _correction(session, correction_id)
            self._permit_change(row.author, by)
            bring_back(session, row, by)
            return record(Correction, row)

    def correction(self, correction_id: str) -> Correction:
        """One correction.

        Raises:
            NotFound: no such correction.
        """
        with self._database.reading() as session:
            return record(Correction, _correction(session, correction_id))

    def corrections(
        self,
        *states: CorrectionState,
        exchange_ids: Collection[str] | None = None,
        adapter_id: str | None = None,
    ) -> list[Correction]:
        """Corrections in these states, or in all: oldest first.

        `exchange_ids`: only of these exchanges. `adapter_id`: only what a run that is done taught
        to this adapter.
        """
        query = sa.select(CorrectionRow).order_by(CorrectionRow.id)
        if states:
            query = query.where(CorrectionRow.state.in_(states))
        if exchange_ids is not None:
            query = query.where(CorrectionRow.exchange_id.in_(exchange_ids))
        if adapter_id is not None:
            taught = (
                sa.select(BatchSampleRow.correction_id)
                .join(RunRow, RunRow.batch_id == BatchSampleRow.batch_id)
                .where(RunRow.adapter_id == adapter_id, RunRow.state == RunState.DONE)
            )
            query = query.where(CorrectionRow.id.in_(taught))
        with self._database.reading() as session:
            return [record(Correction, row) for row in session.scalars(query)]

    def counts(self) -> dict[CorrectionState, int]:
        """How many corrections are in each state; every state is there."""
        query = sa.select(CorrectionRow.state, sa.func.count()).group_by(CorrectionRow.state)
        with self._database.reading() as session:
            counted = dict(session.execute(query).all())
        return {state: counted.get(state, 0) for state in CorrectionState}

    def history(self, correction_id: str) -> list[CorrectionEvent]:
        """What became of a correction, oldest first: its states and its finished edits."""
        query = (
            sa.select(CorrectionEventRow)
            .where(CorrectionEventRow.correction_id == correction_id)
            .order_by(CorrectionEventRow.id)
        )
        with self._database.reading() as session:
            return [record(CorrectionEvent, row) for row in session.scalars(query)]


def accept(session: Session, row: CorrectionRow, by: str) -> None:
    """Make a correction ready, or raise NotAllowed."""
    if row.state in {CorrectionState.SUBMITTED, CorrectionState.DISCARDED}:
        raise NotAllowed(f"A correction that is {row.state} cannot be made ready.")
    if not row.right_answer.strip():
        raise NotAllowed("The right answer is empty. Type it, and add it again.")
    if row.state is not CorrectionState.READY:
        if row.exchange_id:  # the answer may have grown since the first word was typed
            row.wrong_answer = found(session, ExchangeRow, row.exchange_id, "exchange").answer
        move(session, row, CorrectionState.READY, by=by)


def put_aside(session: Session, row: CorrectionRow, by: str) -> None:
    """Make a correction discarded, or raise NotAllowed."""
    if row.state is CorrectionState.SUBMITTED:
        raise NotAllowed(
            "This correction is being taught. Cancel the run, or discard it afterwards."
        )
    if row.state is not CorrectionState.DISCARDED:
        move(session, row, CorrectionState.DISCARDED, by=by)


def bring_back(session: Session, row: CorrectionRow, by: str) -> None:
    """Make a discarded correction a draft or ready again, or raise NotAllowed."""
    if row.state is CorrectionState.DISCARDED:
        refuse_second(session, row)
        last = _last_event(session, row.id)
        was_draft = last is not None and last.from_state is CorrectionState.DRAFT
        move(session, row, CorrectionState.DRAFT if was_draft else CorrectionState.READY, by=by)


def refuse_second(session: Session, row: CorrectionRow) -> None:
    """Raise NotAllowed where a discarded correction's exchange has another by now."""
    if row.exchange_id and _open(session, row.exchange_id):
        raise NotAllowed("This question has a newer correction. Discard that one first.")


def move(session: Session, row: CorrectionRow, state: CorrectionState, *, by: str) -> None:
    """Change a correction's state, and note it in the history."""
    was, row.state = row.state, state
    row.revision += 1
    row.updated_at = now()
    _note(session, row, was, by)


def begin(session: Session, exchange_id: str, text: str, by: str) -> CorrectionRow:
    """Make an exchange's correction, as a draft."""
    exchange = found(session, ExchangeRow, exchange_id, "exchange")
    row = CorrectionRow(
        exchange_id=exchange.id,
        question=exchange.question,
        prompt=exchange.prompt,
        auto_template=exchange.auto_template,
        wrong_answer=exchange.answer,
        right_answer=text,
        state=CorrectionState.DRAFT,
        revision=1,
        author=by,
        typed_by=by,
    )
    session.add(row)
    session.flush()
    _note(session, row, None, by)
    return row


def _type(
    session: Session,
    row: CorrectionRow,
    text: str,
    *,
    revision: int | None,
    by: str,
    finished: bool,
) -> None:
    """Change the text. History notes finished edits and the state's changes, not keystrokes."""
    if text == row.right_answer:
        return
    if revision is not None and revision != row.revision:
        raise StaleCorrection(
            correction_id=row.id,
            stored=row.right_answer,
            offered=text,
            revision=row.revision,
            by=row.typed_by,
        )
    if finished or by != row.typed_by:
        _keep_typed(session, row)
    row.right_answer, row.typed_by = text, by
    row.run_id = None  # a run that is still going teaches the former text
    if finished or row.state is not CorrectionState.DRAFT:
        move(session, row, CorrectionState.DRAFT, by=by)
    else:
        row.revision += 1
        row.updated_at = now()


def _keep_typed(session: Session, row: CorrectionRow) -> None:
    """Note a text that was typed and is about to be replaced, so that it can be found again."""
    last = _last_event(session, row.id)
    if last is None or last.after != row.right_answer:
        _note(session, row, row.state, row.typed_by)


def _note(session: Session, row: CorrectionRow, was: CorrectionState | None, by: str) -> None:
    last = _last_event(session, row.id)
    session.add(
        CorrectionEventRow(
            correction_id=row.id,
            by=by,
            from_state=was,
            to_state=row.state,
            before=None if last is None else last.after,
            after=row.right_answer,
        )
    )


def _last_event(session: Session, correction_id: str) -> CorrectionEventRow | None:
    return session.scalar(
        sa.select(CorrectionEventRow)
        .where(CorrectionEventRow.correction_id == correction_id)
        .order_by(CorrectionEventRow.id.desc())
        .limit(1)
    )


def _open(session: Session, exchange_id: str) -> CorrectionRow | None:
    return session.scalar(
        sa.select(CorrectionRow).where(
            CorrectionRow.exchange_id == exchange_id,
            CorrectionRow.state != CorrectionState.DISCARDED,
        )
    )


def _correction(session: Session, correction_id: str) -> CorrectionRow:
    return found(session, CorrectionRow, correction_id, "correction")
