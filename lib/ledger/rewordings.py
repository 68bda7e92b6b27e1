"""Questions of corrections in other words, as people typed them: every proof asks them, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.room import Room, found
from lib.ledger.tables import CorrectionRow, RewordingRow, now

if TYPE_CHECKING:
    from collections.abc import Collection

    from sqlalchemy.orm import Session


class Rewordings(Room):
    """They are for asking alone: none of them is ever taught.

    An asker rewords corrections of their own, a reviewer everybody's; else both methods that change
    something raise `NotPermitted`.
    """

    def reword(self, correction_id: str, text: str, *, by: str = "") -> None:
        """Keep another wording of a correction's question.

        White space around it is dropped; nothing, the question itself, and what is kept already
        change nothing.

        Raises:
            NotFound: no such correction.
        """
        with self._database.writing() as session:
            keep_rewording(session, self._permitted(session, correction_id, by), text, by)

    def drop_rewording(self, correction_id: str, text: str, *, by: str = "") -> None:
        """Ask a rewording no more; what a proof found of it stays.

        Raises:
            NotFound: no such correction.
        """
        with self._database.writing() as session:
            self._permitted(session, correction_id, by)
            session.execute(
                sa.delete(RewordingRow).where(
                    RewordingRow.correction_id == correction_id, RewordingRow.text == text
                )
            )

    def rewordings(self, correction_ids: Collection[str]) -> dict[str, list[str]]:
        """The wordings of each of these corrections that has any, in the order they were typed."""
        query = (
            sa.select(RewordingRow.correction_id, RewordingRow.text)
            .where(RewordingRow.correction_id.in_(correction_ids))
            .order_by(RewordingRow.at, RewordingRow.text)
        )
        texts: dict[str, list[str]] = {}
        with self._database.reading() as session:
            for correction_id, text in session.execute(query):
                texts.setdefault(correction_id, []).append(text)
        return texts

    def _permitted(self, session: Session, correction_id: str, by: str) -> CorrectionRow:
        row = found(session, CorrectionRow, correction_id, "correction")
        self._permit_change(row.author, by)
        return row


def keep_rewording(session: Session, row: CorrectionRow, text: str, by: str) -> None:
    """Keep another wording of a correction's question, unless it is none."""
    text = text.strip()
    if text and text != row.question and session.get(RewordingRow, (row.id, text)) is None:
        session.add(RewordingRow(correction_id=row.id, text=text, by=by, at=now()))
        session.flush()
