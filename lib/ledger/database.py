"""The connection: one transaction at a time writes, on every database, and all may read.

SQLite's own upgrade from reading to writing fails at once when another writer is there; beginning
as a writer waits instead. PostgreSQL is given the same rule by a lock of the transaction's length.
So what a method reads before it writes still holds when it writes.
"""

from __future__ import annotations

import logging
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    IntegrityError,
    NoSuchModuleError,
)
from sqlalchemy.exc import (
    TimeoutError as NoConnectionLeft,
)
from sqlalchemy.orm import Session

from lib.ledger.errors import LedgerUnavailable
from lib.ledger.migrations import HEAD
from lib.ledger.tables import Base

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy.engine import URL, Connection, Engine
    from sqlalchemy.pool import ConnectionPoolEntry

logger = logging.getLogger(__name__)

WAIT_S = "15"
"""How long a writer waits for another in SQLite, unless the URL has a `timeout` of its own."""
_WRITERS_LOCK = 0x45727261
_STEP = sa.Table(
    "alembic_version",
    sa.MetaData(),
    sa.Column("version_num", sa.String(32), nullable=False),
    sa.PrimaryKeyConstraint("version_num", name="alembic_version_pkc"),
)
"""Alembic's own: the step that a ledger is at."""


class Database:
    """Opens, migrates and guards the ledger's database.

    Raises `LedgerUnavailable`, here and from both kinds of transaction.
    """

    def __init__(self, url: str) -> None:
        self._engine = _engine(url)
        self._url = self._engine.url
        self._writer = self._engine.execution_options(writes=True)
        with self._explained():
            _make_folder(self._url)
            self._migrate()

    @contextmanager
    def reading(self) -> Iterator[Session]:
        """A transaction that sees one state of the ledger, and changes nothing."""
        with self._explained(), Session(self._engine) as session:
            yield session

    @contextmanager
    def writing(self) -> Iterator[Session]:
        """A transaction that no other writer is beside; all of it is kept, or nothing."""
        with self._explained(), Session(self._writer) as session, session.begin():
            yield session

    def close(self) -> None:
        """Give back every connection."""
        self._engine.dispose()

    def _migrate(self) -> None:
        with self._engine.begin() as connection:
            if _revision(connection) == HEAD:
                return
        # A new ledger is made as the steps would leave it, without walking them.
        with self._writer.begin() as connection:
            if not sa.inspect(connection).get_table_names():
                Base.metadata.create_all(connection)
                _STEP.create(connection)
                connection.execute(sa.insert(_STEP).values(version_num=HEAD))
                return
        # Alembic takes a third of a second to import, and is needed once.
        from alembic.util import CommandError  # noqa: PLC0415 - see above

        from lib.ledger.migrations.upgrade import upgrade  # noqa: PLC0415 - see above

        try:
            with self._writer.begin() as connection:
                upgrade(connection)
        except CommandError as error:
            raise LedgerUnavailable(
                "The ledger was made by a newer version of Errata. "
                "It was left as it is: update Errata, or use another ERRATA_HOME."
            ) from error

    @contextmanager
    def _explained(self) -> Iterator[None]:
        try:
            yield
        except IntegrityError:
            raise  # a fault of this package, not of the database
        except (DBAPIError, NoConnectionLeft, OSError) as error:
            logger.exception("The ledger's database failed")
            raise LedgerUnavailable(_advice(error, self._url)) from error


def _engine(url: str) -> Engine:
    try:
        address = sa.make_url(url)
        sqlite = address.get_backend_name() == "sqlite"
        if sqlite:
            address = address.set(query={"timeout": WAIT_S, **address.query})
        # What people typed stays out of the log.
        engine = sa.create_engine(address, hide_parameters=True)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise LedgerUnavailable(
            "ERRATA_DATABASE_URL is not the address of a database that can be used here. "
            "Give one as SQLAlchemy writes it, with its driver installed, or unset it."
        ) from error
    if sqlite:
        sa.event.listen(engine, "connect", _prepare_sqlite)
    sa.event.listen(engine, "begin", _begin_sqlite if sqlite else _begin_server)
    return engine


def _prepare_sqlite(connection: Any, _entry: ConnectionPoolEntry) -> None:
    connection.isolation_level = None  # transactions begin where `_begin_sqlite` says so
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get("writes")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_server(connection: Connection) -> None:
    if connection.dialect.name == "postgresql" and connection.get_execution_options().get("writes"):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITERS_LOCK})")


def _make_folder(url: URL) -> None:
    if url.get_backend_name() == "sqlite" and url.database and url.database != ":memory:":
        Path(url.database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


def _revision(connection: Connection) -> str | None:
    if not sa.inspect(connection).has_table(_STEP.name):
        return None
    revision: str | None = connection.scalar(sa.select(_STEP.c.version_num))
    return revision


def _advice(error: Exception, url: URL) -> str:
    where = url.database if url.get_backend_name() == "sqlite" else url.render_as_string()
    what = str(error).lower()
    if "full" in what or "no space" in what:
        return (
            "The disk that holds the ledger is full. Nothing was changed: "
            "free some space and try again."
        )
    if "locked" in what or "busy" in what or isinstance(error, NoConnectionLeft):
        return (
            "Others have been writing to the ledger for too long. "
            "Nothing was changed: try again in a moment."
        )
    if "malformed" in what or "not a database" in what:
        return (
            f"The ledger {where} is damaged and was left as it is. "
            "Put a copy in its place, or move it away to begin a new one."
        )
    return (
        f"The ledger {where} cannot be read or written. Nothing was changed: "
        "check that it is there, and that you may write to it and its folder."
    )
