"""The ledger's tables. Only this package sees them; the rest of the house gets records.

What was said of something is appended, never overwritten: verdicts and correction events are
counted by `id`, the latest verdict holds. Migrations must follow every change made here.
"""

from __future__ import annotations

from datetime import UTC, datetime
from enum import Enum
from typing import Any

import sqlalchemy as sa
import uuid_utils
from sqlalchemy.orm import DeclarativeBase, Mapped, column_property, mapped_column

from lib.ledger.columns import AnyText, UtcTime
from lib.ledger.list_records import ListedState, ListState
from lib.ledger.records import CorrectionState, ExchangeState, RunState, Verdict
from lib.teaching.proof import Kind, Outcome

OPEN = "state <> 'discarded'"
"""An exchange has one correction that is not discarded."""


def new_id() -> str:
    """An id that sorts by the time it was made."""
    return str(uuid_utils.uuid7())


def now() -> datetime:
    """This moment, in UTC."""
    return datetime.now(UTC)


class Base(DeclarativeBase):
    """What Python types are as columns, and how constraints are called."""

    metadata = sa.MetaData(
        naming_convention={
            "ix": "ix_%(table_name)s_%(column_0_N_name)s",
            "uq": "uq_%(table_name)s_%(column_0_N_name)s",
            "fk": "fk_%(table_name)s_%(column_0_N_name)s",
            "pk": "pk_%(table_name)s",
        }
    )
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own name for it
        str: AnyText,
        datetime: UtcTime,
        dict[str, Any]: sa.JSON,
        list[float]: sa.JSON,
        list[int]: sa.JSON,
        list[str]: sa.JSON,
        Enum: sa.Enum(
            Enum,
            native_enum=False,
            length=16,
            values_callable=lambda words: [word.value for word in words],
        ),
    }


@sa.event.listens_for(Base.metadata, "before_create")
def _partial_on_postgresql(metadata: sa.MetaData, connection: sa.Connection, **_: Any) -> None:
    """Give PostgreSQL the condition of each index; naming it above would import its dialect."""
    if connection.dialect.name != "postgresql":
        return
    for table in metadata.tables.values():
        for index in table.indexes:
            index.dialect_kwargs["postgresql_where"] = index.dialect_options["sqlite"]["where"]


