"""Why an answer is wrong, who types and is to type a correction, and who looks at what now."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add a verdict's reasons and note, a correction's typist and assignee, and claims."""
    op.add_column(
        "verdicts", sa.Column("reasons", sa.JSON, nullable=False, server_default=sa.text("'[]'"))
    )
    for table, name in (
        ("verdicts", "note"),
        ("corrections", "typed_by"),
        ("corrections", "assigned_to"),
    ):
        op.add_column(table, sa.Column(name, sa.Text, nullable=False, server_default=""))
    op.execute("UPDATE corrections SET typed_by = author")
    op.create_table(
        "claims",
        sa.Column("exchange_id", sa.Text, nullable=False),
        sa.Column("by", sa.Text, nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("exchange_id", name="pk_claims"),
        sa.ForeignKeyConstraint(["exchange_id"], ["exchanges.id"], name="fk_claims_exchange_id"),
    )
    op.create_index("ix_claims_by", "claims", ["by"])
