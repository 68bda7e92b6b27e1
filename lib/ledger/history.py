"""What the ledger adds up to: counted in the database, so that ten thousand rows cost little."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import sqlalchemy as sa

from lib.ledger.columns import AnyText
from lib.ledger.exchanges import exchange_record
from lib.ledger.records import ProofItem, RunState, Verdict
from lib.ledger.room import Room, record
from lib.ledger.tables import (
    BatchSampleRow,
    ExchangeRow,
    ProofItemRow,
    RunRow,
    TemplateRow,
    VerdictRow,
)

if TYPE_CHECKING:
    from datetime import datetime

    from lib.ledger.records import Exchange
    from lib.teaching.proof import Kind, Outcome

UNMARKED = "unmarked"
"""In the place of a verdict: nobody has said anything yet."""
OPENED = 200
"""Rows that are shown of a number, the newest."""


class Grouping(StrEnum):
    """By what wrong answers are counted."""

    TEMPLATE = "template"
    MODEL = "model"
    REASON = "reason"


@dataclass(frozen=True, slots=True)
class Span:
    """What is looked at: what people asked since a time, of one model, or of all."""

    since: datetime | None = None
    model_id: str | None = None


@dataclass(frozen=True, slots=True)
class DayCount:
    """Questions of one day in UTC, such as "2026-01-31", by their verdict."""

    day: str
    right: int
    wrong: int
    unmarked: int
    seconds: float
    """Spent answering them."""


@dataclass(frozen=True, slots=True)
class GroupCount:
    """Marked answers of one group. `marked` is 0 where only wrong ones have a group."""

    name: str
    wrong: int
    marked: int


@dataclass(frozen=True, slots=True)
class RunCounts:
    """How many questions of each kind came out how, in the latest taking of a run's proof."""

    run_id: str
    adapter_id: str
    adapter_name: str
    version: int | None
    at: datetime
    seconds: float
    outcomes: dict[tuple[Kind, Outcome], int]


@dataclass(frozen=True, slots=True)
class PastRun:
    """What a run had to do, and the seconds it took.

    `held` counts the parent version's samples; `scope` is what was asked for, where it was said.
    """

    id: str
    server_url: str
    samples: int
    trainable_tokens: int
    held: int
    scope: str | None
    seconds: float


