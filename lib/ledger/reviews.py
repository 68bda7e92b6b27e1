"""Answers that nobody has judged yet, given out one at a time, and verdicts taken back."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.errors import NotAllowed
from lib.ledger.exchanges import exchange_record, last_verdict
from lib.ledger.records import CorrectionState, Exchange, ExchangeState, Judgement, Reason
from lib.ledger.room import Room, found, record
from lib.ledger.tables import ClaimRow, CorrectionRow, ExchangeRow, VerdictRow, now
from lib.teaching.people import JUDGES

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

CLAIM = timedelta(minutes=15)
"""How long an answer stays with whoever was given it and does nothing."""


class Reviews(Room):
    """The queue of review: drafts that are assigned to somebody, and what nobody has judged.

    Whoever is given an answer holds it for a while, and nobody else is given it meanwhile. What is
    assigned to somebody is given to them alone, and before all else.
    """

    def review_next(
        self,
        by: str = "",
        *,
        after: str | None = None,
        leaving: str | None = None,
        oldest_first: bool = False,
    ) -> Exchange | None:
        """Give the next answer to judge; None, and there is no more.

        `after` is an exchange's id: the queue goes on behind it. `leaving` is given back.

        Raises:
            NotPermitted: it takes an asker or a reviewer.
        """
        self._people.permit(by, *JUDGES)
        with self._database.writing() as session:
            if leaving is not None:
                _give_back(session, leaving, by)
            row = None
            mine = after is None or session.scalar(sa.select(_mine(by, of=after)))
            if mine:
                row = _next(session, _assigned(by), by, after=after, oldest_first=oldest_first)
                after = None
            if row is None:
                row = _next(session, _unjudged(), by, after=after, oldest_first=oldest_first)
            if row is None:
                return None
            session.merge(ClaimRow(exchange_id=row.id, by=by, at=now()))
            return exchange_record(row)

    def review_again(self, exchange_id: str, by: str = "") -> Exchange:
        """Take an answer up again that somebody has just left, judged or not.

        Raises:
            NotFound: no such exchange.
            NotAllowed: somebody else has it in front of them.
            NotPermitted: it takes an asker or a reviewer.
        """
        self._people.permit(by, *JUDGES)
        with self._database.writing() as session:
            row = found(session, ExchangeRow, exchange_id, "exchange")
            claim = session.get(ClaimRow, exchange_id)
            if claim and claim.by != by and claim.at > now() - CLAIM:
                raise NotAllowed(f"{claim.by or 'Somebody else'} is looking at this answer now.")
            session.merge(ClaimRow(exchange_id=exchange_id, by=by, at=now()))
            return exchange_record(row)

    def leave_review(self, exchange_id: str, by: str = "") -> None:
        """Give an answer back, so that others may be given it.

        Raises:
            NotPermitted: it takes an asker or a reviewer.
        """
        self._people.permit(by, *JUDGES)
        with self._database.writing() as session:
            _give_back(session, exchange_id, by)

    def in_review(self, by: str = "") -> Exchange | None:
        """What somebody was given last and has not left: where a reload goes on."""
        query = (
            sa.select(ExchangeRow)
            .join(ClaimRow, ClaimRow.exchange_id == ExchangeRow.id)
            .where(ClaimRow.by == by, ClaimRow.at > now() - CLAIM)
            .order_by(ClaimRow.at.desc())
            .limit(1)
        )
        with self._database.reading() as session:
            row = session.scalar(query)
            return exchange_record(row) if row else None

    def left_to_review(self, by: str = "") -> int:
        """How many answers there are to judge or to correct, for somebody."""
        left = sa.select(sa.func.count()).where(sa.or_(_unjudged(), _assigned(by)))
        with self._database.reading() as session:
            return session.scalar(left) or 0

    def judgement(self, exchange_id: str) -> Judgement | None:
        """What was last said of an answer, and why."""
        with self._database.reading() as session:
            row = last_verdict(session, exchange_id)
            return _record(row) if row else None

    def judgements(self, exchange_ids: Collection[str]) -> dict[str, Judgement]:
        """What was last said of each of these answers that somebody judged, by exchange."""
        last = sa.select(sa.func.max(VerdictRow.id)).group_by(VerdictRow.exchange_id)
        wanted = set(exchange_ids)
        with self._database.reading() as session:
            rows = session.scalars(sa.select(VerdictRow).where(VerdictRow.id.in_(last)))
            return {row.exchange_id: _record(row) for row in rows if row.exchange_id in wanted}

    def take_back(self, exchange_id: str, to: Judgement | None, by: str = "") -> Exchange:
        """Say again of an answer what was said before, or nothing.

        Raises:
            NotAllowed: somebody else has judged it since.
            NotFound: no such exchange.
            NotPermitted: it takes an asker or a reviewer.
        """
        self._people.permit(by, *JUDGES)
        with self._database.writing() as session:
            row = found(session, ExchangeRow, exchange_id, "exchange")
            last = last_verdict(session, exchange_id)
            if last and last.by != by:
                raise NotAllowed(
                    f"{last.by or 'Somebody else'} has judged this answer since. It stays so."
                )
            session.add(
                VerdictRow(
                    exchange_id=exchange_id,
                    verdict=to.verdict if to else None,
                    reasons=list(to.reasons) if to else [],
                    note=to.note if to else "",
                    by=by,
                )
            )
            session.flush()
            session.refresh(row, ["verdict"])
            return exchange_record(row)


def _next(
    session: Session,
    queue: sa.ColumnElement[bool],
    by: str,
    *,
    after: str | None,
    oldest_first: bool,
) -> ExchangeRow | None:
    """The first of a queue that nobody else has in front of them."""
    others = sa.select(ClaimRow.exchange_id).where(ClaimRow.by != by, ClaimRow.at > now() - CLAIM)
    order = ExchangeRow.id if oldest_first else ExchangeRow.id.desc()
    query = sa.select(ExchangeRow).where(queue, ExchangeRow.id.not_in(others)).order_by(order)
    if after is not None:
        query = query.where(ExchangeRow.id > after if oldest_first else ExchangeRow.id < after)
    return session.scalar(query.limit(1))


def _unjudged() -> sa.ColumnElement[bool]:
    """What nobody has judged, but for what somebody is to see to."""
    elsewhere = sa.select(CorrectionRow.exchange_id).where(
        CorrectionRow.assigned_to != "",
        CorrectionRow.state != CorrectionState.DISCARDED,
        CorrectionRow.exchange_id.is_not(None),
    )
    return sa.and_(
        ExchangeRow.run_id.is_(None),
        ExchangeRow.state.in_((ExchangeState.ANSWERED, ExchangeState.STOPPED)),
        ExchangeRow.answer != "",
        ExchangeRow.verdict.is_(None),
        ExchangeRow.id.not_in(elsewhere),
    )


def _assigned(by: str) -> sa.ColumnElement[bool]:
    """Drafts that somebody is to see to; nobody, where they have no name."""
    drafts = sa.select(CorrectionRow.exchange_id).where(
        CorrectionRow.assigned_to == by, CorrectionRow.state == CorrectionState.DRAFT
    )
    return sa.and_(sa.literal(bool(by)), ExchangeRow.id.in_(drafts))


def _mine(by: str, *, of: str | None) -> sa.ColumnElement[bool]:
    """Whether an exchange is among those that somebody is, or was, to see to."""
    return sa.and_(
        sa.literal(bool(by)),
        sa.exists().where(CorrectionRow.exchange_id == of, CorrectionRow.assigned_to == by),
    )


def _give_back(session: Session, exchange_id: str, by: str) -> None:
    session.execute(
        sa.delete(ClaimRow).where(ClaimRow.exchange_id == exchange_id, ClaimRow.by == by)
    )


def _record(row: VerdictRow) -> Judgement:
    return record(Judgement, row, reasons=tuple(Reason(reason) for reason in row.reasons))
