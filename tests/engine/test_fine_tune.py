from __future__ import annotations

import asyncio
import json
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

import pytest

from lib.engine.training.job import NanLoss, TrainingFailed, Unteachable
from lib.gradient.schemas import FineTune, RunState
from tests.disk import full_disk

if TYPE_CHECKING:
    import httpx

    from lib.engine.engine import Engine
    from tests.engine.conftest import FakeTeacher

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]

SAMPLE = {"inputs": "Question: Who won?\n\nAnswer:  The Dallas Cowboys!"}
QUERY = {"query": "Question: Who won?", "maxGeneratedTokenCount": 6}
MALFORMED = (400, "bodyParsingError")
IMPOSSIBLE = (422, "unprocessableContent")
EVENTS = {"accept": "text/event-stream"}


async def teach(api: httpx.AsyncClient, adapter: str, **body: Any) -> httpx.Response:
    return await api.post(f"models/{adapter}/fine-tune", json={"samples": [SAMPLE], **body})


async def ask(api: httpx.AsyncClient, adapter: str, **body: Any) -> dict[str, Any]:
    answer = await api.post(f"models/{adapter}/complete", json={**QUERY, **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


def events(stream: str) -> list[tuple[str, dict[str, Any]]]:
    parted = [event.split("\n") for event in stream.split("\n\n") if event]
    return [
        (name.removeprefix("event: "), json.loads(data.removeprefix("data: ")))
        for name, data in parted
    ]


async def test_a_fine_tune_makes_a_version_that_answers_from_then_on(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    before = await ask(api, adapter)
    taught = (await teach(api, adapter)).json()
    after = await ask(api, adapter)
    assert (before["version"], taught["version"], after["version"]) == (0, 1, 1)
    assert before["generatedOutput"] != after["generatedOutput"]
    assert await ask(api, adapter, version=0) == before
    assert len(teacher.jobs) == 1


async def test_progress_is_streamed_and_ends_with_the_result(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    streamed = await api.post(
        f"models/{adapter}/fine-tune", json={"samples": [SAMPLE]}, headers=EVENTS
    )
    told = events(streamed.text)
    states = [data["state"] for name, data in told if name == "progress"]
    assert states[0] in {"queued", "preparing"}  # what changes within an instant is told once
    assert states[-1] == "swapping"
    assert told[-1][0] == "done"
    assert told[-1][1]["version"] == 1
    assert teacher.jobs


async def test_the_same_run_id_is_the_same_run(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    teacher.going.clear()
    both = [asyncio.create_task(teach(api, adapter, runId="twice")) for _ in range(2)]
    await teacher.begun.wait()
    teacher.going.set()
    first, second = [(await one).json() for one in both]
    later = (await teach(api, adapter, runId="twice")).json()
    assert first == second == later
    assert len(teacher.jobs) == 1


async def test_a_run_id_of_another_adapter_is_refused(
    api: httpx.AsyncClient, adapter: str, base: str, teacher: FakeTeacher
) -> None:
    await teach(api, adapter, runId="mine")
    made = await api.post("models", json={"model": {"baseModelId": base, "name": "other"}})
    refused = await teach(api, made.json()["id"], runId="mine")
    assert refused.status_code == 400
    assert "run id" in refused.json()["message"]
    assert len(teacher.jobs) == 1


async def test_a_run_can_be_looked_at_while_it_runs_and_after(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    teacher.going.clear()
    run = asyncio.create_task(teach(api, adapter, runId="looked at"))
    await teacher.begun.wait()
    running = (await api.get("runs/looked%20at")).json()
    assert running["state"] == "running"
    assert running["progress"]["state"] == "training"
    assert running["losses"] == [2.5]
    teacher.going.set()
    taught = (await run).json()
    done = (await api.get("runs/looked%20at")).json()
    assert done["state"] == "done"
    assert done["result"] == taught
    assert done["modelId"] == adapter


@pytest.mark.parametrize("states", [["running"], ["running", "queued"]])
async def test_a_cancelled_run_leaves_the_adapter_as_it_was(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher, states: list[str]
) -> None:
    before = await ask(api, adapter)
    teacher.going.clear()
    ids = [f"cancelled {state} of {len(states)}" for state in states]
    runs = [asyncio.create_task(teach(api, adapter, runId=run_id)) for run_id in ids]
    await teacher.begun.wait()
    for run_id in reversed(ids):
        cancelled = (await api.post(f"runs/{run_id}/cancel")).json()
        assert cancelled["state"] == "cancelled"
        assert "cancelled" in cancelled["error"]["message"]
    for run in runs:
        assert (await run).status_code == 409
    assert await ask(api, adapter) == before
    assert (await api.get(f"models/{adapter}/versions")).json()["versions"] == []
    again = (await api.post(f"runs/{ids[0]}/cancel")).json()
    assert again["state"] == "cancelled"


async def test_a_run_that_has_not_even_begun_can_be_cancelled(
    inside: Engine, adapter: str, teacher: FakeTeacher
) -> None:
    body = FineTune.model_validate({"samples": [SAMPLE], "runId": "not begun"})
    run = inside.runs.begin(inside.adapter(adapter), body)
    await inside.runs.cancel(run)
    assert run.status.state is RunState.CANCELLED
    assert not teacher.jobs


async def test_a_run_whose_teacher_still_starts_is_cancelled_at_once(
    inside: Engine, adapter: str, teacher: FakeTeacher
) -> None:
    teacher.starting = True
    body = FineTune.model_validate({"samples": [SAMPLE], "runId": "teacher starts"})
    run = inside.runs.begin(inside.adapter(adapter), body)
    await teacher.begun.wait()
    await inside.runs.cancel(run)
    assert run.status.state is RunState.CANCELLED
    assert not teacher.cancelled


async def test_a_client_that_leaves_cancels_nothing(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    teacher.going.clear()
    leaving = asyncio.create_task(teach(api, adapter, runId="left alone"))
    await teacher.begun.wait()
    leaving.cancel()
    await asyncio.wait({leaving})
    teacher.going.set()
    assert (await teach(api, adapter, runId="left alone")).json()["version"] == 1


async def test_a_version_may_be_held_back_as_a_candidate(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    before = await ask(api, adapter)
    await teach(api, adapter, goLive=False)
    (version,) = (await api.get(f"models/{adapter}/versions")).json()["versions"]
    assert (version["number"], version["live"], version["candidate"]) == (1, False, True)
    assert await ask(api, adapter) == before
    assert (await ask(api, adapter, version=1))["generatedOutput"] != before["generatedOutput"]
    assert teacher.jobs


async def test_training_goes_on_from_the_live_version_with_all_its_samples(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    first = {"id": "a", "inputs": "first"}
    second = {"id": "b", "inputs": "second", "fineTuningParameters": {"multiplier": 2.0}}
    await teach(api, adapter, samples=[first, second])
    await teach(api, adapter, samples=[{"id": "a", "inputs": "first, again"}])
    await teach(api, adapter, samples=[], withdraw=["b"])
    texts = [
        [(sample.segments[0].text, sample.counted) for sample in job.samples]
        for job in teacher.jobs
    ]
    assert texts == [
        [("first", True), ("second", True)],
        [("second", False), ("first, again", True)],
        [("first, again", False)],
    ]
    assert [job.samples[-1].multiplier for job in teacher.jobs] == [2.0, 1.0, 1.0]
    begun_from = [job.parent and job.parent.name for job in teacher.jobs]
    assert begun_from == [None, "1", None], "what was withdrawn may be in the weights"
    versions = (await api.get(f"models/{adapter}/versions")).json()["versions"]
    assert [(v["number"], v["parent"], v["samples"]) for v in versions] == [
        (1, 0, 2),
        (2, 1, 2),
        (3, 2, 1),
    ]


async def test_the_trainer_gets_the_adapters_settings_and_the_requests(
    api: httpx.AsyncClient, base: str, teacher: FakeTeacher
) -> None:
    settings = {
        "loraHyperparameters": {"rank": 17},
        "trainingArguments": {"learningRate": 0.00001},
    }
    body = {"model": {"baseModelId": base, "name": "n"}, "initialHyperparameters": settings}
    adapter = (await api.post("models", json=body)).json()["id"]
    await teach(api, adapter, seed=3, maxSeconds=20, runId="with settings")
    await teach(api, adapter)
    mine, plain = teacher.jobs
    assert (mine.rank, mine.learning_rate) == (17, 0.00001)
    assert (mine.seed, mine.max_seconds, mine.local) == (3, 20, True)
    assert (plain.seed, plain.local) == (0, False)


@pytest.mark.parametrize(
    ("body", "refusal"),
    [
        ({"samples": []}, MALFORMED),
        ({"samples": None}, MALFORMED),
        ({"samples": [{"inputs": ""}]}, MALFORMED),
        ({"samples": [{"inputs": [{"value": ""}]}]}, MALFORMED),
        ({"samples": [{**SAMPLE, "fineTuningParameters": {"multiplier": 0}}]}, MALFORMED),
        ({"samples": [SAMPLE], "maxSeconds": 0}, MALFORMED),
        ({"samples": [{"inputs": []}]}, IMPOSSIBLE),
        ({"samples": [{"inputs": [{"value": "a", "trainable": False}]}]}, IMPOSSIBLE),
        ({"samples": [], "withdraw": ["unknown"]}, IMPOSSIBLE),
    ],
    ids=str,
)
async def test_what_cannot_be_taught_is_refused(
    api: httpx.AsyncClient,
    adapter: str,
    teacher: FakeTeacher,
    body: dict[str, Any],
    refusal: tuple[int, str],
) -> None:
    refused = await api.post(f"models/{adapter}/fine-tune", json=body)
    assert (refused.status_code, refused.json()["type"]) == refusal
    assert not teacher.jobs


@pytest.mark.parametrize(
    ("model", "status", "kind"),
    [
        ("smollm2-135m-instruct", 400, "modelIncapableOfFineTuning"),
        ("none", 404, "unknownModelAdapter"),
    ],
)
async def test_only_an_adapter_is_taught(
    api: httpx.AsyncClient, teacher: FakeTeacher, model: str, status: int, kind: str
) -> None:
    refused = await teach(api, model)
    assert (refused.status_code, refused.json()["type"]) == (status, kind)
    assert not teacher.jobs


@pytest.mark.parametrize(
    ("failure", "refusal"),
    [
        (NanLoss("The loss is no number."), (422, "nanLoss")),
        (Unteachable("The sample is too long."), (422, "unprocessableContent")),
        (TrainingFailed("The process died.", "detail"), (500, "failed")),
        (RuntimeError("a secret"), (500, "failed")),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_a_training_that_fails_is_told_and_the_next_one_runs(
    api: httpx.AsyncClient,
    adapter: str,
    teacher: FakeTeacher,
    failure: Exception,
    refusal: tuple[int, str],
) -> None:
    teacher.fails = failure
    run_id = f"failing with {type(failure).__name__}"
    for _ in range(2):
        failed = await teach(api, adapter, runId=run_id)
        assert (failed.status_code, failed.json()["type"]) == refusal
        assert "secret" not in failed.text
    streamed = await api.post(
        f"models/{adapter}/fine-tune", json={"samples": [SAMPLE], "runId": run_id}, headers=EVENTS
    )
    assert events(streamed.text)[-1][1]["status"] == refusal[0]
    teacher.fails = None
    assert (await teach(api, adapter)).json()["version"] == 1


async def test_a_full_disk_is_told_and_keeps_what_was(
    api: httpx.AsyncClient, adapter: str, teacher: FakeTeacher
) -> None:
    with full_disk():
        refused = await teach(api, adapter)
    assert refused.status_code == 507
    assert "make room" in refused.json()["message"]
    assert not teacher.jobs
    with ExitStack() as full:
        teacher.at_the_end = lambda: full.enter_context(full_disk())
        failed = await teach(api, adapter)
    assert failed.status_code == 507
    assert "The adapter is as it was" in failed.json()["message"]
    assert (await ask(api, adapter))["version"] == 0
    teacher.reset()
    assert (await teach(api, adapter)).json()["version"] == 1


async def test_deleting_an_adapter_stops_what_is_being_taught_to_it(
    api: httpx.AsyncClient, adapter: str, inside: Engine, teacher: FakeTeacher
) -> None:
    teacher.going.clear()
    run = asyncio.create_task(teach(api, adapter, runId="of a deleted adapter"))
    await teacher.begun.wait()
    assert (await api.delete(f"models/{adapter}")).status_code == 200
    assert (await run).status_code == 409
    with pytest.raises(Exception, match="no adapter"):
        inside.adapter(adapter)


async def test_an_unknown_run_is_not_found(api: httpx.AsyncClient) -> None:
    assert (await api.get("runs/none")).status_code == 404
    assert (await api.post("runs/none/cancel")).status_code == 404
