"""Versions go live by decision, and proofs say what lay out of scope."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Add a run's decision and a proof item's scope."""
    op.add_column("runs", sa.Column("decision", sa.JSON))
    op.add_column(
        "proof_items", sa.Column("by_scope", sa.Boolean, nullable=False, server_default=sa.false())
    )
    # Until now a version went live when it was made: nothing is left to decide.
    op.execute("""UPDATE runs SET decision = '{"reasons": []}' WHERE state = 'done'""")
