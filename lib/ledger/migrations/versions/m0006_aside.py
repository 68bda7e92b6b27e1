"""Some questions are asked beside the conversation."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Say of an exchange whether it stands beside the conversation."""
    op.add_column(
        "exchanges", sa.Column("aside", sa.Boolean, nullable=False, server_default=sa.false())
    )
