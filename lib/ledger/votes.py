"""Which of several answers to one question people liked best."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.errors import NotAllowed
from lib.ledger.room import Room
from lib.ledger.tables import ExchangeRow, VoteRow
from lib.teaching.people import JUDGES

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Standing:
    """How often a model, or an adapter's version, was shown in a vote, and chosen."""

    model_name: str
    version: int | None
    shown: int
    chosen: int


class Votes(Room):
    """Votes are appended; nobody's is changed."""

    def vote(
        self,
        question: str,
        shown: Sequence[str],
        chosen: str | None,
        *,
        blind: bool,
        by: str = "",
    ) -> None:
        """Keep which answer somebody liked best.

        Args:
            question: that all of them answer.
            shown: the exchanges' ids, in the order they stood in.
            chosen: one of these, or None where none is better.
            blind: whether the names were hidden.
            by: who voted.

        Raises:
            NotAllowed: what was chosen was not shown.
            NotPermitted: it takes an asker or a reviewer.
        """
        self._people.permit(by, *JUDGES)
        if chosen is not None and chosen not in shown:
            raise NotAllowed("This answer is not among those that were shown. Vote again.")
        with self._database.writing() as session:
            session.add(
                VoteRow(
                    question=question, shown=list(shown), exchange_id=chosen, blind=blind, by=by
                )
            )

    def standings(self) -> list[Standing]:
        """How each model and version stands: the most often chosen first."""
        with self._database.reading() as session:
            votes = session.execute(sa.select(VoteRow.shown, VoteRow.exchange_id)).all()
            ids = {identity for shown, _ in votes for identity in shown}
            who: dict[str, tuple[str, int | None]] = {
                identity: (name, version)
                for identity, name, version in session.execute(
                    sa.select(ExchangeRow.id, ExchangeRow.model_name, ExchangeRow.version).where(
                        ExchangeRow.id.in_(ids)
                    )
                )
            }
        counted: dict[tuple[str, int | None], list[int]] = {}
        for shown, chosen in votes:
            for identity in shown:
                count = counted.setdefault(who[identity], [0, 0])
                count[0] += 1
                count[1] += identity == chosen
        standings = [Standing(*one, *count) for one, count in counted.items()]
        return sorted(standings, key=lambda one: (-one.chosen, one.model_name, one.version or 0))
