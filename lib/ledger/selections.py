"""Many corrections at once: looked for, changed together, and put back as they were."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.corrections import (
    Corrections,
    accept,
    bring_back,
    move,
    put_aside,
    refuse_second,
)
from lib.ledger.errors import NotAllowed
from lib.ledger.exchanges import last_verdict
from lib.ledger.records import Correction, CorrectionState, Verdict
from lib.ledger.room import found, record
from lib.ledger.tables import CorrectionRow, ExchangeRow, RunRow, TemplateRow, VerdictRow, now
from lib.teaching.people import Role

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy.orm import Session


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to look for; what is empty is not asked.

    `model_id` answered the question or was taught the correction; `template` is a name; `person`
    is its author, its typist or whom it is assigned to; `text` is in one of its three texts.
    """

    model_id: str = ""
    template: str = ""
    person: str = ""
    text: str = ""

    def __bool__(self) -> bool:
        return bool(self.model_id or self.template or self.person or self.text)


@dataclass(frozen=True, slots=True)
class Choices:
    """What can be looked for: models as id → name, templates and people by name."""

    models: dict[str, str]
    templates: list[str]
    people: list[str]


@dataclass(frozen=True, slots=True)
class Changed:
    """A correction before a change and after it."""

    before: Correction
    after: Correction


@dataclass(frozen=True, slots=True)
class Changes:
    """What a change came to. `left` are corrections that stay as they are, each with why."""

    done: tuple[Changed, ...]
    left: tuple[tuple[Correction, str], ...] = ()


