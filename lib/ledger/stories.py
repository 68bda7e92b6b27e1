"""Stories that were shared by a link. Of a link's token only the hash is kept."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.room import Room, found, record
from lib.ledger.tables import RunRow, StoryRow, now
from lib.teaching.people import SHARERS

if TYPE_CHECKING:
    from datetime import datetime, timedelta

TOKEN_BYTES = 32


@dataclass(frozen=True, slots=True)
class SharedStory:
    """A link that has not expired. `token_hash` names it, and opens nothing."""

    token_hash: str
    run_id: str
    by: str
    created_at: datetime
    expires_at: datetime


class Stories(Room):
    """A story is kept as it was when it was shared: a link reads that, and nothing else."""

    def share(self, run_id: str, html: str, lasts: timedelta, *, by: str = "") -> str:
        """Keep a run's story for a while; gives the token that reads it, which is told only once.

        Raises:
            NotFound: no such run.
            NotPermitted: it takes a reviewer or a teacher.
        """
        self._people.permit(by, *SHARERS)
        token = secrets.token_urlsafe(TOKEN_BYTES)
        with self._database.writing() as session:
            found(session, RunRow, run_id, "run")
            session.execute(sa.delete(StoryRow).where(StoryRow.expires_at <= now()))
            session.add(
                StoryRow(
                    token_hash=_hash(token),
                    run_id=run_id,
                    html=html,
                    by=by,
                    expires_at=now() + lasts,
                )
            )
        return token

    def story(self, token: str) -> str | None:
        """The story that a token reads; None where there is none, or it has expired."""
        query = sa.select(StoryRow.html).where(
            StoryRow.token_hash == _hash(token), StoryRow.expires_at > now()
        )
        with self._database.reading() as session:
            return session.scalar(query)

    def shared(self, run_id: str) -> list[SharedStory]:
        """The links to a run's story that read something still: newest first."""
        query = (
            sa.select(StoryRow)
            .where(StoryRow.run_id == run_id, StoryRow.expires_at > now())
            .order_by(StoryRow.created_at.desc())
        )
        with self._database.reading() as session:
            return [record(SharedStory, row) for row in session.scalars(query)]

    def unshare(self, token_hash: str, *, by: str = "") -> None:
        """End a link now. One that has ended already is left as it is.

        Raises:
            NotPermitted: it takes a reviewer or a teacher.
        """
        self._people.permit(by, *SHARERS)
        with self._database.writing() as session:
            session.execute(sa.delete(StoryRow).where(StoryRow.token_hash == token_hash))


def _hash(token: str) -> str:
    return sha256(token.encode("utf-8", "replace")).hexdigest()
