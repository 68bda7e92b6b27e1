"""What a server must do so that Gradient's clients work unmodified, one test a trap."""

from __future__ import annotations

import asyncio
import http.client
import json
from typing import TYPE_CHECKING, Any

import pytest

from lib.gradient.schemas import Complete

if TYPE_CHECKING:
    import httpx

    from tests.conftest import RunningEngine
    from tests.engine.conftest import FakeTeacher

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]

SAMPLE = {"inputs": "Question: Who won?\n\nAnswer:  The Dallas Cowboys!"}
SDK_COMPLETE = {
    "maxGeneratedTokenCount": 4,
    "query": "The capital of France is",
    "autoTemplate": None,
    "guidance": None,
    "rag": None,
    "temperature": None,
    "topK": None,
    "topP": None,
}
SDK_CREATE: dict[str, Any] = {
    "initialHyperparameters": {
        "loraHyperparameters": {"rank": None},
        "trainingArguments": {"learningRate": None},
    },
}
SDK_FINE_TUNE = {"samples": [{"fineTuningParameters": {"multiplier": None}, "inputs": "a b c"}]}


async def test_create_complete_and_fine_tune_answer_200(
    api: httpx.AsyncClient, base: str, teacher: FakeTeacher
) -> None:
    made = await api.post("models", json={"model": {"baseModelId": base, "name": "n"}})
    adapter = made.json()["id"]
    asked = await api.post(f"models/{adapter}/complete", json=SDK_COMPLETE)
    taught = await api.post(f"models/{adapter}/fine-tune", json={"samples": [SAMPLE]})
    assert [made.status_code, asked.status_code, taught.status_code] == [200, 200, 200]
    assert len(teacher.jobs) == 1


@pytest.mark.usefixtures("adapter")
async def test_every_id_has_50_characters(api: httpx.AsyncClient) -> None:
    listed = (await api.get("models", params={"capability": "any"})).json()["models"]
    assert {len(model["id"]) for model in listed} == {50}


@pytest.mark.usefixtures("adapter")
async def test_every_model_says_its_type(api: httpx.AsyncClient) -> None:
    listed = (await api.get("models")).json()["models"]
    assert {model["type"] for model in listed} == {"baseModel", "modelAdapter"}


async def test_required_fields_are_always_there(api: httpx.AsyncClient, adapter: str) -> None:
    listed = (await api.get("models")).json()["models"]
    shown = (await api.get(f"models/{adapter}")).json()
    for model in [*listed, shown]:
        if model["type"] == "baseModel":
            assert model["name"]
            assert model["slug"]
            assert model["capabilities"]
        else:
            assert model["name"]
            assert model["baseModelId"]
            assert model["latestUpdateTime"].endswith("Z")
    answer = (await api.post(f"models/{adapter}/complete", json=SDK_COMPLETE)).json()
    assert isinstance(answer["generatedOutput"], str)
    assert answer["finishReason"] == "length"


async def test_capabilities_are_words_the_clients_know(api: httpx.AsyncClient) -> None:
    for model in (await api.get("models", params={"onlyBase": "true"})).json()["models"]:
        assert set(model["capabilities"]) <= {"complete", "fineTune"}


async def test_null_means_absent_in_every_optional_field(
    api: httpx.AsyncClient, base: str, teacher: FakeTeacher
) -> None:
    body = {**SDK_CREATE, "model": {"baseModelId": base, "name": "n"}}
    adapter = (await api.post("models", json=body)).json()["id"]
    assert (await api.post(f"models/{adapter}/complete", json=SDK_COMPLETE)).is_success
    assert (await api.post(f"models/{adapter}/fine-tune", json=SDK_FINE_TUNE)).is_success
    everything = dict.fromkeys(
        field.alias or name for name, field in Complete.model_fields.items() if name != "query"
    )
    asked = {**everything, "query": "hi", "maxGeneratedTokenCount": 1}
    assert (await api.post(f"models/{base}/complete", json=asked)).is_success
    assert teacher.jobs[0].rank is None


