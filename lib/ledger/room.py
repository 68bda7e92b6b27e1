"""What the ledger's parts share: the database, and the way from a row to a record."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from lib.ledger.errors import NotFound
from lib.teaching.people import changers

if TYPE_CHECKING:
    from sqlalchemy.orm import Session

    from lib.ledger.database import Database
    from lib.ledger.tables import Base
    from lib.teaching.people import People

Row = TypeVar("Row", bound="Base")
Record = TypeVar("Record")


class Room:
    """A part of the ledger. Each of its public methods is one transaction.

    What a person does says by whom, and is done if `people` permits it.
    """

    def __init__(self, database: Database, people: People) -> None:
        self._database = database
        self._people = people

    def _permit_change(self, author: str, by: str) -> None:
        """Let an asker change what they began themselves, and a reviewer anything."""
        self._people.permit(by, *changers(author, by))


def found(session: Session, kind: type[Row], identity: str, what: str) -> Row:
    """The row of this id.

    Raises:
        NotFound: there is none.
    """
    row = session.get(kind, identity)
    if row is None:
        raise NotFound(what, identity)
    return row


def record(kind: type[Record], row: Base, **instead: Any) -> Record:
    """A record of a row: the columns of the same names, or what is given instead."""
    names = _names(kind)  # type: ignore[arg-type]  # a class can be hashed
    return kind(**{name: getattr(row, name) for name in names if name not in instead} | instead)


@cache
def _names(kind: type[Any]) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))