class History(Room):
    """Figures over many records, and the records behind each figure."""

    def asked_models(self) -> dict[str, str]:
        """Every model that people asked: its id, and its name when it was asked last."""
        query = (
            sa.select(ExchangeRow.model_id, ExchangeRow.model_name, sa.func.max(ExchangeRow.id))
            .where(ExchangeRow.run_id.is_(None))
            .group_by(ExchangeRow.model_id, ExchangeRow.model_name)
            .order_by(sa.func.max(ExchangeRow.id))
        )
        with self._database.reading() as session:
            return {model_id: name for model_id, name, _ in session.execute(query)}

    def days(self, span: Span) -> list[DayCount]:
        """Questions by the day they were asked on, oldest first; days without any are left out."""
        asked = _asked(sa.func.date(ExchangeRow.created_at), span)
        query = sa.select(
            asked.c.name, asked.c.verdict, sa.func.count(), sa.func.sum(asked.c.seconds)
        ).group_by(asked.c.name, asked.c.verdict)
        counts: dict[str, Counter[str]] = {}
        seconds: defaultdict[str, float] = defaultdict(float)
        with self._database.reading() as session:
            for on, verdict, count, took in session.execute(query):
                counts.setdefault(str(on), Counter())[verdict or UNMARKED] += count
                seconds[str(on)] += took or 0.0
        return [
            DayCount(on, said[Verdict.RIGHT], said[Verdict.WRONG], said[UNMARKED], seconds[on])
            for on, said in sorted(counts.items())
        ]

    def wrong_by(self, grouping: Grouping, span: Span) -> list[GroupCount]:
        """Where wrong answers are: the group with the most of them first."""
        if grouping is Grouping.REASON:
            return self._wrong_by_reason(span)
        name = (
            _template_name()
            if grouping is Grouping.TEMPLATE
            else sa.type_coerce(ExchangeRow.model_name, AnyText)
        )
        asked = _asked(name, span)
        query = (
            sa.select(asked.c.name, asked.c.verdict, sa.func.count())
            .where(asked.c.verdict.is_not(None))
            .group_by(asked.c.name, asked.c.verdict)
        )
        wrong: Counter[str] = Counter()
        marked: Counter[str] = Counter()
        with self._database.reading() as session:
            for group, verdict, count in session.execute(query):
                marked[group] += count
                wrong[group] += count if verdict is Verdict.WRONG else 0
        return [GroupCount(group, wrong[group], marked[group]) for group, _ in wrong.most_common()]

    def exchanges_of(
        self,
        span: Span,
        *,
        day: str | None = None,
        verdict: Verdict | None = None,
        marked: bool | None = None,
        group: tuple[Grouping, str] | None = None,
        slowest_first: bool = False,
    ) -> list[Exchange]:
        """The exchanges behind a figure, newest or slowest first, `OPENED` at most.

        `day`, `verdict`, `marked` and `group` narrow it to what one number counts; `marked` is
        whether anybody has said anything.
        """
        query = sa.select(ExchangeRow).where(*_within(span))
        if day is not None:
            query = query.where(sa.cast(sa.func.date(ExchangeRow.created_at), sa.String) == day)
        if verdict is not None:
            query = query.where(ExchangeRow.verdict == verdict)
        if marked is not None:
            said = ExchangeRow.verdict
            query = query.where(said.is_not(None) if marked else said.is_(None))
        if group is not None:
            query = query.where(_in_group(*group))
        with self._database.reading() as session:
            order = [sa.func.coalesce(ExchangeRow.seconds, 0.0).desc()] if slowest_first else []
            rows = session.scalars(query.order_by(*order, ExchangeRow.id.desc()).limit(OPENED))
            return [exchange_record(row) for row in rows]

    def run_counts(self, span: Span) -> list[RunCounts]:
        """How each run's proof came out, oldest run first; runs without a proof are left out."""
        latest = (
            sa.select(ProofItemRow.run_id, sa.func.max(ProofItemRow.taking).label("taking"))
            .group_by(ProofItemRow.run_id)
            .subquery()
        )
        query = (
            sa.select(RunRow, ProofItemRow.kind, ProofItemRow.outcome, sa.func.count())
            .join(latest, latest.c.run_id == RunRow.id)
            .join(
                ProofItemRow,
                (ProofItemRow.run_id == RunRow.id) & (ProofItemRow.taking == latest.c.taking),
            )
            .where(RunRow.state == RunState.DONE)
            .group_by(RunRow.id, ProofItemRow.kind, ProofItemRow.outcome)
            .order_by(RunRow.created_at, RunRow.id)
        )
        if span.since is not None:
            query = query.where(RunRow.created_at >= span.since)
        if span.model_id is not None:
            query = query.where(RunRow.adapter_id == span.model_id)
        counts: dict[str, RunCounts] = {}
        with self._database.reading() as session:
            for run, kind, outcome, count in session.execute(query):
                counted = counts.setdefault(
                    run.id,
                    RunCounts(
                        run.id,
                        run.adapter_id,
                        run.adapter_name,
                        run.new_version,
                        run.created_at,
                        _took(run),
                        {},
                    ),
                )
                counted.outcomes[kind, outcome] = count
        return list(counts.values())

    def moved(self, run_id: str, *outcomes: Outcome) -> list[ProofItem]:
        """The questions of a run's latest proof that came out so."""
        latest = sa.select(sa.func.max(ProofItemRow.taking)).where(ProofItemRow.run_id == run_id)
        query = (
            sa.select(ProofItemRow)
            .where(
                ProofItemRow.run_id == run_id,
                ProofItemRow.taking == latest.scalar_subquery(),
                ProofItemRow.outcome.in_(outcomes),
            )
            .order_by(ProofItemRow.id)
        )
        with self._database.reading() as session:
            return [record(ProofItem, row) for row in session.scalars(query)]

    def past_runs(self) -> list[PastRun]:
        """Every run that is done and taught something: newest first."""
        samples = (
            sa.select(BatchSampleRow.batch_id, sa.func.count().label("samples"))
            .group_by(BatchSampleRow.batch_id)
            .subquery()
        )
        query = (
            sa.select(RunRow, samples.c.samples)
            .join(samples, samples.c.batch_id == RunRow.batch_id)
            .where(RunRow.state == RunState.DONE, RunRow.trainable_tokens > 0)
            .order_by(RunRow.created_at, RunRow.id)
        )
        holds: dict[tuple[str, int | None], int] = {}
        past = []
        with self._database.reading() as session:
            for run, count in session.execute(query):
                held = holds.get((run.adapter_id, run.parent_version), 0)
                holds[run.adapter_id, run.new_version] = held + count
                past.append(
                    PastRun(
                        run.id,
                        run.server_url,
                        count,
                        run.trainable_tokens,
                        held,
                        run.settings.get("scope"),
                        _took(run),
                    )
                )
        return past[::-1]

    def _wrong_by_reason(self, span: Span) -> list[GroupCount]:
        query = (
            sa.select(VerdictRow.reasons)
            .join(ExchangeRow, ExchangeRow.id == VerdictRow.exchange_id)
            .where(*_within(span), VerdictRow.verdict == Verdict.WRONG, _is_last())
        )
        with self._database.reading() as session:
            reasons = Counter(reason for said in session.scalars(query) for reason in said)
        return [GroupCount(reason, wrong, 0) for reason, wrong in reasons.most_common()]


