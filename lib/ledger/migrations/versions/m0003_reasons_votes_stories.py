"""Runs keep what was expected of them and why they went on; votes; links to stories."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"

_UTC = sa.DateTime(timezone=True)


def upgrade() -> None:
    """Add a run's estimate and its reason to go on, votes, and stories."""
    op.add_column("runs", sa.Column("estimate", sa.JSON))
    op.add_column("runs", sa.Column("regardless", sa.JSON))
    op.create_table(
        "votes",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("question", sa.Text, nullable=False),
        sa.Column("shown", sa.JSON, nullable=False),
        sa.Column("exchange_id", sa.Text),
        sa.Column("blind", sa.Boolean, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_votes"),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchanges.id"], name="fk_votes_exchange_id"),
    )
    op.create_index("ix_votes_exchange_id", "votes", ["exchange_id"])
    op.create_table(
        "stories",
        sa.Column("token_hash", sa.String(64), nullable=False),
        sa.Column("run_id", sa.Text, nullable=False),
        sa.Column("html", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("created_at", _UTC, nullable=False),
        sa.Column("expires_at", _UTC, nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name="pk_stories"),
        sa.ForeignKeyConstraint(["run_id"], ["runs.id"], name="fk_stories_run_id"),
    )
    op.create_index("ix_stories_run_id", "stories", ["run_id"])