class TemplateRow(Base):
    """One version of a named template."""

    __tablename__ = "templates"
    __table_args__ = (sa.UniqueConstraint("name", "version"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    version: Mapped[int]
    text: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)


class VerdictRow(Base):
    """Somebody's word on an answer; no verdict takes an earlier one back."""

    __tablename__ = "verdicts"
    __table_args__ = (sa.Index(None, "exchange_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    exchange_id: Mapped[str] = mapped_column(sa.ForeignKey("exchanges.id"))
    verdict: Mapped[Verdict | None]
    reasons: Mapped[list[str]] = mapped_column(default=list, server_default=sa.text("'[]'"))
    note: Mapped[str] = mapped_column(default="", server_default="")
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class ExchangeRow(Base):
    """One question asked."""

    __tablename__ = "exchanges"
    __table_args__ = (
        sa.Index(None, "run_id", "list_id", "id"),
        sa.Index(None, "model_id", "id"),
        sa.Index("ix_exchanges_asking", "id", sqlite_where=sa.text("state = 'asking'")),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    question: Mapped[str]
    prompt: Mapped[str]
    template_text: Mapped[str]
    template_id: Mapped[str | None] = mapped_column(sa.ForeignKey("templates.id"))
    template_version: Mapped[int | None]
    variables: Mapped[dict[str, Any]]
    server_url: Mapped[str]
    model_id: Mapped[str]
    model_name: Mapped[str]
    version: Mapped[int | None]
    auto_template: Mapped[bool]
    sampling: Mapped[dict[str, Any]]
    run_id: Mapped[str | None] = mapped_column(sa.ForeignKey("runs.id"))
    list_id: Mapped[str | None] = mapped_column(sa.ForeignKey("question_lists.id"))
    aside: Mapped[bool] = mapped_column(default=False, server_default=sa.false())
    asked_by: Mapped[str]
    state: Mapped[ExchangeState] = mapped_column(default=ExchangeState.ASKING)
    answer: Mapped[str] = mapped_column(default="")
    finish_reason: Mapped[str] = mapped_column(default="")
    error: Mapped[str | None]
    first_token_s: Mapped[float | None]
    seconds: Mapped[float | None]
    prompt_tokens: Mapped[int | None]
    generated_tokens: Mapped[int | None]
    scope: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    created_at: Mapped[datetime] = mapped_column(default=now)
    verdict: Mapped[Verdict | None] = column_property(
        sa.select(VerdictRow.verdict)
        .where(VerdictRow.exchange_id == id)  # noqa: A003 - the column above
        .order_by(VerdictRow.id.desc())
        .limit(1)
        .correlate_except(VerdictRow)
        .scalar_subquery()
    )


class QuestionListRow(Base):
    """Many questions asked together."""

    __tablename__ = "question_lists"
    __table_args__ = (sa.Index(None, "state", "id"),)

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    name: Mapped[str]
    template_text: Mapped[str]
    template_id: Mapped[str | None] = mapped_column(sa.ForeignKey("templates.id"))
    template_version: Mapped[int | None]
    server_url: Mapped[str]
    model_id: Mapped[str]
    model_name: Mapped[str]
    version: Mapped[int | None]
    auto_template: Mapped[bool]
    sampling: Mapped[dict[str, Any]]
    asked_by: Mapped[str]
    state: Mapped[ListState] = mapped_column(default=ListState.ASKING)
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class ListedQuestionRow(Base):
    """One question of a list."""

    __tablename__ = "listed_questions"
    __table_args__ = (sa.Index(None, "list_id", "state", "position"),)

    list_id: Mapped[str] = mapped_column(sa.ForeignKey("question_lists.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]
    prompt: Mapped[str]
    variables: Mapped[dict[str, Any]]
    expected: Mapped[str | None]
    state: Mapped[ListedState] = mapped_column(default=ListedState.WAITING)
    f1: Mapped[float | None]
    exchange_id: Mapped[str | None] = mapped_column(sa.ForeignKey("exchanges.id"))


class ClaimRow(Base):
    """Who is looking at an exchange in review now, so that nobody else is given it."""

    __tablename__ = "claims"
    __table_args__ = (sa.Index(None, "by"),)

    exchange_id: Mapped[str] = mapped_column(sa.ForeignKey("exchanges.id"), primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class CorrectionRow(Base):
    """The right answer beside the wrong one."""

    __tablename__ = "corrections"
    __table_args__ = (
        sa.Index(None, "state", "id"),
        sa.Index(None, "run_id"),
        sa.Index("uq_corrections_open", "exchange_id", unique=True, sqlite_where=sa.text(OPEN)),
    )

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    exchange_id: Mapped[str | None] = mapped_column(sa.ForeignKey("exchanges.id"))
    question: Mapped[str]
    prompt: Mapped[str]
    auto_template: Mapped[bool]
    wrong_answer: Mapped[str]
    right_answer: Mapped[str]
    state: Mapped[CorrectionState]
    revision: Mapped[int]
    run_id: Mapped[str | None] = mapped_column(sa.ForeignKey("runs.id"))
    author: Mapped[str]
    typed_by: Mapped[str] = mapped_column(default="", server_default="")
    assigned_to: Mapped[str] = mapped_column(default="", server_default="")
    created_at: Mapped[datetime] = mapped_column(default=now)
    updated_at: Mapped[datetime] = mapped_column(default=now)


class CorrectionEventRow(Base):
    """One step in a correction's history."""

    __tablename__ = "correction_events"
    __table_args__ = (sa.Index(None, "correction_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[str] = mapped_column(sa.ForeignKey("corrections.id"))
    at: Mapped[datetime] = mapped_column(default=now)
    by: Mapped[str]
    from_state: Mapped[CorrectionState | None]
    to_state: Mapped[CorrectionState]
    before: Mapped[str | None]
    after: Mapped[str]


class RewordingRow(Base):
    """A correction's question in other words, typed by somebody."""

    __tablename__ = "rewordings"

    correction_id: Mapped[str] = mapped_column(sa.ForeignKey("corrections.id"), primary_key=True)
    text: Mapped[str] = mapped_column(primary_key=True)
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class BatchRow(Base):
    """The corrections submitted in one fine-tune."""

    __tablename__ = "batches"

    id: Mapped[str] = mapped_column(primary_key=True, default=new_id)
    created_at: Mapped[datetime] = mapped_column(default=now)


class BatchSampleRow(Base):
    """What was sent for one correction, exactly."""

    __tablename__ = "batch_samples"
    __table_args__ = (sa.Index(None, "correction_id"),)

    batch_id: Mapped[str] = mapped_column(sa.ForeignKey("batches.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    correction_id: Mapped[str] = mapped_column(sa.ForeignKey("corrections.id"))
    sample: Mapped[dict[str, Any]]


class RunRow(Base):
    """One fine-tune."""

    __tablename__ = "runs"
    __table_args__ = (sa.Index(None, "adapter_id", "created_at"), sa.Index(None, "state"))

    id: Mapped[str] = mapped_column(primary_key=True)
    batch_id: Mapped[str] = mapped_column(sa.ForeignKey("batches.id"))
    server_url: Mapped[str]
    adapter_id: Mapped[str]
    adapter_name: Mapped[str]
    parent_version: Mapped[int | None]
    settings: Mapped[dict[str, Any]]
    submitted_by: Mapped[str]
    state: Mapped[RunState] = mapped_column(default=RunState.PREPARING)
    progress: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    losses: Mapped[list[float]] = mapped_column(default=list)
    trainable_tokens: Mapped[int | None]
    sum_loss: Mapped[float | None]
    final_loss: Mapped[float | None]
    new_version: Mapped[int | None]
    not_learned: Mapped[list[int]] = mapped_column(default=list)
    seconds: Mapped[float | None]
    decision: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    estimate: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    regardless: Mapped[dict[str, Any] | None] = mapped_column(sa.JSON(none_as_null=True))
    error: Mapped[str | None]
    created_at: Mapped[datetime] = mapped_column(default=now)
    finished_at: Mapped[datetime | None]


class ProofItemRow(Base):
    """One question asked again after a run. A run can be proved more than once: `taking` counts."""

    __tablename__ = "proof_items"
    __table_args__ = (sa.Index(None, "run_id", "taking", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    run_id: Mapped[str] = mapped_column(sa.ForeignKey("runs.id"))
    taking: Mapped[int]
    kind: Mapped[Kind]
    question: Mapped[str]
    before: Mapped[str]
    expected: Mapped[str]
    after: Mapped[str]
    outcome: Mapped[Outcome]
    exact: Mapped[bool]
    f1: Mapped[float]
    version: Mapped[int | None]
    correction_id: Mapped[str | None] = mapped_column(sa.ForeignKey("corrections.id"))
    exchange_id: Mapped[str | None] = mapped_column(sa.ForeignKey("exchanges.id"))
    by_scope: Mapped[bool] = mapped_column(server_default=sa.false())
    typed: Mapped[bool] = mapped_column(server_default=sa.false())
    at: Mapped[datetime] = mapped_column(default=now)


class VoteRow(Base):
    """Which of several answers to one question somebody liked best."""

    __tablename__ = "votes"
    __table_args__ = (sa.Index(None, "exchange_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    question: Mapped[str]
    shown: Mapped[list[str]]
    exchange_id: Mapped[str | None] = mapped_column(sa.ForeignKey("exchanges.id"))
    blind: Mapped[bool]
    by: Mapped[str]
    at: Mapped[datetime] = mapped_column(default=now)


class StoryRow(Base):
    """A run's story as it was shared; of its link's token, only the hash is kept."""

    __tablename__ = "stories"
    __table_args__ = (sa.Index(None, "run_id"),)

    token_hash: Mapped[str] = mapped_column(sa.String(64), primary_key=True)
    run_id: Mapped[str] = mapped_column(sa.ForeignKey("runs.id"))
    html: Mapped[str]
    by: Mapped[str]
    created_at: Mapped[datetime] = mapped_column(default=now)
    expires_at: Mapped[datetime]


class PreferenceRow(Base):
    """Something small to remember."""

    __tablename__ = "preferences"

    key: Mapped[str] = mapped_column(primary_key=True)
    value: Mapped[Any] = mapped_column(sa.JSON)
