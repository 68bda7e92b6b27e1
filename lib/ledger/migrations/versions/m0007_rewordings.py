"""Questions of corrections in other words, and which of a proof's were typed."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"


def upgrade() -> None:
    """Add rewordings, and say of what was proved whether somebody typed it."""
    op.create_table(
        "rewordings",
        sa.Column("correction_id", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("correction_id", "text", name="pk_rewordings"),
        sa.ForeignKeyConstraint(
            ["correction_id"], ["corrections.id"], name="fk_rewordings_correction_id"
        ),
    )
    op.add_column(
        "proof_items", sa.Column("typed", sa.Boolean, nullable=False, server_default=sa.false())
    )
