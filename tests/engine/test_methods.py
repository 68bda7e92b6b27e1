"""What an address says to each method, as a client on a socket hears it."""

from __future__ import annotations

import http.client
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import RunningEngine

pytestmark = pytest.mark.model

Heard = tuple[int, http.client.HTTPMessage, str]


def heard(
    engine: RunningEngine, method: str, path: str
) -> tuple[int, http.client.HTTPMessage, str]:
    host = engine.url.removeprefix("http://").removesuffix("/api")
    connection = http.client.HTTPConnection(host, timeout=30)
    headers = {
        "Authorization": f"Bearer {engine.access_token}",
        "X-Gradient-Workspace-Id": engine.workspace_id,
    }
    connection.request(method, path, headers=headers)
    answer = connection.getresponse()
    body = answer.read().decode()
    connection.close()
    return answer.status, answer.headers, body


@pytest.mark.parametrize("path", ["/health", "/api/models", "/api/nowhere"])
def test_head_says_what_get_says_without_the_body(engine: RunningEngine, path: str) -> None:
    status, headers, body = heard(engine, "GET", path)
    assert headers["content-length"] == str(len(body))
    without = heard(engine, "HEAD", path)
    assert (without[0], without[1]["content-length"], without[2]) == (status, str(len(body)), "")


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("PUT", "/api/models", {"GET", "POST"}),
        ("OPTIONS", "/api/models", {"GET", "POST"}),
        ("GET", "/api/models/x/complete", {"POST"}),
        ("HEAD", "/api/models/x/complete", {"POST"}),
    ],
)
def test_a_method_that_is_not_there_is_told_which_are(
    engine: RunningEngine, method: str, path: str, allowed: set[str]
) -> None:
    status, headers, _ = heard(engine, method, path)
    assert (status, headers["content-type"]) == (405, "application/json")
    assert set(headers["allow"].split(", ")) <= allowed  # FastAPI names those of one route


@pytest.mark.parametrize("path", ["/api/models/", "//api//models//", "/health/"])
def test_a_slash_at_the_end_is_forgiven_without_a_redirect(
    engine: RunningEngine, path: str
) -> None:
    assert heard(engine, "GET", path)[0] == 200
