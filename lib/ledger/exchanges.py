"""Questions asked, answers heard, and what people said of them."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lib.ledger.records import (
    Answer,
    Exchange,
    ExchangeState,
    GuardAnswer,
    NewExchange,
    Sampling,
    Verdict,
)
from lib.ledger.room import Room, found, record
from lib.ledger.tables import ExchangeRow, VerdictRow
from lib.teaching.people import JUDGES, Role

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session

    from lib.ledger.records import Reason


class Exchanges(Room):
    """An exchange is kept before it is sent, and grows while its answer is heard."""

    def ask(self, new: NewExchange) -> Exchange:
        """Keep a question that is about to be sent.

        Raises:
            NotPermitted: it takes an asker; what a run's proof asks does not.
        """
        if new.run_id is None:
            self._people.permit(new.asked_by, Role.ASKER)
        with self._database.writing() as session:
            row = ExchangeRow(**asdict(new))
            session.add(row)
            session.flush()
            return exchange_record(row)

    def hear(self, exchange_id: str, text: str, *, first_token_s: float | None = None) -> None:
        """Keep the answer so far; `first_token_s` once is enough. Twice a second is often enough.

        Raises:
            NotFound: no such exchange.
        """
        with self._database.writing() as session:
            row = _exchange(session, exchange_id)
            if row.state is not ExchangeState.ANSWERED:
                row.answer = text
            if first_token_s is not None:
                row.first_token_s = first_token_s

    def answered(self, exchange_id: str, answer: Answer) -> Exchange:
        """Keep the whole answer, also of an exchange that was thought to be over.

        Raises:
            NotFound: no such exchange.
        """
        with self._database.writing() as session:
            row = _exchange(session, exchange_id)
            answer_whole(row, answer)
            return exchange_record(row)

    def stopped(
        self, exchange_id: str, text: str | None = None, *, seconds: float | None = None
    ) -> Exchange:
        """The person stopped the answer; `text` is what was said, if more than was heard.

        Raises:
            NotFound: no such exchange.
        """
        return self._cut_short(exchange_id, ExchangeState.STOPPED, text, seconds, None)

    def failed(
        self,
        exchange_id: str,
        error: str,
        text: str | None = None,
        *,
        seconds: float | None = None,
    ) -> Exchange:
        """The server did not answer, or not to the end; `error` is a sentence for the person.

        Raises:
            NotFound: no such exchange.
        """
        return self._cut_short(exchange_id, ExchangeState.FAILED, text, seconds, error)

    def exchange(self, exchange_id: str) -> Exchange:
        """One exchange.

        Raises:
            NotFound: no such exchange.
        """
        with self._database.reading() as session:
            return exchange_record(_exchange(session, exchange_id))

    def exchanges(
        self, limit: int = 50, before: str | None = None, *, run_id: str | None = None
    ) -> list[Exchange]:
        """What people asked one by one, or with `run_id` what its proof asked: newest first.

        What was asked aside is not among it.

        `before` is an exchange's id: only older ones are given.
        """
        query = (
            sa.select(ExchangeRow)
            .where(
                ExchangeRow.run_id == run_id,
                ExchangeRow.list_id.is_(None),
                ExchangeRow.aside.is_(False),
            )
            .order_by(ExchangeRow.id.desc())
            .limit(limit)
        )
        if before is not None:
            query = query.where(ExchangeRow.id < before)
        with self._database.reading() as session:
            return [exchange_record(row) for row in session.scalars(query)]

    def judge(
        self,
        exchange_id: str,
        verdict: Verdict | None,
        by: str = "",
        *,
        reasons: Collection[Reason] = (),
        note: str = "",
    ) -> Exchange:
        """Say that an answer is right or wrong, and why; None takes the last word back.

        Raises:
            NotFound: no such exchange.
            NotPermitted: it takes an asker or a reviewer.
        """
        self._people.permit(by, *JUDGES)
        with self._database.writing() as session:
            row = _exchange(session, exchange_id)
            last = last_verdict(session, exchange_id)
            said = (verdict, list(reasons), note)
            if said != ((last.verdict, last.reasons, last.note) if last else (None, [], "")):
                session.add(
                    VerdictRow(
                        exchange_id=exchange_id,
                        verdict=verdict,
                        reasons=list(reasons),
                        note=note,
                        by=by,
                    )
                )
                session.flush()
                session.refresh(row, ["verdict"])
            return exchange_record(row)

    def guards(self, *model_ids: str) -> list[Exchange]:
        """Answers marked *right*, of these models or of all: one a prompt, the newest first."""
        newest: dict[tuple[str, str], Exchange] = {}
        with self._database.reading() as session:
            for row in session.scalars(_guards(sa.select(ExchangeRow), model_ids)):
                newest.setdefault((row.model_id, row.prompt), exchange_record(row))
        return list(newest.values())

    def guard_answers(self, *model_ids: str) -> list[GuardAnswer]:
        """What the guards say, in a tenth of the time: thousands are read for a page."""
        query = sa.select(
            ExchangeRow.model_id,
            *(getattr(ExchangeRow, field.name) for field in fields(GuardAnswer)),
        )
        newest: dict[tuple[str, str], GuardAnswer] = {}
        with self._database.reading() as session:
            for model_id, *said in session.execute(_guards(query, model_ids)):
                guard = GuardAnswer(*said)
                newest.setdefault((model_id, guard.prompt), guard)
        return list(newest.values())

    def said(self, model_id: str, version: int | None, prompts: Collection[str]) -> list[Exchange]:
        """Whole answers that a model or an adapter's version gave to these prompts: newest first.

        `version` None is a base model, or an adapter on a server without versions.
        """
        return self._said(
            prompts,
            ExchangeRow.model_id == model_id,
            ExchangeRow.version.is_not_distinct_from(version),
        )

    def passed_on(self, adapter_ids: Collection[str], prompts: Collection[str]) -> list[Exchange]:
        """Whole answers of these adapters to what was outside the scope of a version: newest first.

        Their base model gave them.
        """
        return self._said(
            prompts,
            ExchangeRow.model_id.in_(adapter_ids),
            ExchangeRow.scope["near"].as_boolean().is_(False),
        )

    def _said(self, prompts: Collection[str], *by: sa.ColumnElement[bool]) -> list[Exchange]:
        query = (
            sa.select(ExchangeRow)
            .where(
                *by,
                ExchangeRow.prompt.in_(prompts),
                ExchangeRow.state == ExchangeState.ANSWERED,
            )
            .order_by(ExchangeRow.id.desc())
        )
        with self._database.reading() as session:
            return [exchange_record(row) for row in session.scalars(query)]

    def recover(self) -> int:
        """Mark what a crash left *asking* as stopped, with what was heard; how many there were.

        For the start of an app. An answer that another process is still hearing is not lost: it
        becomes answered when it is whole.
        """
        with self._database.writing() as session:
            left = session.scalars(
                sa.select(ExchangeRow).where(ExchangeRow.state == ExchangeState.ASKING)
            ).all()
            for row in left:
                row.state = ExchangeState.STOPPED
            return len(left)

    def _cut_short(
        self,
        exchange_id: str,
        state: ExchangeState,
        text: str | None,
        seconds: float | None,
        error: str | None,
    ) -> Exchange:
        with self._database.writing() as session:
            row = _exchange(session, exchange_id)
            if row.state is not ExchangeState.ANSWERED:
                row.state = state
                row.error = error
                row.seconds = seconds
                if text is not None:
                    row.answer = text
            return exchange_record(row)


def answer_whole(row: ExchangeRow, answer: Answer) -> None:
    """Put the whole answer into an exchange's row."""
    row.state = ExchangeState.ANSWERED
    row.answer = answer.text
    row.finish_reason = answer.finish_reason
    row.error = None
    row.seconds = answer.seconds
    row.prompt_tokens = answer.prompt_tokens
    row.generated_tokens = answer.generated_tokens
    row.scope = None if answer.scope is None else dict(answer.scope)
    if answer.version is not None:
        row.version = answer.version
    if answer.first_token_s is not None:
        row.first_token_s = answer.first_token_s


def last_verdict(session: Session, exchange_id: str) -> VerdictRow | None:
    """What was last said of an answer."""
    return session.scalar(
        sa.select(VerdictRow)
        .where(VerdictRow.exchange_id == exchange_id)
        .order_by(VerdictRow.id.desc())
        .limit(1)
    )


def exchange_record(row: ExchangeRow) -> Exchange:
    """The record of an exchange's row."""
    return record(Exchange, row, sampling=Sampling(**row.sampling))


def _guards(query: sa.Select[Any], model_ids: Collection[str]) -> sa.Select[Any]:
    query = query.where(
        ExchangeRow.verdict == Verdict.RIGHT, ExchangeRow.run_id.is_(None)
    ).order_by(ExchangeRow.id.desc())
    return query.where(ExchangeRow.model_id.in_(model_ids)) if model_ids else query


def _exchange(session: Session, exchange_id: str) -> ExchangeRow:
    return found(session, ExchangeRow, exchange_id, "exchange")