class Selections(Corrections):
    """A change of many is one transaction: it does what it can, and says what it leaves."""

    def find(
        self,
        state: CorrectionState,
        wanted: Wanted = Wanted(),
        *,
        limit: int,
        offset: int = 0,
        also: str | None = None,
    ) -> list[Correction]:
        """A page of corrections, newest first. `also` is one that is given whatever its state."""
        query = (
            sa.select(CorrectionRow)
            .where((CorrectionRow.state == state) | (CorrectionRow.id == (also or "")))
            .where(*_looked_for(wanted))
            .order_by(CorrectionRow.id.desc())
            .limit(limit)
            .offset(offset)
        )
        with self._database.reading() as session:
            return [record(Correction, row) for row in session.scalars(query)]

    def found_counts(self, wanted: Wanted) -> dict[CorrectionState, int]:
        """How many are found in each state; every state is there."""
        query = (
            sa.select(CorrectionRow.state, sa.func.count())
            .where(*_looked_for(wanted))
            .group_by(CorrectionRow.state)
        )
        with self._database.reading() as session:
            counted: dict[CorrectionState, int] = dict(session.execute(query).all())
        return {state: counted.get(state, 0) for state in CorrectionState}

    def choices(self) -> Choices:
        """What corrections can be looked for by."""
        asked = sa.select(ExchangeRow.model_id, ExchangeRow.model_name).join(
            CorrectionRow, CorrectionRow.exchange_id == ExchangeRow.id
        )
        taught = sa.select(RunRow.adapter_id, RunRow.adapter_name)
        templates = (
            sa.select(TemplateRow.name)
            .join(ExchangeRow, ExchangeRow.template_id == TemplateRow.id)
            .join(CorrectionRow, CorrectionRow.exchange_id == ExchangeRow.id)
        )
        people = sa.union(
            sa.select(CorrectionRow.author),
            sa.select(CorrectionRow.typed_by),
            sa.select(CorrectionRow.assigned_to),
        )
        with self._database.reading() as session:
            return Choices(
                models={row[0]: row[1] for row in session.execute(asked.union(taught))},
                templates=sorted(session.scalars(templates.distinct())),
                people=sorted(filter(None, session.scalars(people))),
            )

    def accept_all(self, ids: Sequence[str], *, by: str = "") -> Changes:
        """Make corrections ready.

        Raises:
            NotFound: one of them does not exist; nothing was changed.
            NotPermitted: it takes a reviewer, or the author of them all; nothing was changed.
        """
        return self._change(ids, lambda session, row: accept(session, row, by), by)

    def discard_all(self, ids: Sequence[str], *, by: str = "") -> Changes:
        """Put corrections aside. Raises as `accept_all` does."""
        return self._change(ids, lambda session, row: put_aside(session, row, by), by)

    def restore_all(self, ids: Sequence[str], *, by: str = "") -> Changes:
        """Bring discarded corrections back. Raises as `accept_all` does."""
        return self._change(ids, lambda session, row: bring_back(session, row, by), by)

    def assign_all(self, ids: Sequence[str], to: str, *, by: str = "") -> Changes:
        """Say who is to see to corrections; nobody, where `to` is empty. It takes a reviewer."""
        self._people.permit(by, Role.REVIEWER)

        def assign(_: Session, row: CorrectionRow) -> None:
            row.assigned_to = to
            row.updated_at = now()

        return self._change(ids, assign, by)

    def put_back(self, changes: Sequence[Changed], *, by: str = "") -> Changes:
        """Make corrections again what they were before a change, as one more step each.

        What was changed again since stays as it is. Raises as `accept_all` does.
        """
        known = {change.before.id: change for change in changes}

        def restore(session: Session, row: CorrectionRow) -> None:
            before, after = known[row.id].before, known[row.id].after
            if row.revision != after.revision or row.assigned_to != after.assigned_to:
                raise NotAllowed("It was changed again since.")
            if row.state is CorrectionState.DISCARDED:
                refuse_second(session, row)
            row.assigned_to = before.assigned_to
            row.updated_at = now()
            if (row.state, row.right_answer) != (before.state, before.right_answer):
                row.right_answer, row.typed_by = before.right_answer, before.typed_by
                row.run_id = before.run_id
                move(session, row, before.state, by=by)

        return self._change(list(known), restore, by)

    def unmake(self, made: Sequence[Correction], *, by: str = "") -> Changes:
        """Put aside corrections that were made together, and unmark the answers that they correct.

        What was changed again since stays as it is. Raises as `accept_all` does.
        """
        known = {one.id: one for one in made}

        def take_back(session: Session, row: CorrectionRow) -> None:
            if row.revision != known[row.id].revision:
                raise NotAllowed("It was changed again since.")
            put_aside(session, row, by)
            last = last_verdict(session, row.exchange_id) if row.exchange_id else None
            if last and last.by == by and last.verdict is Verdict.WRONG:
                session.add(VerdictRow(exchange_id=last.exchange_id, verdict=None, by=by))

        return self._change(list(known), take_back, by)

    def _change(
        self, ids: Sequence[str], change: Callable[[Session, CorrectionRow], None], by: str
    ) -> Changes:
        done: list[Changed] = []
        left: list[tuple[Correction, str]] = []
        with self._database.writing() as session:
            for identity in ids:
                row = found(session, CorrectionRow, identity, "correction")
                self._permit_change(row.author, by)
                before = record(Correction, row)
                try:
                    change(session, row)
                except NotAllowed as why:
                    left.append((before, str(why)))
                    continue
                after = record(Correction, row)
                if after != before:
                    done.append(Changed(before, after))
        return Changes(tuple(done), tuple(left))


def _looked_for(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    exchanges = sa.select(ExchangeRow.id)
    if wanted.model_id:
        asked = exchanges.where(ExchangeRow.model_id == wanted.model_id)
        runs = sa.select(RunRow.id).where(RunRow.adapter_id == wanted.model_id)
        conditions.append(CorrectionRow.exchange_id.in_(asked) | CorrectionRow.run_id.in_(runs))
    if wanted.template:
        versions = sa.select(TemplateRow.id).where(TemplateRow.name == wanted.template)
        asked = exchanges.where(ExchangeRow.template_id.in_(versions))
        conditions.append(CorrectionRow.exchange_id.in_(asked))
    if wanted.person:
        people = (CorrectionRow.author, CorrectionRow.typed_by, CorrectionRow.assigned_to)
        conditions.append(sa.or_(*(who == wanted.person for who in people)))
    if wanted.text:
        texts = (CorrectionRow.question, CorrectionRow.right_answer, CorrectionRow.wrong_answer)
        conditions.append(sa.or_(*(text.icontains(wanted.text, autoescape=True) for text in texts)))
    return conditions
