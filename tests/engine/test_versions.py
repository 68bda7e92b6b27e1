from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio

if TYPE_CHECKING:
    import httpx

    from lib.engine.engine import Engine
    from tests.engine.conftest import FakeTeacher

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]


@pytest_asyncio.fixture(loop_scope="session")
async def taught(api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher) -> str:
    """An adapter with two versions, the second one live."""
    for text in ("one", "two"):
        answer = await api.post(
            f"models/{adapter}/fine-tune", json={"samples": [{"inputs": f"{text} and more"}]}
        )
        assert answer.status_code == 200, answer.text
    assert len(teacher.jobs) == 2
    return adapter


async def ask(api: httpx.AsyncClient, adapter: str, **body: Any) -> dict[str, Any]:
    answer = await api.post(
        f"models/{adapter}/complete",
        json={"query": "One, two,", "maxGeneratedTokenCount": 6, **body},
    )
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def versions(api: httpx.AsyncClient, adapter: str) -> list[dict[str, Any]]:
    listed: list[dict[str, Any]] = (await api.get(f"models/{adapter}/versions")).json()["versions"]
    return listed


async def test_versions_are_listed_with_how_they_were_made(
    api: httpx.AsyncClient, taught: str
) -> None:
    first, second = await versions(api, taught)
    assert (first["number"], second["number"]) == (1, 2)
    assert (first["live"], second["live"]) == (False, True)
    assert first["numberOfTrainableTokens"] == 27
    assert first["scope"] == "everywhere"
    assert len(first["sha256"]) == 64
    shown = (await api.get(f"models/{taught}")).json()
    assert shown["liveVersion"] == 2


async def test_rolling_back_gives_the_same_answers_as_before(
    api: httpx.AsyncClient, taught: str
) -> None:
    answers = {number: await ask(api, taught, version=number) for number in (0, 1, 2)}
    assert await ask(api, taught) == answers[2]
    for number in (1, 0, 2):
        changed = await api.post(f"models/{taught}/versions/{number}", json={"live": True})
        assert changed.status_code == 200
        assert await ask(api, taught) == answers[number]


async def test_a_version_that_is_not_live_can_be_deleted_and_its_number_is_not_used_again(
    api: httpx.AsyncClient, taught: str
) -> None:
    refused = await api.delete(f"models/{taught}/versions/2")
    assert refused.status_code == 422
    assert "live" in refused.json()["message"]
    await api.post(f"models/{taught}/versions/1", json={"live": True})
    assert (await api.delete(f"models/{taught}/versions/2")).json() == {}
    assert [version["number"] for version in await versions(api, taught)] == [1]
    again = await api.post(f"models/{taught}/fine-tune", json={"samples": [{"inputs": "three 3"}]})
    assert again.json()["version"] == 3


async def test_a_version_can_be_taken_along_as_a_peft_folder(
    api: httpx.AsyncClient, taught: str
) -> None:
    answer = await api.get(f"models/{taught}/versions/1/files")
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/zip")
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        assert archive.namelist() == ["adapter_config.json", "adapter_model.safetensors"]
    for missing in (0, 9):
        refused = await api.get(f"models/{taught}/versions/{missing}/files")
        assert refused.status_code == 404


async def test_an_unknown_version_is_not_found(api: httpx.AsyncClient, taught: str) -> None:
    for answer in (
        await api.post(f"models/{taught}/versions/9", json={"live": True}),
        await api.delete(f"models/{taught}/versions/9"),
        await api.post(f"models/{taught}/complete", json={"query": "hi", "version": 9}),
    ):
        assert answer.status_code == 404
        assert "no version 9" in answer.json()["message"]


async def test_a_version_that_broke_while_it_was_loaded_does_not_go_live(
    api: httpx.AsyncClient, taught: str, inside: Engine
) -> None:
    before = await ask(api, taught)
    await ask(api, taught, version=1)
    file = inside.store.version_folder(inside.adapter(taught), 1) / "adapter.gguf"
    file.write_bytes(file.read_bytes()[:-1])
    refused = await api.post(f"models/{taught}/versions/1", json={"live": True})
    assert refused.status_code == 500
    assert "Version 1 of this adapter is broken" in refused.json()["message"]
    assert await ask(api, taught) == before


async def test_a_broken_version_is_told_and_the_others_answer_on(
    api: httpx.AsyncClient, taught: str, inside: Engine
) -> None:
    adapter = inside.adapter(taught)
    answers = await ask(api, taught)
    answering = inside.answering(adapter.base_model_id)
    answering.close()  # as after a restart: nothing is loaded
    file = inside.store.version_folder(adapter, 1) / "adapter.gguf"
    file.write_bytes(file.read_bytes()[:100])
    refused = await api.post(f"models/{taught}/complete", json={"query": "hi", "version": 1})
    assert refused.status_code == 500
    assert "Version 1 of this adapter is broken" in refused.json()["message"]
    rolled = await api.post(f"models/{taught}/versions/1", json={"live": True})
    assert rolled.status_code == 500
    assert await ask(api, taught) == answers