@pytest.mark.usefixtures("adapter")
@pytest.mark.parametrize(
    ("only_base", "types"),
    [
        ("True", {"baseModel"}),
        ("true", {"baseModel"}),
        ("False", {"baseModel", "modelAdapter"}),
        ("false", {"baseModel", "modelAdapter"}),
    ],
)
async def test_only_base_is_read_in_any_spelling(
    api: httpx.AsyncClient, only_base: str, types: set[str]
) -> None:
    listed = (await api.get("models", params={"onlyBase": only_base})).json()["models"]
    assert {model["type"] for model in listed} == types


@pytest.mark.parametrize("query", ["", "?capability=any", "?capability=complete&onlyBase=False"])
async def test_a_list_asks_for_no_capability_or_for_any(
    api: httpx.AsyncClient, base: str, adapter: str, query: str
) -> None:
    listed = {model["id"] for model in (await api.get(f"models{query}")).json()["models"]}
    assert {base, adapter} <= listed


async def test_a_query_is_continued_as_it_stands_unless_the_template_is_asked_for(
    api: httpx.AsyncClient, base: str
) -> None:
    query = "Question: What is the capital of France?\n\nAnswer: "
    path = f"models/{base}/complete"
    plain, null, no, yes = [
        (await api.post(path, json={"query": query, "maxGeneratedTokenCount": 24, **more})).json()
        for more in ({}, {"autoTemplate": None}, {"autoTemplate": False}, {"autoTemplate": True})
    ]
    assert plain == null == no
    assert yes["generatedOutput"] == "The capital of France is Paris."
    assert yes["finishReason"] == "stop"
    assert yes["promptTokens"] > plain["promptTokens"]


