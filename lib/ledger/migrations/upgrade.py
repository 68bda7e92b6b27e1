"""Runs the steps that a ledger has not seen yet."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from alembic import command
from alembic.config import Config

if TYPE_CHECKING:
    from sqlalchemy.engine import Connection


def configuration(connection: Connection | None = None) -> Config:
    """Alembic's settings for this folder."""
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config


def upgrade(connection: Connection, to: str = "head") -> None:
    """Bring the ledger to a step, within the caller's transaction.

    Raises:
        alembic.util.CommandError: the ledger is at a step unknown here.
    """
    command.upgrade(configuration(connection), to)
