from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import pytest

from lib.engine.wording import SPECIAL_TOKENS

if TYPE_CHECKING:
    import httpx

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]


async def ask(api: httpx.AsyncClient, model: str, **body: Any) -> dict[str, Any]:
    answer = await api.post(f"models/{model}/complete", json={"query": "One, two,", **body})
    assert answer.status_code == 200, answer.text
    told: dict[str, Any] = answer.json()
    return told


async def test_only_the_completion_is_answered_with_its_counts(
    api: httpx.AsyncClient, base: str
) -> None:
    told = await ask(api, base, maxGeneratedTokenCount=6)
    assert not told["generatedOutput"].startswith("One")
    assert told["finishReason"] == "length"
    assert told["generatedTokens"] == 6
    assert told["promptTokens"] == 4
    assert "version" not in told


async def test_greedy_is_the_same_twice_also_in_company(api: httpx.AsyncClient, base: str) -> None:
    questions = [f"Tell me about the number {n}." for n in range(6)]

    async def answers(*, together: bool) -> list[str]:
        asks = [
            ask(api, base, query=q, autoTemplate=True, maxGeneratedTokenCount=12) for q in questions
        ]
        told = await asyncio.gather(*asks) if together else [await one for one in asks]
        return [one["generatedOutput"] for one in told]

    alone = await answers(together=False)
    assert alone == await answers(together=False)
    assert alone == await answers(together=True)


async def test_a_seed_repeats_what_was_sampled(api: httpx.AsyncClient, base: str) -> None:
    sampled = {"temperature": 1.5, "maxGeneratedTokenCount": 12}
    first, again, other = [await ask(api, base, **sampled, seed=seed) for seed in (7, 7, 8)]
    assert first == again
    assert first != other


async def test_top_k_of_1_is_greedy_at_any_temperature(api: httpx.AsyncClient, base: str) -> None:
    few = {"maxGeneratedTokenCount": 8}
    assert await ask(api, base, **few) == await ask(api, base, **few, topK=1, temperature=2.0)


async def test_the_smallest_nucleus_is_greedy_at_any_temperature(
    api: httpx.AsyncClient, base: str
) -> None:
    few = {"maxGeneratedTokenCount": 8}
    assert await ask(api, base, **few) == await ask(api, base, **few, topP=0.0, temperature=2.0)


async def test_a_stop_word_ends_the_answer_before_it(api: httpx.AsyncClient, base: str) -> None:
    told = await ask(api, base, maxGeneratedTokenCount=30, stop=["three"])
    assert told["finishReason"] == "stop"
    assert told["generatedOutput"] == " or "


async def test_a_slug_names_a_base_model_too(api: httpx.AsyncClient, base: str) -> None:
    few = {"maxGeneratedTokenCount": 4}
    assert await ask(api, "smollm2-135m-instruct", **few) == await ask(api, base, **few)


@pytest.mark.parametrize(
    "query",
    [
        " ",
        "\n\n",
        "🙂🙃",
        "مرحبا بالعالم",
        "a\0b",
        "{braces}",
        "<|im_end|>",
        "\ufffe",
        "'; DROP --",
    ],
    ids=ascii,
)
async def test_any_text_is_answered(api: httpx.AsyncClient, base: str, query: str) -> None:
    for auto_template in (True, False):
        told = await ask(
            api, base, query=query, autoTemplate=auto_template, maxGeneratedTokenCount=3
        )
        assert isinstance(told["generatedOutput"], str)
    assert told["promptTokens"] <= len(query.encode()) + SPECIAL_TOKENS


async def test_a_query_beyond_the_context_is_refused_with_both_numbers(
    api: httpx.AsyncClient, base: str
) -> None:
    for events in ({}, {"accept": "text/event-stream"}):
        refused = await api.post(
            f"models/{base}/complete", json={"query": "a " * 50_000}, headers=events
        )
        assert refused.status_code == 422
        assert refused.json()["type"] == "unprocessableContent"
        assert "50001" in refused.json()["message"]
        assert "2048" in refused.json()["message"]


async def test_an_answer_is_cut_where_the_context_ends(api: httpx.AsyncClient, base: str) -> None:
    told = await ask(api, base, query="one two " * 1021, maxGeneratedTokenCount=511)
    assert told["finishReason"] == "length"
    assert told["promptTokens"] + told["generatedTokens"] <= 2048


@pytest.mark.parametrize(
    ("model", "body", "status", "kind"),
    [
        ("none", {}, 404, "unknownModelAdapter"),
        ("0" * 36 + "_model_adapter", {}, 404, "unknownModelAdapter"),
        ("smollm2-135m-instruct", {"version": 3}, 404, "unknownModelAdapter"),
        ("smollm2-135m-instruct", {"rag": {"collectionId": "c"}}, 404, "unknownRagCollection"),
    ],
)
async def test_what_is_not_there_is_told_in_the_apis_words(
    api: httpx.AsyncClient, model: str, body: dict[str, Any], status: int, kind: str
) -> None:
    refused = await api.post(f"models/{model}/complete", json={"query": "hi", **body})
    assert refused.status_code == status
    assert refused.json()["type"] == kind
    assert refused.json()["message"]


@pytest.mark.parametrize(
    "body", [b"", b"nope", b"[]", b'{"query": "\xff"}', b'{"query": "\\ud800"}']
)
async def test_a_body_that_is_not_json_is_told_with_its_place(
    api: httpx.AsyncClient, base: str, body: bytes
) -> None:
    refused = await api.post(f"models/{base}/complete", content=body)
    assert refused.status_code == 400
    assert refused.json()["type"] == "bodyParsingError"
    assert refused.json()["payload"]["validationError"]


async def test_a_stream_has_the_same_text_in_tokens(api: httpx.AsyncClient, base: str) -> None:
    whole = await ask(api, base, maxGeneratedTokenCount=8)
    streamed = await api.post(
        f"models/{base}/complete",
        json={"query": "One, two,", "maxGeneratedTokenCount": 8},
        headers={"accept": "text/event-stream"},
    )
    assert streamed.headers["content-type"].startswith("text/event-stream")
    events = [event.split("\n") for event in streamed.text.split("\n\n") if event]
    data = [json.loads(event[1].removeprefix("data: ")) for event in events]
    assert {event[0] for event in events[:-1]} == {"event: token"}
    assert events[-1][0] == "event: done"
    assert data[-1] == whole
    assert "".join(token["text"] for token in data[:-1]) == whole["generatedOutput"]


async def test_tokens_are_counted(api: httpx.AsyncClient, base: str) -> None:
    counted = await api.post(f"models/{base}/tokens", json={"texts": ["", "One, two,", "🙂\0"]})
    assert counted.json()["counts"][:2] == [0, 4]
    assert counted.json()["counts"][2] > 1
