from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    import httpx

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="session")]

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=32)


async def choose(api: httpx.AsyncClient, base: str, *choices: str, **more: Any) -> str:
    answer = await api.post(
        f"models/{base}/complete",
        json={
            "query": "Is the sky blue? Answer: ",
            "maxGeneratedTokenCount": 1,
            "guidance": {"type": "choice", "value": choices},
            **more,
        },
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["finishReason"] == "stop"
    return str(answer.json()["generatedOutput"])


@pytest.mark.parametrize(
    "choices",
    [
        ("yes", "no"),
        ('say "yes"', "no\\n"),
        ("a\nb", "c\td"),
        ("[x]", "]", "^"),
        ("да", "🙂", "נכון"),
        ("yes", "yes, it is", "yes, it is not"),
        ("\0", "\0\0"),
        ("same", "same"),
        ("<|im_end|>", "<|im_start|>"),
    ],
)
async def test_the_answer_is_one_choice_and_always_the_same(
    api: httpx.AsyncClient, base: str, choices: tuple[str, ...]
) -> None:
    first = await choose(api, base, *choices)
    assert first in choices
    assert first == await choose(api, base, *choices)


async def test_the_choice_is_the_models_own(api: httpx.AsyncClient, base: str) -> None:
    query = "Question: What is the capital of France?\nAnswer: The capital of France is "
    for cities in (("Berlin", "Paris", "Rome"), ("Rome", "Berlin", "Paris")):
        assert await choose(api, base, *cities, query=query) == "Paris"


async def test_a_high_temperature_chooses_one_or_another(api: httpx.AsyncClient, base: str) -> None:
    chosen = {
        await choose(api, base, "one", "two", "three", temperature=5.0, seed=seed)
        for seed in range(12)
    }
    assert len(chosen) > 1
    assert chosen <= {"one", "two", "three"}


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(choices=st.lists(TEXTS, min_size=1, max_size=4))
async def test_whatever_the_choices_are_one_is_answered_to_the_letter(
    api: httpx.AsyncClient, base: str, choices: list[str]
) -> None:
    assert await choose(api, base, *choices) in choices
