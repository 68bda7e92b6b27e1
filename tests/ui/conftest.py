from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from lib.ledger.ledger import Ledger
from lib.settings import Settings
from lib.ui.connection import Connection
from tests.gradient_server import TOKEN, WORKSPACE, GradientServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def server() -> Iterator[GradientServer]:
    with GradientServer() as running:
        yield running


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    kept = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    yield kept
    kept.close()


@pytest.fixture
def connection(server: GradientServer, tmp_path: Path) -> Iterator[Connection]:
    """The app's connection, to the server that the environment names."""
    connected = Connection(
        Settings(
            gradient_api_url=server.url,
            gradient_access_token=SecretStr(TOKEN),
            gradient_workspace_id=WORKSPACE,
            errata_home=tmp_path,
        )
    )
    yield connected
    connected.close()
