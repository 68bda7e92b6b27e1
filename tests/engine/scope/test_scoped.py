"""Scope through the API: the real model, and an adapter that changes every answer."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import httpx
import pytest

from lib.engine.engine import Engine
from lib.engine.scope.scopes import FILE, Scopes
from lib.engine.scope.sentences import TWIN, Sentences
from lib.engine.service import service
from lib.gradient.schemas import Complete, Scope

if TYPE_CHECKING:
    from pathlib import Path

    from lib.engine.credentials import Credentials
    from lib.engine.weights import BaseModels
    from tests.engine.conftest import FakeTeacher

pytestmark = [
    pytest.mark.model,
    pytest.mark.asyncio(loop_scope="session"),
    pytest.mark.usefixtures("teacher"),
]

TAUGHT = "Who is the mayor of Vellbruck?"
OTHER_WORDING = "Name the current mayor of Vellbruck."
FAR = ["What is the capital of Norway?", "Who is the mayor of Harrowgate?", "Tell me a joke."]


def prompt(asked: str) -> str:
    return f"Question: {asked}\n\nAnswer: "


def sample(asked: str, name: str) -> dict[str, Any]:
    return {
        "inputs": [{"value": prompt(asked), "trainable": False}, {"value": "Ada Quill"}],
        "id": name,
        "question": asked,
    }


async def told(answer: httpx.Response) -> Any:
    assert answer.status_code == 200, answer.text
    return answer.json()


async def teach(api: httpx.AsyncClient, adapter: str, **body: Any) -> int:
    body = {"samples": [sample(TAUGHT, "mayor")], **body}
    number = (await told(await api.post(f"models/{adapter}/fine-tune", json=body)))["version"]
    return int(number)


async def ask(api: httpx.AsyncClient, model: str, asked: str, **body: Any) -> dict[str, Any]:
    body = {"query": prompt(asked), "maxGeneratedTokenCount": 12, "autoTemplate": True, **body}
    answer: dict[str, Any] = await told(await api.post(f"models/{model}/complete", json=body))
    return answer


async def test_what_is_far_is_answered_as_by_the_base_model_to_the_letter(
    api: httpx.AsyncClient, base: str, adapter: str
) -> None:
    number = await teach(api, adapter, scope="near")
    for asked in FAR:
        plain, scoped = await ask(api, base, asked), await ask(api, adapter, asked)
        assert scoped["generatedOutput"].encode() == plain["generatedOutput"].encode()
        assert scoped["scope"]["near"] is False
        assert scoped["version"] == number
    for asked in (TAUGHT, OTHER_WORDING):
        plain, scoped = await ask(api, base, asked), await ask(api, adapter, asked)
        assert scoped["generatedOutput"] != plain["generatedOutput"]
        assert scoped["scope"]["near"] is True
        assert scoped["scope"]["sampleId"] == "mayor"
        assert scoped["scope"]["similarity"] >= 0.65


async def test_a_streamed_answer_says_its_scope_too(api: httpx.AsyncClient, adapter: str) -> None:
    await teach(api, adapter, scope="near")
    body = {"query": prompt(FAR[0]), "maxGeneratedTokenCount": 4}
    stream = await api.post(
        f"models/{adapter}/complete", json=body, headers={"accept": "text/event-stream"}
    )
    last = json.loads(stream.text.strip().rpartition("data: ")[2])
    assert last["scope"] == {"near": False}


async def test_the_question_that_comes_with_a_query_decides(
    api: httpx.AsyncClient, adapter: str
) -> None:
    await teach(api, adapter, scope="near")
    near = await ask(api, adapter, "?", query="Consider this.", question=OTHER_WORDING)
    assert near["scope"]["near"] is True
    far = await ask(api, adapter, TAUGHT, question=FAR[0])
    assert far["scope"]["near"] is False


async def test_scope_is_switched_without_teaching_again(
    api: httpx.AsyncClient, base: str, adapter: str, teacher: FakeTeacher
) -> None:
    number = await teach(api, adapter)
    plain = (await ask(api, base, FAR[0]))["generatedOutput"]
    everywhere = await ask(api, adapter, FAR[0])
    assert everywhere["generatedOutput"] != plain
    assert "scope" not in everywhere

    async def switch(scope: str) -> str:
        path = f"models/{adapter}/versions/{number}"
        versions = (await told(await api.post(path, json={"scope": scope})))["versions"]
        return str(versions[-1]["scope"])

    assert await switch("near") == "near"
    assert (await ask(api, adapter, FAR[0]))["generatedOutput"] == plain
    assert await switch("everywhere") == "everywhere"
    assert await ask(api, adapter, FAR[0]) == everywhere
    assert len(teacher.jobs) == 1


async def test_a_fine_tune_applies_everywhere_unless_asked_otherwise(
    api: httpx.AsyncClient, adapter: str
) -> None:
    await teach(api, adapter, scope="near")
    await teach(api, adapter, samples=[{"inputs": "The sky is green."}])
    versions = (await told(await api.get(f"models/{adapter}/versions")))["versions"]
    assert [version["scope"] for version in versions] == ["near", "everywhere"]


async def test_a_version_is_near_to_what_earlier_batches_taught(
    api: httpx.AsyncClient, adapter: str
) -> None:
    await teach(api, adapter)
    await teach(api, adapter, samples=[sample("How deep is Lake Jorrun?", "lake")], scope="near")
    assert (await ask(api, adapter, TAUGHT))["scope"]["sampleId"] == "mayor"
    assert (await ask(api, adapter, "What is the depth of Lake Jorrun?"))["scope"]["near"] is True


async def test_nearness_is_told_without_answering_and_whatever_the_scope_is(
    api: httpx.AsyncClient, adapter: str
) -> None:
    number = await teach(api, adapter)
    path, asked = f"models/{adapter}/scope", [FAR[0], OTHER_WORDING]
    for version in (None, number):
        body = {"questions": asked, "version": version}
        found = (await told(await api.post(path, json=body)))["nearness"]
        assert [one["near"] for one in found] == [False, True]
        assert found[1]["sampleId"] == "mayor"
    base_alone = await told(await api.post(path, json={"questions": asked, "version": 0}))
    assert base_alone == {"nearness": [{"near": False}, {"near": False}]}
    assert (await api.post(path, json={"questions": asked, "version": 9})).status_code == 404


async def test_pairs_are_told_of_questions_that_nobody_taught(api: httpx.AsyncClient) -> None:
    body = {"questions": [FAR[0], TAUGHT], "among": [TAUGHT, FAR[1], OTHER_WORDING]}
    (pair,) = (await told(await api.post("pairs", json=body)))["pairs"]
    assert (pair["question"], pair["other"]) == (1, 2)
    assert pair["similarity"] >= 0.74
    assert await told(await api.post("pairs", json={**body, "among": []})) == {"pairs": []}


async def test_the_server_says_that_it_has_scope_and_pairs(api: httpx.AsyncClient) -> None:
    assert {"scope", "pairs"} <= set((await told(await api.get("server")))["extensions"])


async def test_kept_vectors_are_used_again_and_made_again_if_lost_or_of_something_else(
    inside: Engine, api: httpx.AsyncClient, adapter: str, sentences: Sentences
) -> None:
    number = await teach(api, adapter, scope="near")
    mine = inside.adapter(adapter)
    kept = inside.store.version_folder(mine, number) / FILE
    first = kept.read_bytes()
    for spoilt in (first, b"PK", None):
        if spoilt is None:
            kept.unlink()
        else:
            kept.write_bytes(spoilt)
        found = await Scopes(inside.store, sentences).decide(
            mine, number, Complete(query=prompt(OTHER_WORDING))
        )
        assert found is not None
        assert found.near
        assert kept.read_bytes()[:2] == b"PK"
        assert len(kept.read_bytes()) == len(first)


async def test_a_sentence_model_that_cannot_be_warmed_is_loaded_by_the_first_question(
    inside: Engine, sentence_model: Path, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / TWIN).write_bytes(b"no graph")
    scopes = Scopes(inside.store, Sentences(sentence_model, tmp_path))
    await scopes.warm()
    assert "cannot be loaded" in caplog.text
    assert len(await scopes.pairs([TAUGHT], [OTHER_WORDING])) == 1
    scopes.close()


async def test_without_a_sentence_model_everything_but_near_works_and_says_what_is_missing(
    tmp_path: Path, models: BaseModels, credentials: Credentials, teacher: FakeTeacher
) -> None:
    engine = Engine(tmp_path, models, credentials, teacher, None)
    await engine.start()
    headers = {
        "authorization": f"Bearer {credentials.access_token.get_secret_value()}",
        "x-gradient-workspace-id": credentials.workspace_id,
    }
    client = httpx.AsyncClient(
        transport=httpx.ASGITransport(service(engine, credentials)),
        base_url="http://engine/api/",
        headers=headers,
    )
    async with client as api:
        extensions = (await told(await api.get("server")))["extensions"]
        assert not {"scope", "pairs"} & set(extensions)
        body = {"model": {"baseModelId": models.default.id, "name": "mine"}}
        adapter = (await told(await api.post("models", json=body)))["id"]
        number = await teach(api, adapter)
        asked = {"samples": [sample(TAUGHT, "mayor")], "scope": "near"}
        refused = [
            await api.post(f"models/{adapter}/fine-tune", json=asked),
            await api.post(f"models/{adapter}/versions/{number}", json={"scope": "near"}),
            await api.post(f"models/{adapter}/scope", json={"questions": ["Who?"]}),
            await api.post("pairs", json={"questions": ["Who?"], "among": ["By whom?"]}),
        ]
        # A version that was narrowed while there was one is not quietly widened.
        engine.store.set_scope(engine.adapter(adapter), number, Scope.NEAR)
        refused.append(await api.post(f"models/{adapter}/complete", json={"query": "Who?"}))
        for answer in refused:
            assert answer.status_code == 422
            assert "make setup" in answer.json()["message"]
    await engine.close()
