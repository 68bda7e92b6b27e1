"""What was asked and corrected elsewhere, brought in as a list of its own; and what goes out."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.corrections import begin, move
from lib.ledger.errors import NotAllowed
from lib.ledger.exchanges import exchange_record
from lib.ledger.list_records import ListedState, ListState
from lib.ledger.records import (
    Correction,
    CorrectionState,
    Exchange,
    ExchangeState,
    Reason,
    Verdict,
)
from lib.ledger.rewordings import keep_rewording
from lib.ledger.room import Room, record
from lib.ledger.tables import ExchangeRow, ListedQuestionRow, QuestionListRow, VerdictRow, now
from lib.teaching.people import JUDGES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.list_records import NewListedQuestion, NewQuestionList


@dataclass(frozen=True, slots=True)
class Imported:
    """A question with the answer that somebody got elsewhere.

    `listed.expected` is the right answer, where it is known: it then becomes a correction, with
    `rewordings` of its question. `reasons` and `note` say why its verdict is what it is.
    """

    listed: NewListedQuestion
    answer: str
    state: ListedState
    f1: float | None = None
    auto_template: bool = True
    verdict: Verdict | None = None
    rewordings: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
    note: str = ""


class Imports(Room):
    """An import is a question list that is done: all of it is kept, or nothing."""

    def import_list(
        self,
        new: NewQuestionList,
        questions: Sequence[Imported],
        state: CorrectionState = CorrectionState.READY,
    ) -> tuple[str, list[Correction]]:
        """Keep exchanges, and a correction in `state` of each that has an expected answer.

        Gives the list's id, and the corrections.

        Raises:
            NotAllowed: there are none.
            NotPermitted: it takes an asker or a reviewer.
        """
        by = new.asked_by
        self._people.permit(by, *JUDGES)
        if not questions:
            raise NotAllowed("There is nothing in it that can be taken. Nothing was kept.")
        corrections = []
        with self._database.writing() as session:
            made = QuestionListRow(**asdict(new), state=ListState.DONE, finished_at=now())
            session.add(made)
            session.flush()
            for position, one in enumerate(questions, 1):
                of_list = asdict(new) | {"auto_template": one.auto_template}
                del of_list["name"]
                exchange = ExchangeRow(
                    **of_list,
                    question=one.listed.question,
                    prompt=one.listed.prompt,
                    variables=dict(one.listed.variables),
                    list_id=made.id,
                    state=ExchangeState.ANSWERED,
                    answer=one.answer,
                )
                session.add(exchange)
                session.flush()
                session.add(
                    ListedQuestionRow(
                        list_id=made.id,
                        position=position,
                        **asdict(one.listed),
                        state=one.state,
                        f1=one.f1,
                        exchange_id=exchange.id,
                    )
                )
                right = one.listed.expected
                verdict = one.verdict if right is None else Verdict.WRONG
                if verdict is not None:
                    session.add(
                        VerdictRow(
                            exchange_id=exchange.id,
                            verdict=verdict,
                            reasons=list(one.reasons),
                            note=one.note,
                            by=by,
                        )
                    )
                if right is not None:
                    correction = begin(session, exchange.id, right, by)
                    for text in one.rewordings:
                        keep_rewording(session, correction, text, by)
                    if state is not CorrectionState.DRAFT:
                        move(session, correction, state, by=by)
                    corrections.append(record(Correction, correction))
            return made.id, corrections

    def everything_asked(self) -> list[Exchange]:
        """Every exchange but those of proofs, those of lists among them: oldest first."""
        query = sa.select(ExchangeRow).where(ExchangeRow.run_id.is_(None)).order_by(ExchangeRow.id)
        with self._database.reading() as session:
            return [exchange_record(row) for row in session.scalars(query)]
