"""The ledger: one face for everything that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lib.ledger.database import Database
from lib.ledger.exchanges import Exchanges
from lib.ledger.history import History
from lib.ledger.imports import Imports
from lib.ledger.patches import SavedPatches
from lib.ledger.proofs import Proofs
from lib.ledger.question_lists import QuestionLists
from lib.ledger.records import Template
from lib.ledger.reviews import Reviews
from lib.ledger.rewordings import Rewordings
from lib.ledger.room import record
from lib.ledger.runs import Runs
from lib.ledger.selections import Selections
from lib.ledger.stories import Stories
from lib.ledger.tables import PreferenceRow, TemplateRow
from lib.ledger.votes import Votes
from lib.teaching.people import WRITERS, People

if TYPE_CHECKING:
    from collections.abc import Collection

    from lib.teaching.people import Role


class Ledger(
    Exchanges,
    QuestionLists,
    Imports,
    Reviews,
    Selections,
    Rewordings,
    Runs,
    Proofs,
    History,
    Votes,
    Stories,
    SavedPatches,
):
    """Everything asked, marked, corrected, taught and proved, at a SQLAlchemy URL.

    Opening it brings an older ledger up to date. Threads may share one, and processes may share
    its database. Every method is one transaction, and besides what it names it raises
    `LedgerUnavailable` where the database cannot be used; nothing is changed then.

    Args:
        database_url: as SQLAlchemy writes it.
        people: who may do what; without it, everybody may do everything.
    """

    def __init__(self, database_url: str, people: People | None = None) -> None:
        super().__init__(Database(database_url), people or People())

    @property
    def people(self) -> People:
        """Who may do what: for what somebody does outside the ledger."""
        return self._people

    def close(self) -> None:
        """Give back every connection."""
        self._database.close()

    def templates(self) -> list[Template]:
        """The newest version of every prompt template, by name."""
        newest = (
            sa.select(TemplateRow.name, sa.func.max(TemplateRow.version).label("version"))
            .group_by(TemplateRow.name)
            .subquery()
        )
        query = (
            sa.select(TemplateRow)
            .join(
                newest,
                (TemplateRow.name == newest.c.name) & (TemplateRow.version == newest.c.version),
            )
            .order_by(TemplateRow.name)
        )
        with self._database.reading() as session:
            return [record(Template, row) for row in session.scalars(query)]

    def template_versions(self, name: str) -> list[Template]:
        """Every version of a template, oldest first."""
        query = sa.select(TemplateRow).where(TemplateRow.name == name).order_by(TemplateRow.version)
        with self._database.reading() as session:
            return [record(Template, row) for row in session.scalars(query)]

    def save_template(self, name: str, text: str, *, by: str = "") -> Template:
        """Keep a template's text as its newest version; the text it has already changes nothing.

        Raises:
            NotPermitted: it takes an asker, a reviewer or a teacher.
        """
        self._people.permit(by, *WRITERS)
        with self._database.writing() as session:
            row = session.scalar(
                sa.select(TemplateRow)
                .where(TemplateRow.name == name)
                .order_by(TemplateRow.version.desc())
                .limit(1)
            )
            if row is None or row.text != text:
                row = TemplateRow(name=name, version=row.version + 1 if row else 1, text=text)
                session.add(row)
                session.flush()
            return record(Template, row)

    def preference(self, key: str, default: Any = None) -> Any:
        """Something small that was remembered: any JSON value."""
        with self._database.reading() as session:
            row = session.get(PreferenceRow, key)
            return default if row is None else row.value

    def begin_with(self, name: str, text: str) -> None:
        """Keep a first template, where there is none. For the start of an app."""
        with self._database.writing() as session:
            if session.scalar(sa.select(TemplateRow.id).limit(1)) is None:
                session.add(TemplateRow(name=name, version=1, text=text))

    def prefer(
        self, key: str, value: Any, *, by: str = "", roles: Collection[Role] = WRITERS
    ) -> None:
        """Remember something small: any JSON value. Never a secret.

        Raises:
            NotPermitted: it takes one of `roles`.
        """
        self._people.permit(by, *roles)
        with self._database.writing() as session:
            session.merge(PreferenceRow(key=key, value=value))