async def test_trainable_tokens_are_an_integer_above_0_and_the_loss_is_finite(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    taught = await api.post(f"models/{adapter}/fine-tune", json={"samples": [SAMPLE]})
    assert '"numberOfTrainableTokens":27,' in taught.text
    assert taught.json()["sumLoss"] == 78.25
    teacher.trainable_tokens = 0
    nothing = await api.post(f"models/{adapter}/fine-tune", json={"samples": [{"inputs": "x"}]})
    assert nothing.status_code == 422
    assert nothing.json()["type"] == "unprocessableContent"


@pytest.mark.parametrize(
    "wrong",
    [
        {"query": ""},
        {"query": None},
        {"maxGeneratedTokenCount": 0},
        {"maxGeneratedTokenCount": -1},
        {"maxGeneratedTokenCount": 512},
        {"maxGeneratedTokenCount": 9999},
        {"maxGeneratedTokenCount": "many"},
        {"maxGeneratedTokenCount": 5.5},
        {"temperature": -1},
        {"temperature": "hot"},
        {"topP": 1.5},
        {"topK": 1.5},
        {"guidance": {"type": "cho", "value": ["a"]}},
        {"guidance": {"type": "choice", "value": []}},
        {"guidance": {"type": "choice", "value": [""]}},
        {"guidance": {"type": "choice", "value": ["a" * 33]}},
        {"guidance": {"type": "choice", "value": ["a"] * 11}},
        {"rag": {"collectionId": ""}},
    ],
    ids=str,
)
async def test_what_clients_do_not_check_is_checked_here(
    api: httpx.AsyncClient, base: str, wrong: dict[str, Any]
) -> None:
    refused = await api.post(f"models/{base}/complete", json={"query": "hi", **wrong})
    assert refused.status_code == 400
    body = refused.json()
    assert body["type"] == "bodyParsingError"
    assert next(iter(wrong)) in body["message"]
    assert body["payload"]["validationError"]
    assert body["payload"]["formattedValidationError"]


async def test_an_error_names_places_in_the_body_and_nothing_of_ours(
    api: httpx.AsyncClient, adapter: str
) -> None:
    refused = await api.post(f"models/{adapter}/fine-tune", json={"samples": [{"inputs": 3}]})
    assert refused.status_code == 400
    body = refused.json()
    assert "samples.0.inputs: " in body["message"]
    places = {tuple(problem["loc"]) for problem in body["payload"]["validationError"]}
    assert places == {("samples", 0, "inputs")}


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("GET", "models", 200),
        ("GET", "models/none", 404),
        ("GET", "nowhere", 404),
        ("PUT", "models", 405),
        ("POST", "models", 400),
        ("POST", "models/none/complete", 400),
        ("GET", "embeddings", 404),
        ("POST", "blocks/answer", 404),
    ],
)
async def test_every_answer_is_json_in_utf8_and_every_error_has_a_message(
    api: httpx.AsyncClient, method: str, path: str, status: int
) -> None:
    answer = await api.request(method, path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/json"
    body = json.loads(answer.content.decode("utf-8"))
    assert status == 200 or body["message"]


async def test_a_refused_request_leaves_its_connection_usable(engine: RunningEngine) -> None:
    def refuse_then_ask() -> list[int]:
        host = engine.url.removeprefix("http://").split("/")[0]
        connection = http.client.HTTPConnection(host, timeout=30)
        statuses = []
        for token in ("wrong-token-wrong", engine.access_token):
            headers = {
                "Authorization": f"Bearer {token}",
                "X-Gradient-Workspace-Id": engine.workspace_id,
            }
            body = json.dumps({"query": "x" * 200_000})
            connection.request("POST", "/api/models/none/complete", body, headers)
            answer = connection.getresponse()
            assert int(answer.headers["Content-Length"]) == len(answer.read())
            statuses.append(answer.status)
        connection.close()
        return statuses

    assert await asyncio.to_thread(refuse_then_ask) == [401, 404]


async def test_16_requests_at_once_are_all_answered(api: httpx.AsyncClient, base: str) -> None:
    answers = await asyncio.gather(
        *(
            api.post(
                f"models/{base}/complete",
                json={"query": f"What is {n}?", "maxGeneratedTokenCount": 6},
            )
            for n in range(16)
        )
    )
    assert {answer.status_code for answer in answers} == {200}


async def test_one_training_at_a_time_while_answers_go_on(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    teacher.going.clear()
    path = f"models/{adapter}"
    before = (await api.post(f"{path}/complete", json=SDK_COMPLETE)).json()
    first, second = (
        asyncio.create_task(api.post(f"{path}/fine-tune", json={"samples": [SAMPLE]}))
        for _ in range(2)
    )
    await teacher.begun.wait()
    meanwhile = (await api.post(f"{path}/complete", json=SDK_COMPLETE)).json()
    assert meanwhile == before
    teacher.going.set()
    assert [(await first).json()["version"], (await second).json()["version"]] == [1, 2]
    assert teacher.most_at_once == 1
    after = (await api.post(f"{path}/complete", json=SDK_COMPLETE)).json()
    assert after["version"] == 2
    assert after["generatedOutput"] != before["generatedOutput"]


async def test_no_answer_says_when_to_come_again(api: httpx.AsyncClient) -> None:
    for path in ("models", "models/none", "nowhere", "health"):
        assert "retry-after" not in (await api.get(path)).headers


@pytest.mark.usefixtures("adapter")
async def test_the_fine_tunable_base_is_last_and_adapters_are_never_among_base_models(
    api: httpx.AsyncClient, base: str
) -> None:
    everything = (await api.get("models")).json()["models"]
    assert everything[-1]["id"] == base
    assert "fineTune" in everything[-1]["capabilities"]
    bases = (await api.get("models", params={"onlyBase": "True"})).json()["models"]
    assert all(model["type"] == "baseModel" for model in bases)


@pytest.mark.parametrize("path", ["/api//models", "//api/models", "/api///models"])
async def test_doubled_slashes_are_forgiven(api: httpx.AsyncClient, path: str) -> None:
    assert (await api.get(f"http://engine{path}")).status_code == 200


async def test_unknown_fields_are_ignored(
    api: httpx.AsyncClient, base: str, adapter: str, teacher: FakeTeacher
) -> None:
    asked = await api.post(f"models/{base}/complete", json={**SDK_COMPLETE, "newer": {"a": 1}})
    sample = {**SAMPLE, "newer": 1}
    taught = await api.post(
        f"models/{adapter}/fine-tune", json={"samples": [sample], "newer": [None]}
    )
    assert asked.status_code == taught.status_code == 200
    assert teacher.jobs


async def test_delete_needs_neither_body_nor_content_type(
    api: httpx.AsyncClient, adapter: str
) -> None:
    gone = await api.delete(f"models/{adapter}")
    assert (gone.status_code, gone.json()) == (200, {})
    asked = await api.post(f"models/{adapter}/complete", json=SDK_COMPLETE)
    assert asked.status_code == 404
    assert asked.json()["type"] == "unknownModelAdapter"
