from __future__ import annotations

from typing import Any

import pytest

from lib.engine.wording import DEFAULT_TOKENS, SPECIAL_TOKENS, ChatTemplate, most_tokens, request
from lib.gradient.schemas import Complete

TEMPLATE = ChatTemplate(before="<user>", after="</user><model>", end="</model>")


def asked(**fields: Any) -> dict[str, Any]:
    return request(Complete(query="hi", **fields), TEMPLATE)


def test_without_sampling_fields_the_most_probable_token_is_taken() -> None:
    assert asked()["temperature"] == 0
    assert asked()["max_tokens"] == DEFAULT_TOKENS


@pytest.mark.parametrize("fields", [{"top_k": 5}, {"top_p": 0.9}])
def test_narrowing_the_choice_without_a_temperature_samples_at_1(fields: dict[str, Any]) -> None:
    assert asked(**fields)["temperature"] == 1


@pytest.mark.parametrize("top_k", [-3, 0])
def test_a_top_k_below_1_is_off(top_k: int) -> None:
    assert asked(top_k=top_k) == asked() | {"top_k": 0}


def test_the_template_is_put_around_the_query_only_when_asked_for() -> None:
    assert asked(auto_template=True)["prompt"] == "<user>hi</user><model>"
    for auto_template in (None, False):
        assert asked(auto_template=auto_template)["prompt"] == "hi"


def test_no_prompt_is_cached() -> None:
    assert asked()["cache_prompt"] is False


@pytest.mark.parametrize(
    ("prompt", "bytes_"), [("", 0), ("hi", 2), ("né", 3), (["hi", 17, 4], 4), ([], 0)]
)
def test_a_text_has_no_more_tokens_than_bytes(prompt: str | list[str | int], bytes_: int) -> None:
    assert most_tokens({"prompt": prompt, "max_tokens": 10}) == bytes_ + SPECIAL_TOKENS + 10