def _asked(name: sa.ColumnElement[str], span: Span) -> sa.Subquery:
    """A row for each question: what it is counted under, its verdict, and its seconds."""
    return (
        sa.select(name.label("name"), ExchangeRow.verdict.label("verdict"), ExchangeRow.seconds)
        .where(*_within(span))
        .subquery()
    )


def _within(span: Span) -> list[sa.ColumnElement[bool]]:
    wanted: list[sa.ColumnElement[bool]] = [ExchangeRow.run_id.is_(None)]
    if span.since is not None:
        wanted.append(ExchangeRow.created_at >= span.since)
    if span.model_id is not None:
        wanted.append(ExchangeRow.model_id == span.model_id)
    return wanted


def _template_name() -> sa.ColumnElement[str]:
    name = (
        sa.select(TemplateRow.name)
        .where(TemplateRow.id == ExchangeRow.template_id)
        .correlate(ExchangeRow)
        .scalar_subquery()
    )
    return sa.func.coalesce(name, ExchangeRow.template_text)


def _in_group(grouping: Grouping, name: str) -> sa.ColumnElement[bool]:
    if grouping is Grouping.TEMPLATE:
        return _template_name() == name
    if grouping is Grouping.MODEL:
        return ExchangeRow.model_name == name
    said = sa.cast(VerdictRow.reasons, sa.String).contains(f'"{name}"', autoescape=True)
    return ExchangeRow.id.in_(sa.select(VerdictRow.exchange_id).where(said, _is_last()))


def _is_last() -> sa.ColumnElement[bool]:
    """Of an exchange's verdicts, the one that holds."""
    later = sa.orm.aliased(VerdictRow)
    return ~sa.exists().where(later.exchange_id == VerdictRow.exchange_id, later.id > VerdictRow.id)


def _took(run: RunRow) -> float:
    """Seconds; a plain server does not say how long it took."""
    if run.seconds is not None:
        return run.seconds
    return (run.finished_at - run.created_at).total_seconds() if run.finished_at else 0.0
