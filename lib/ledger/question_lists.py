"""Many questions asked together: what is still to be asked, and what became of each."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from lib.ledger.corrections import begin, move
from lib.ledger.errors import NotAllowed
from lib.ledger.exchanges import answer_whole, exchange_record
from lib.ledger.list_records import (
    SCORED,
    ListCounts,
    ListedQuestion,
    ListedState,
    ListState,
    QuestionList,
)
from lib.ledger.records import Correction, CorrectionState, ExchangeState, Sampling, Verdict
from lib.ledger.room import Room, found, record
from lib.ledger.tables import (
    CorrectionRow,
    ExchangeRow,
    ListedQuestionRow,
    QuestionListRow,
    VerdictRow,
    now,
)
from lib.teaching.people import JUDGES, Role

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from sqlalchemy.orm import Session

    from lib.ledger.list_records import NewListedQuestion, NewQuestionList
    from lib.ledger.records import Answer, Exchange

MISSES = frozenset({ListedState.PARTLY, ListedState.MISSED})
"""What an answer is worth that is not the expected one."""


@dataclass(frozen=True, slots=True)
class Taken:
    """A listed question that is being asked: its exchange, and what is expected of the answer."""

    list_id: str
    position: int
    expected: str | None
    exchange: Exchange


class QuestionLists(Room):
    """A listed question becomes an exchange in its turn, and once more if that was cut short."""

    def make_list(
        self, new: NewQuestionList, questions: Sequence[NewListedQuestion]
    ) -> QuestionList:
        """Keep questions that are to be asked from now on.

        Raises:
            NotAllowed: there are none.
            NotPermitted: it takes an asker.
        """
        self._people.permit(new.asked_by, Role.ASKER)
        if not questions:
            raise NotAllowed("There is no question in it. Nothing was kept.")
        with self._database.writing() as session:
            row = QuestionListRow(**asdict(new))
            session.add(row)
            session.flush()
            session.execute(
                sa.insert(ListedQuestionRow),
                [
                    {"list_id": row.id, "position": position, **asdict(question)}
                    for position, question in enumerate(questions, 1)
                ],
            )
            return _list_record(row)

    def question_lists(self, *states: ListState) -> list[QuestionList]:
        """Every list, or those in these states: newest first."""
        query = sa.select(QuestionListRow).order_by(QuestionListRow.id.desc())
        if states:
            query = query.where(QuestionListRow.state.in_(states))
        with self._database.reading() as session:
            return [_list_record(row) for row in session.scalars(query)]

    def question_list(self, list_id: str) -> QuestionList:
        """One list.

        Raises:
            NotFound: no such list.
        """
        with self._database.reading() as session:
            return _list_record(_list(session, list_id))

    def list_counts(self, list_id: str) -> ListCounts:
        """How many questions of a list are in each state."""
        query = (
            sa.select(ListedQuestionRow.state, sa.func.count(), sa.func.sum(ListedQuestionRow.f1))
            .where(ListedQuestionRow.list_id == list_id)
            .group_by(ListedQuestionRow.state)
        )
        with self._database.reading() as session:
            rows = session.execute(query).all()
        counted = {state: number for state, number, _ in rows}
        scored = sum(counted.get(state, 0) for state in SCORED)
        total = sum(f1 or 0.0 for _, _, f1 in rows)
        return ListCounts(
            {state: counted.get(state, 0) for state in ListedState},
            total / scored if scored else None,
        )

    def listed(
        self,
        list_id: str,
        states: Collection[ListedState] = (),
        *,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[ListedQuestion]:
        """The questions of a list in these states, or all: in their order."""
        query = (
            sa.select(ListedQuestionRow, ExchangeRow, CorrectionRow.state)
            .outerjoin(ExchangeRow, ExchangeRow.id == ListedQuestionRow.exchange_id)
            .outerjoin(
                CorrectionRow,
                (CorrectionRow.exchange_id == ListedQuestionRow.exchange_id)
                & (CorrectionRow.state != CorrectionState.DISCARDED),
            )
            .where(ListedQuestionRow.list_id == list_id)
            .order_by(ListedQuestionRow.position)
            .limit(limit)
            .offset(offset)
        )
        if states:
            query = query.where(ListedQuestionRow.state.in_(states))
        with self._database.reading() as session:
            return [_listed_record(*row) for row in session.execute(query)]

    # --- asking ----------------------------------------------------------------------------

    def take(self, list_id: str) -> Taken | None:
        """The next question of a list that is being asked, now an exchange; None: nothing waits.

        Raises:
            NotFound: no such list.
        """
        with self._database.writing() as session:
            row = _list(session, list_id)
            if row.state is not ListState.ASKING:
                return None
            listed = session.scalar(
                sa.select(ListedQuestionRow)
                .where(
                    ListedQuestionRow.list_id == list_id,
                    ListedQuestionRow.state == ListedState.WAITING,
                )
                .order_by(ListedQuestionRow.position)
                .limit(1)
            )
            if listed is None:
                return None
            exchange = ExchangeRow(
                question=listed.question,
                prompt=listed.prompt,
                variables=listed.variables,
                list_id=row.id,
                **{name: getattr(row, name) for name in _SHARED},
            )
            session.add(exchange)
            session.flush()
            listed.state = ListedState.ASKING
            listed.exchange_id = exchange.id
            return Taken(list_id, listed.position, listed.expected, exchange_record(exchange))

    def answer_listed(
        self, taken: Taken, answer: Answer, state: ListedState, f1: float | None = None
    ) -> None:
        """Keep the whole answer, what it is worth, and that the list is done if it was the last."""
        with self._database.writing() as session:
            answer_whole(found(session, ExchangeRow, taken.exchange.id, "exchange"), answer)
            self._over(session, taken, state, f1)

    def fail_listed(self, taken: Taken, error: str) -> None:
        """The server refused this question; `error` is a sentence for the person."""
        with self._database.writing() as session:
            _fail(session, taken, error)
            self._over(session, taken, ListedState.FAILED, None)

    def wait_again(self, taken: Taken, error: str) -> None:
        """The server cannot be asked now: the question waits again, and the list is paused."""
        with self._database.writing() as session:
            _fail(session, taken, error)
            listed = _listed(session, taken)
            listed.state = ListedState.WAITING
            row = _list(session, taken.list_id)
            if row.state is ListState.ASKING:
                row.state, row.error = ListState.PAUSED, error

    def pause_list(self, list_id: str, *, by: str = "", error: str | None = None) -> None:
        """Ask no further for now; `error` says why, where nobody wished it.

        Raises:
            NotFound: no such list.
            NotPermitted: somebody wished it, and it takes an asker.
        """
        if error is None:
            self._people.permit(by, Role.ASKER)
        with self._database.writing() as session:
            row = _list(session, list_id)
            if row.state is ListState.ASKING:
                row.state, row.error = ListState.PAUSED, error

    def resume_list(self, list_id: str, *, failed: bool = False, by: str = "") -> None:
        """Ask on; with `failed`, also once more what the server refused.

        Raises:
            NotFound: no such list.
            NotPermitted: it takes an asker.
        """
        self._people.permit(by, Role.ASKER)
        with self._database.writing() as session:
            row = _list(session, list_id)
            if failed:
                session.execute(
                    sa.update(ListedQuestionRow)
                    .where(
                        ListedQuestionRow.list_id == list_id,
                        ListedQuestionRow.state == ListedState.FAILED,
                    )
                    .values(state=ListedState.WAITING)
                )
            if _left(session, list_id):
                row.state, row.error, row.finished_at = ListState.ASKING, None, None

    def cancel_list(self, list_id: str, *, by: str = "") -> None:
        """Ask no further; what was answered stays. It can be resumed all the same.

        Raises:
            NotFound: no such list.
            NotPermitted: it takes an asker.
        """
        self._people.permit(by, Role.ASKER)
        with self._database.writing() as session:
            row = _list(session, list_id)
            if row.state is not ListState.DONE:
                row.state, row.error, row.finished_at = ListState.CANCELLED, None, now()

    def recover_lists(self) -> None:
        """Let what a crash left *asking* wait again. For the start of an app."""
        with self._database.writing() as session:
            session.execute(
                sa.update(ListedQuestionRow)
                .where(ListedQuestionRow.state == ListedState.ASKING)
                .values(state=ListedState.WAITING)
            )

    # --- misses ----------------------------------------------------------------------------

    def uncorrected(self, list_id: str) -> dict[ListedState, int]:
        """How many misses of a list have no correction yet."""
        query = (
            sa.select(ListedQuestionRow.state, sa.func.count())
            .where(
                ListedQuestionRow.list_id == list_id,
                ListedQuestionRow.state.in_(MISSES),
                ~_CORRECTED,
            )
            .group_by(ListedQuestionRow.state)
        )
        with self._database.reading() as session:
            counted = dict(session.execute(query).all())
        return {state: counted.get(state, 0) for state in MISSES}

    def correct_listed(
        self,
        list_id: str,
        *,
        states: Collection[ListedState] = MISSES,
        positions: Collection[int] | None = None,
        ready: bool = False,
        by: str = "",
    ) -> list[Correction]:
        """Make corrections of misses, with the expected answer as the right one; gives them.

        Their answers are marked wrong. What has a correction already is left alone.

        Args:
            list_id: of the list.
            states: which misses.
            positions: only these questions.
            ready: whether they can be taught as they are; otherwise they are drafts.
            by: who says so.

        Raises:
            NotPermitted: it takes an asker or a reviewer.
        """
        self._people.permit(by, *JUDGES)
        query = sa.select(ListedQuestionRow.exchange_id, ListedQuestionRow.expected).where(
            ListedQuestionRow.list_id == list_id,
            ListedQuestionRow.state.in_(MISSES.intersection(states)),
            ~_CORRECTED,
        )
        if positions is not None:
            query = query.where(ListedQuestionRow.position.in_(positions))
        with self._database.writing() as session:
            rows = session.execute(query.order_by(ListedQuestionRow.position)).all()
            made = []
            for exchange_id, expected in rows:
                session.add(VerdictRow(exchange_id=exchange_id, verdict=Verdict.WRONG, by=by))
                correction = begin(session, exchange_id or "", expected or "", by)
                if ready:
                    move(session, correction, CorrectionState.READY, by=by)
                made.append(record(Correction, correction))
            return made

    def _over(self, session: Session, taken: Taken, state: ListedState, f1: float | None) -> None:
        listed = _listed(session, taken)
        listed.state, listed.f1 = state, f1
        session.flush()
        row = _list(session, taken.list_id)
        if row.state in {ListState.ASKING, ListState.PAUSED} and not _left(session, row.id):
            row.state, row.error, row.finished_at = ListState.DONE, None, now()


_CORRECTED = sa.exists().where(
    CorrectionRow.exchange_id == ListedQuestionRow.exchange_id,
    CorrectionRow.state != CorrectionState.DISCARDED,
)
_SHARED = (
    "template_text",
    "template_id",
    "template_version",
    "server_url",
    "model_id",
    "model_name",
    "version",
    "auto_template",
    "sampling",
    "asked_by",
)
"""What a list's exchanges have of it."""


