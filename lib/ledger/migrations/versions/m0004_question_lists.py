"""Many questions asked together."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"

_UTC = sa.DateTime(timezone=True)
_WORD = sa.String(16)


def upgrade() -> None:
    """Make question lists, and let an exchange say which of them asked it."""
    op.create_table(
        "question_lists",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("template_text", sa.Text, nullable=False),
        sa.Column("template_id", sa.Text),
        sa.Column("template_version", sa.Integer),
        sa.Column("server_url", sa.Text, nullable=False),
        sa.Column("model_id", sa.Text, nullable=False),
        sa.Column("model_name", sa.Text, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("auto_template", sa.Boolean, nullable=False),
        sa.Column("sampling", sa.JSON, nullable=False),
        sa.Column("asked_by", sa.Text, nullable=False),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("finished_at", _UTC),
        sa.PrimaryKeyConstraint("id", name="pk_question_lists"),
        sa.ForeignKeyConstraint(
            ["template_id"], ["templates.id"], name="fk_question_lists_template_id"
        ),
    )
    op.create_index("ix_question_lists_state_id", "question_lists", ["state", "id"])
    op.create_table(
        "listed_questions",
        sa.Column("list_id", sa.Text, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("prompt", sa.Text, nullable=False),
        sa.Column("variables", sa.JSON, nullable=False),
        sa.Column("expected", sa.Text),
        sa.Column("state", _WORD, nullable=False),
        sa.Column("f1", sa.Double),
        sa.Column("exchange_id", sa.Text),
        sa.PrimaryKeyConstraint("list_id", "position", name="pk_listed_questions"),
        sa.ForeignKeyConstraint(
            ["list_id"], ["question_lists.id"], name="fk_listed_questions_list_id"
        ),
        sa.ForeignKeyConstraint(
            ["exchange_id"], ["exchanges.id"], name="fk_listed_questions_exchange_id"
        ),
    )
    op.create_index(
        "ix_listed_questions_list_id_state_position",
        "listed_questions",
        ["list_id", "state", "position"],
    )
    # Said in SQL that every database understands: Alembic would make SQLite's table anew for it.
    op.execute(
        "ALTER TABLE exchanges ADD COLUMN list_id TEXT"
        " CONSTRAINT fk_exchanges_list_id REFERENCES question_lists (id)"
    )
    op.drop_index("ix_exchanges_run_id_id", "exchanges")
    op.create_index("ix_exchanges_run_id_list_id_id", "exchanges", ["run_id", "list_id", "id"])
