"""The first ledger."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None

_UTC = sa.DateTime(timezone=True)
_WORD = sa.String(16)
_ASKING = sa.text("state = 'asking'")
_OPEN = sa.text("state <> 'discarded'")


def upgrade() -> None:
    """Make every table."""
    op.create_table(
        "templates",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_templates"),
        sa.UniqueConstraint("name", "version", name="uq_templates_name_version"),
    )
    op.create_table(
        "preferences",
        sa.Column("key", sa.Text, nullable=False),
        sa.Column("value", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_preferences"),
    )
    _runs()
    _exchanges()
    _corrections()
    _batch_samples()
    _proof_items()


def _runs() -> None:
    op.create_table(
        "batches",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_batches"),
    )
    op.create_table(
        "runs",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("server_url", sa.Text, nullable=False),
        sa.Column("adapter_id", sa.Text, nullable=False),
        sa.Column("adapter_name", sa.Text, nullable=False),
        sa.Column("parent_version", sa.Integer),
        sa.Column("settings", sa.JSON, nullable=False),
        sa.Column("submitted_by", sa.Text, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("progress", sa.JSON),
        sa.Column("losses", sa.JSON, nullable=False),
        sa.Column("trainable_tokens", sa.Integer),
        sa.Column("sum_loss", sa.Double),
        sa.Column("final_loss", sa.Double),
        sa.Column("new_version", sa.Integer),
        sa.Column("not_learned", sa.JSON, nullable=False),
        sa.Column("seconds", sa.Double),
        sa.Column("error", sa.Text),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("finished_at", _UTC),
        sa.PrimaryKeyConstraint("id", name="pk_runs"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_runs_batch_id"),
    )
    op.create_index("ix_runs_adapter_id_created_at", "runs", ["adapter_id", "created_at"])
    op.create_index("ix_runs_state", "runs", ["state"])


def _exchanges() -> None:
    op.create_table(
        "exchanges",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("template_text", sa.Text, nullable=False),
        sa.Column("template_id", sa.Text),
        sa.Column("template_version", sa.Integer),
        sa.Column("variables", sa.JSON, nullable=False),
        sa.Column("server_url", sa.Text, nullable=False),
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("model_name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("auto_template", sa.Boolean, nullable=False),
        sa.Column("sampling", sa.JSON, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("answer", sa.Text, nullable=False),
        sa.Column("finish_reason", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("first_token_s", sa.Double),
        sa.Column("seconds", sa.Double),
        sa.Column("prompt_tokens", sa.Integer),
        sa.Column("generated_tokens", sa.Integer),
        sa.Column("scope", sa.JSON),
        sa.Column("created_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_exchanges"),
        sa.ForeignKeyConstraint(["template_id"], ["templates.id"], name="fk_exchanges_template_id"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_exchanges_run_id"),
    )
    op.create_index("ix_exchanges_run_id_id", "exchanges", ["run_id", "id"])
    op.create_index("ix_exchanges_model_id_id", "exchanges", ["model_id", "id"])
    op.create_index(
        "ix_exchanges_asking",
        "exchanges",
        ["id"],
        sqlite_where=_ASKING,
        postgresql_where=_ASKING,
    )
    op.create_table(
        "verdicts",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("exchange_id", sa.Text, nullable=False),
        sa.Column("verdict", _WORD),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_verdicts"),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchanges.id"], name="fk_verdicts_exchange_id"),
    )
    op.create_index("ix_verdicts_exchange_id_id", "verdicts", ["exchange_id", "id"])


def _corrections() -> None:
    op.create_table(
        "corrections",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("exchange_id", sa.Text),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("auto_template", sa.Boolean, nullable=False),
        sa.Column("wrong_answer", sa.Text, nullable=False),
        sa.Column("right_answer", sa.Text, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("revision", sa.Integer, nullable=False),
        sa.Column("run_id", sa.Text),
        sa.Column("author", sa.Text, nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("updated_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_corrections"),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name="fk_corrections_exchange_id"
        ),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_corrections_run_id"),
    )
    op.create_index("ix_corrections_state_id", "corrections", ["state", "id"])
    op.create_index("ix_corrections_run_id", "corrections", ["run_id"])
    op.create_index(
        "uq_corrections_open",
        "corrections",
        ["exchange_id"],
        unique=True,
        sqlite_where=_OPEN,
        postgresql_where=_OPEN,
    )
    op.create_table(
        "correction_events",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("correction_id", sa.Text, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("from_state", _WORD),
        sa.Column("to_state", _WORD, nullable=False),
        sa.Column("before", sa.Text),
        sa.Column("after", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_correction_events"),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["corrections.id"], name="fk_correction_events_correction_id"
        ),
    )
    op.create_index(
        "ix_correction_events_correction_id_id", "correction_events", ["correction_id", "id"]
    )


def _batch_samples() -> None:
    op.create_table(
        "batch_samples",
        sa.Column("batch_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("correction_id", sa.Text, nullable=False),
        sa.Column("sample", sa.JSON, nullable=False),
        sa.PrimaryKeyConstraint("batch_id", "position", name="pk_batch_samples"),
        sa.ForeignKeyConstraint(["batch_id"], ["batches.id"], name="fk_batch_samples_batch_id"),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["corrections.id"], name="fk_batch_samples_correction_id"
        ),
    )
    op.create_index("ix_batch_samples_correction_id", "batch_samples", ["correction_id"])


def _proof_items() -> None:
    op.create_table(
        "proof_items",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("taking", sa.Integer, nullable=False),
        sa.Column("kind", _WORD, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("before", sa.Text, nullable=False),
        sa.Column("expected", sa.Text, nullable=False),
        sa.Column("after", sa.Text, nullable=False),
        sa.Column("outcome", _WORD, nullable=False),
        sa.Column("exact", sa.Boolean, nullable=False),
        sa.Column("f1", sa.Double, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("correction_id", sa.Text),
        sa.Column("exchange_id", sa.Text),
        sa.Column("at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_proof_items"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_proof_items_run_id"),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["corrections.id"], name="fk_proof_items_correction_id"
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name="fk_proof_items_exchange_id"
        ),
    )
    op.create_index("ix_proof_items_run_id_taking_id", "proof_items", ["run_id", "taking", "id"])