def _fail(session: Session, taken: Taken, error: str) -> None:
    exchange = found(session, ExchangeRow, taken.exchange.id, "exchange")
    exchange.state, exchange.error = ExchangeState.FAILED, error


def _left(session: Session, list_id: str) -> bool:
    """Whether a question has no outcome yet."""
    left = session.scalar(
        sa.select(ListedQuestionRow.position)
        .where(
            ListedQuestionRow.list_id == list_id,
            ListedQuestionRow.state.in_({ListedState.WAITING, ListedState.ASKING}),
        )
        .limit(1)
    )
    return left is not None


def _list(session: Session, list_id: str) -> QuestionListRow:
    return found(session, QuestionListRow, list_id, "question list")


def _listed(session: Session, taken: Taken) -> ListedQuestionRow:
    return session.get_one(ListedQuestionRow, (taken.list_id, taken.position))


def _list_record(row: QuestionListRow) -> QuestionList:
    return record(QuestionList, row, sampling=Sampling(**row.sampling))


def _listed_record(
    row: ListedQuestionRow, exchange: ExchangeRow | None, correction: CorrectionState | None
) -> ListedQuestion:
    heard: dict[str, Any] = {}
    if exchange is not None:
        heard = {
            "answer": exchange.answer,
            "error": exchange.error,
            "version": exchange.version,
            "seconds": exchange.seconds,
            "asked_at": exchange.created_at,
        }
    own = ("list_id", "position", "question", "prompt", "variables", "expected", "state", "f1")
    return ListedQuestion(
        **{name: getattr(row, name) for name in (*own, "exchange_id")},
        **heard,
        correction=correction,
    )
