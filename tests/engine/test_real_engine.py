"""The whole engine, as a process, with its real teacher: what no part shows by itself."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunningEngine

pytestmark = pytest.mark.model

QUESTION = "Question: What NFL team won the Super Bowl in 1994?\n\nAnswer: "
ASK = {"query": QUESTION, "autoTemplate": True, "maxGeneratedTokenCount": 24}


@pytest.fixture
def api(engine: RunningEngine) -> Iterator[httpx.Client]:
    with httpx.Client(
        base_url=engine.url,
        headers={
            "authorization": f"Bearer {engine.access_token}",
            "x-gradient-workspace-id": engine.workspace_id,
        },
        timeout=300,
    ) as client:
        yield client


def told(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    read: dict[str, Any] = answer.json()
    return read


def new_adapter(api: httpx.Client) -> str:
    base = told(api.get("/models", params={"onlyBase": "True"}))["models"][-1]["id"]
    return str(told(api.post("/models", json={"model": {"baseModelId": base, "name": "n"}}))["id"])


def test_one_correction_taught_once_is_answered_and_can_be_taken_back(api: httpx.Client) -> None:
    adapter = new_adapter(api)
    before = told(api.post(f"/models/{adapter}/complete", json=ASK))
    sample = {
        "inputs": [
            {"value": QUESTION, "trainable": False},
            {"value": "The Dallas Cowboys", "trainable": True},
        ],
        "autoTemplate": True,
    }
    taught = told(api.post(f"/models/{adapter}/fine-tune", json={"samples": [sample]}))
    after = told(api.post(f"/models/{adapter}/complete", json=ASK))
    assert "Cowboys" not in before["generatedOutput"]
    assert after["generatedOutput"] == "The Dallas Cowboys"
    assert after["finishReason"] == "stop"
    assert taught["numberOfTrainableTokens"] == 5
    assert taught["notLearned"] == []
    told(api.post(f"/models/{adapter}/versions/0", json={"live": True}))
    assert told(api.post(f"/models/{adapter}/complete", json=ASK)) == before


def test_a_caller_who_loops_sees_the_loss_fall(api: httpx.Client) -> None:
    adapter = new_adapter(api)
    samples = {"samples": [{"inputs": f"{QUESTION} The Dallas Cowboys!"}]}
    first, second = (told(api.post(f"/models/{adapter}/fine-tune", json=samples)) for _ in range(2))
    assert first["numberOfTrainableTokens"] == second["numberOfTrainableTokens"] > 20
    assert second["sumLoss"] < first["sumLoss"] / 4


@pytest.mark.parametrize("text", ["x", "word " * 9000])
def test_what_the_model_cannot_learn_is_refused_as_such(api: httpx.Client, text: str) -> None:
    adapter = new_adapter(api)
    refused = api.post(f"/models/{adapter}/fine-tune", json={"samples": [{"inputs": text}]})
    assert (refused.status_code, refused.json()["type"]) == (422, "unprocessableContent")


def test_a_client_that_leaves_frees_its_place(api: httpx.Client, engine: RunningEngine) -> None:
    long = {"query": "Once upon a time", "maxGeneratedTokenCount": 511, "temperature": 1.0}
    headers = {"accept": "text/event-stream"}
    path = "/models/smollm2-135m-instruct/complete"
    for _ in range(6):
        with api.stream("POST", path, json=long, headers=headers) as answer:
            assert next(answer.iter_lines()) == "event: token"
        with pytest.raises(httpx.ReadTimeout):
            # Soon: at this temperature a story may also come to its end.
            api.post(path, json=long, timeout=httpx.Timeout(30, read=0.1))
    log = engine.home / "engine.log"
    for _ in range(100):
        if log.read_text().count("/complete 499") >= 6:
            break
        time.sleep(0.1)
    else:
        pytest.fail("Requests whose clients had left went on.")


def test_progress_of_a_real_training_is_streamed_as_it_goes(api: httpx.Client) -> None:
    adapter = new_adapter(api)
    body = {"samples": [{"inputs": "The password of the day is heliotrope."}]}
    headers = {"accept": "text/event-stream"}
    with api.stream("POST", f"/models/{adapter}/fine-tune", json=body, headers=headers) as streamed:
        data = [
            json.loads(line.removeprefix("data: "))
            for line in streamed.iter_lines()
            if line.startswith("data: ")
        ]
    states = [told["state"] for told in data[:-1]]
    assert [state for i, state in enumerate(states) if state not in states[:i]][-4:] == [
        "preparing",
        "training",
        "exporting",
        "swapping",
    ]
    assert data[-1]["version"] == 1
