from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from lib.gradient.client import Server
from lib.gradient.errors import GradientError, Misconfigured, Unauthorized, Unreachable
from lib.settings import Settings
from lib.ui.connection import Connection, Kind, State
from lib.ui.endpoint import write_endpoint
from tests.gradient_server import BASE, TOKEN, WORKSPACE, GradientServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def local(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Connection]:
    """A connection to the embedded engine, which has written nothing yet."""
    for name in ("GRADIENT_API_URL", "GRADIENT_ACCESS_TOKEN", "GRADIENT_WORKSPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "engine").mkdir()
    connection = Connection(Settings(errata_home=tmp_path))
    yield connection
    connection.close()


def endpoint(server: GradientServer) -> Server:
    return Server(server.url, SecretStr(TOKEN), WORKSPACE)


def test_the_embedded_engine_is_starting_until_it_writes_where_it_is(
    local: Connection, server: GradientServer, tmp_path: Path
) -> None:
    assert (local.kind, local.status().state) == (Kind.LOCAL, State.STARTING)
    with pytest.raises(Unreachable):
        local.client()
    write_endpoint(tmp_path / "engine" / "endpoint.json", endpoint(server))
    local.forget()
    assert local.status().state is State.READY
    assert local.models().ids == [BASE]


def test_the_embedded_engine_is_followed_when_it_starts_again_elsewhere(
    local: Connection, server: GradientServer, tmp_path: Path
) -> None:
    file = tmp_path / "engine" / "endpoint.json"
    with GradientServer() as earlier:
        write_endpoint(file, endpoint(earlier))
        assert local.client().server.url == earlier.url
    write_endpoint(file, endpoint(server))
    assert local.client().server.url == server.url
    assert local.is_at(earlier.url)


def test_an_engine_that_cannot_start_says_why(tmp_path: Path) -> None:
    connection = Connection(Settings(errata_home=tmp_path), lambda: "No weights were found.")
    status = connection.status()
    assert (status.state, status.sentence) == (State.UNWELL, "No weights were found.")
    connection.close()


def test_another_server_is_tried_before_it_is_used(
    local: Connection, server: GradientServer, tmp_path: Path
) -> None:
    with pytest.raises(Unauthorized):
        local.connect(server.url, "wrong-token", WORKSPACE)
    kinds = [local.kind]
    local.connect(server.url, TOKEN, WORKSPACE)
    kinds.append(local.kind)
    assert stat.S_IMODE((tmp_path / "connection.json").stat().st_mode) == 0o600
    local.disconnect()
    kinds.append(local.kind)
    assert kinds == [Kind.LOCAL, Kind.OWN, Kind.LOCAL]


def test_a_token_shows_in_no_error(local: Connection) -> None:
    with pytest.raises(GradientError) as caught:
        local.connect("http://127.0.0.1:9/api", "a-secret-token", WORKSPACE)
    assert "a-secret-token" not in str(caught.value) + caught.value.detail


def test_a_file_that_cannot_be_read_is_told(local: Connection, tmp_path: Path) -> None:
    (tmp_path / "connection.json").write_text("{")
    with pytest.raises(Misconfigured, match="Connect again"):
        local.client()


def test_a_plain_server_has_no_extensions(connection: Connection) -> None:
    assert connection.info() is None
    assert not connection.can("versions")
    assert connection.versions("any") == []


def test_a_server_that_counts_tokens_is_told_that_it_will_teach(tmp_path: Path) -> None:
    with GradientServer(versions=True) as server:
        write_endpoint(tmp_path / "connection.json", endpoint(server))
        connection = Connection(Settings(errata_home=tmp_path))
        connection.expect_teaching(BASE)
        connection.close()
        assert server.counted == [BASE]


def test_a_server_that_is_gone_need_not_hear_that_it_will_teach(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    with GradientServer(versions=True) as server:
        write_endpoint(tmp_path / "connection.json", endpoint(server))
    connection = Connection(Settings(errata_home=tmp_path))
    with caplog.at_level("INFO", "lib.ui.connection"):
        connection.expect_teaching(BASE)
        connection.close()
    assert "will teach" in caplog.text
