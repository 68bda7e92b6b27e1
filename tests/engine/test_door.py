from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING

import pytest

from lib.engine import door
from lib.engine.service import service

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    import httpx

    from lib.engine.credentials import Credentials
    from lib.engine.engine import Engine

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"authorization": ""}, 401),
        ({"authorization": "Bearer wrong"}, 401),
        ({"x-gradient-workspace-id": "another"}, 403),
        ({"x-gradient-workspace-id": ""}, 400),
        ({"authorization": "Bearer wrong", "x-gradient-workspace-id": "another"}, 401),
    ],
)
async def test_who_may_not_come_in_is_told_why(
    api: httpx.AsyncClient, headers: dict[str, str], status: int
) -> None:
    for path in ("models", "models/x/complete", "nowhere", "server"):
        refused = await api.post(path, json={}, headers=headers)
        assert refused.status_code == status
        assert refused.json()["message"]


async def test_another_workspaces_adapter_is_not_there(
    api: httpx.AsyncClient, inside: Engine, base: str
) -> None:
    theirs = inside.store.create("theirs", base, "another").id
    assert theirs not in (await api.get("models?capability=any")).text
    sample = {"inputs": "x"}
    for method, path, body in (
        ("GET", "", None),
        ("POST", "/complete", {"query": "hi"}),
        ("POST", "/fine-tune", {"samples": [sample]}),
        ("GET", "/versions", None),
        ("DELETE", "", None),
    ):
        refused = await api.request(method, f"models/{theirs}{path}", json=body)
        assert refused.status_code == 404, path
        assert refused.json()["message"] == "There is no adapter of this id in this workspace."
    assert inside.store.adapter(theirs, "another").name == "theirs"


async def test_health_and_the_description_need_no_token(api: httpx.AsyncClient) -> None:
    for path in ("/health", "/api/health", "/openapi.json", "/docs"):
        answer = await api.get(f"http://engine{path}", headers={"authorization": ""})
        assert answer.status_code == 200, path


async def test_the_page_of_operations_has_each_and_asks_nothing_of_other_hosts(
    api: httpx.AsyncClient,
) -> None:
    page = (await api.get("http://engine/docs")).text
    described = (await api.get("http://engine/openapi.json")).json()
    assert all(path in page for path in described["paths"])
    assert not re.findall(r"(?:https?:)?//[^ ]+", page)


async def test_nothing_is_told_in_two_ways(api: httpx.AsyncClient) -> None:
    nowhere, wrong = await api.get("nowhere"), await api.put("models")
    assert nowhere.json()["message"] == "This engine has nothing at this address."
    assert wrong.json()["message"] == "This address does not take PUT."


async def test_the_description_has_every_operation(api: httpx.AsyncClient) -> None:
    described = (await api.get("http://engine/openapi.json")).json()
    paths = described["paths"]
    assert {
        "/api/models",
        "/api/models/{model_id}",
        "/api/models/{model_id}/complete",
        "/api/models/{model_id}/fine-tune",
        "/api/models/{model_id}/versions",
        "/api/models/{model_id}/versions/{number}",
        "/api/runs/{run_id}",
        "/api/runs/{run_id}/cancel",
        "/api/models/{model_id}/tokens",
        "/api/server",
    } <= set(paths)
    body = paths["/api/models/{model_id}/complete"]["post"]["requestBody"]
    assert "maxGeneratedTokenCount" in str(body)


async def test_a_body_that_is_too_large_is_read_and_refused(
    api: httpx.AsyncClient, base: str
) -> None:
    async def body() -> AsyncIterator[bytes]:
        for _ in range(door.LARGEST_BODY // 2**20 + 1):
            yield b" " * 2**20

    refused = await api.post(f"models/{base}/complete", content=body())
    assert refused.status_code == 413
    assert "64 MB" in refused.json()["message"]


async def test_the_log_has_neither_prompts_nor_paths_nor_tokens(
    api: httpx.AsyncClient, base: str, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    await api.post(f"models/{base}/complete", json={"query": "my secret", "topK": "bad secret"})
    await api.post(f"models/{base}/complete", json={"query": "my secret " * 5000})
    await api.get("models/secret-path?capability=secret-query")
    await api.get("models", headers={"authorization": "Bearer secret-token"})
    mine = [record.getMessage() for record in caplog.records if record.name.startswith("lib.")]
    assert len(mine) == 4
    assert "secret" not in "".join(mine)


async def test_a_client_that_leaves_within_its_body_is_left_in_peace(
    inside: Engine, credentials: Credentials
) -> None:
    messages: Iterator[dict[str, object]] = iter(
        [
            {"type": "http.request", "body": b'{"query": "h', "more_body": True},
            {"type": "http.disconnect"},
        ]
    )
    sent: list[object] = []

    async def receive() -> dict[str, object]:
        return next(messages)

    async def send(message: object) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "POST", "path": "/api/models/x/complete", "headers": []}
    await service(inside, credentials)(scope, receive, send)
    assert sent == []
