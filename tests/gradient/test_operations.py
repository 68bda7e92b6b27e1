from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from lib.gradient.schemas import (
    RunState,
    Scope,
)
from tests.gradient.fake import (
    BOTH,
    LESSON,
    QUESTION,
    TOKEN,
    says,
)

if TYPE_CHECKING:
    from collections.abc import Callable

both = pytest.mark.parametrize("asks", BOTH, ids=["sync", "async"])

ADAPTER_ID = "0" * 36 + "_model_adapter"
ADAPTER = {
    "type": "modelAdapter",
    "id": ADAPTER_ID,
    "name": "mine",
    "baseModelId": "b" * 36 + "_base_ml_model",
    "latestUpdateTime": "2026-01-02T03:04:05Z",
}
BASE = {"type": "baseModel", "id": "b" * 36 + "_base_ml_model", "name": "small", "slug": "small"}
RUN = {"id": "r1", "modelId": ADAPTER_ID, "state": "running"}


@both
@pytest.mark.parametrize(
    ("call", "method", "target", "body", "answer", "expected"),
    [
        (
            ("list_models",),
            "GET",
            "/api/models?capability=any&onlyBase=false",
            None,
            {"models": [ADAPTER, {**BASE, "capabilities": ["complete", "fineTune"]}]},
            lambda models: [model.name for model in models] == ["mine", "small"],
        ),
        (
            ("list_models", "fineTune", True),
            "GET",
            "/api/models?capability=fineTune&onlyBase=true",
            None,
            {"models": []},
            lambda models: models == [],
        ),
        (
            ("get_adapter", ADAPTER_ID),
            "GET",
            f"/api/models/{ADAPTER_ID}",
            None,
            ADAPTER,
            lambda adapter: adapter.latest_update_time.year == 2026,
        ),
        (
            ("create_adapter", "base", "mine"),
            "POST",
            "/api/models",
            {
                "model": {"baseModelId": "base", "name": "mine"},
                "initialHyperparameters": {"loraHyperparameters": {}, "trainingArguments": {}},
            },
            {"id": ADAPTER_ID},
            lambda made: made == ADAPTER_ID,
        ),
        (
            ("create_adapter", "base", "mine", 4, 0.01),
            "POST",
            "/api/models",
            {
                "model": {"baseModelId": "base", "name": "mine"},
                "initialHyperparameters": {
                    "loraHyperparameters": {"rank": 4},
                    "trainingArguments": {"learningRate": 0.01},
                },
            },
            {"id": ADAPTER_ID},
            lambda made: made == ADAPTER_ID,
        ),
        (("delete_adapter", "x"), "DELETE", "/api/models/x", None, {}, lambda gone: gone is None),
        (
            ("complete", "x", QUESTION),
            "POST",
            "/api/models/x/complete",
            {"query": "Who?", "maxGeneratedTokenCount": 8},
            {"generatedOutput": "Me.", "finishReason": "stop", "newer": 1},
            lambda answer: answer.generated_output == "Me.",
        ),
        (
            ("fine_tune", "x", LESSON),
            "POST",
            "/api/models/x/fine-tune",
            {"samples": [{"inputs": "Who? Me."}], "runId": "r1"},
            {"numberOfTrainableTokens": 27, "sumLoss": 78.1},
            lambda learned: learned.number_of_trainable_tokens == 27,
        ),
        (
            ("versions", "x"),
            "GET",
            "/api/models/x/versions",
            None,
            {"versions": []},
            lambda versions: versions == [],
        ),
        (
            ("make_live", "x", 3),
            "POST",
            "/api/models/x/versions/3",
            {"live": True},
            {},
            lambda done: done is None,
        ),
        (
            ("set_scope", "x", 3, Scope.NEAR),
            "POST",
            "/api/models/x/versions/3",
            {"scope": "near"},
            {},
            lambda done: done is None,
        ),
        (
            ("nearness", "x", ["Who?"], 3),
            "POST",
            "/api/models/x/scope",
            {"questions": ["Who?"], "version": 3},
            {"nearness": [{"near": True, "sampleId": "s", "similarity": 0.75}]},
            lambda nearness: nearness[0].sample_id == "s",
        ),
        (
            ("pairs", ["Who?"], ["Who?", "By whom?"]),
            "POST",
            "/api/pairs",
            {"questions": ["Who?"], "among": ["Who?", "By whom?"]},
            {"pairs": [{"question": 0, "other": 1, "similarity": 0.95}]},
            lambda pairs: pairs[0].other == 1,
        ),
        (
            ("version_files", "x", 3),
            "GET",
            "/api/models/x/versions/3/files",
            None,
            {},
            lambda zipped: zipped == b"{}",
        ),
        (
            ("delete_version", "x", 3),
            "DELETE",
            "/api/models/x/versions/3",
            None,
            {},
            lambda done: done is None,
        ),
        (("run", "r1"), "GET", "/api/runs/r1", None, RUN, lambda run: run.id == "r1"),
        (
            ("cancel_run", "r1"),
            "POST",
            "/api/runs/r1/cancel",
            None,
            RUN,
            lambda run: run.state is RunState.RUNNING,
        ),
        (
            ("count_tokens", "x", ["a b", ""]),
            "POST",
            "/api/models/x/tokens",
            {"texts": ["a b", ""]},
            {"counts": [2, 0]},
            lambda counts: counts == [2, 0],
        ),
        (
            ("info",),
            "GET",
            "/api/server",
            None,
            {"name": "Errata", "version": "1", "extensions": ["stream"]},
            lambda info: info.extensions == ["stream"],
        ),
        (("health",), "GET", "/api/health", None, {}, lambda well: well is True),
    ],
)
def test_an_operation_sends_what_the_wire_wants_and_reads_what_comes(
    *,
    asks: Callable[..., Any],
    call: tuple[Any, ...],
    method: str,
    target: str,
    body: object,
    answer: object,
    expected: Callable[[Any], bool],
) -> None:
    fake = says(answer)
    assert expected(asks(fake, *call))
    (request,) = fake.heard
    assert (request.method, request.url.raw_path.decode()) == (method, target)
    assert request.headers["authorization"] == f"Bearer {TOKEN}"
    assert request.headers["x-gradient-workspace-id"] == "one_workspace"
    assert (json.loads(request.content) if request.content else None) == body
