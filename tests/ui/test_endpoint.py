"""The file that keeps the server which a person connected to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from lib.gradient.client import Server
from lib.gradient.errors import GradientError
from lib.ui.endpoint import read_endpoint, write_endpoint

if TYPE_CHECKING:
    from pathlib import Path

SERVER = Server("http://127.0.0.1:1/api", SecretStr("a-token"), "a-workspace")


def test_what_is_kept_is_its_owners_alone_and_read_again(tmp_path: Path) -> None:
    file = tmp_path / "home" / "server.json"
    write_endpoint(file, SERVER)
    assert read_endpoint(file) == SERVER
    assert file.stat().st_mode & 0o077 == 0
    assert file.parent.stat().st_mode & 0o077 == 0


def test_what_cannot_be_kept_is_told_without_the_token(tmp_path: Path) -> None:
    (tmp_path / "home").touch()
    with pytest.raises(GradientError, match="connect again") as told:
        write_endpoint(tmp_path / "home" / "server.json", SERVER)
    assert "a-token" not in str(told.value)
