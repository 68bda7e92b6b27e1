"""The client and GradientLLM with the real engine, on the real model."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import pytest
from langchain_core.prompts import PromptTemplate
from pydantic import SecretStr

from lib.gradient.client import Client, Server
from lib.gradient.errors import BadRequest, Forbidden, NotFound, Refused, Unauthorized
from lib.gradient.llm import GradientLLM
from lib.gradient.schemas import (
    Complete,
    Completed,
    FineTune,
    FineTuned,
    Progress,
    RunState,
    Sample,
    Token,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.conftest import RunningEngine

pytestmark = pytest.mark.model

PROMPT = PromptTemplate.from_template("Question: {question}\n\nAnswer: ")
GREEDY: dict[str, Any] = {"max_generated_token_count": 24, "temperature": 0.0}


@pytest.fixture
def client(engine: RunningEngine) -> Iterator[Client]:
    with Client(server(engine)) as client:
        yield client


@pytest.fixture
def base_id(client: Client) -> str:
    return client.list_models("fineTune", only_base=True)[-1].id


def server(engine: RunningEngine) -> Server:
    return Server(engine.url, SecretStr(engine.access_token), engine.workspace_id)


def llm(engine: RunningEngine, model_id: str, **parameters: object) -> GradientLLM:
    return GradientLLM(
        model=model_id,
        gradient_api_url=engine.url,
        gradient_access_token=SecretStr(engine.access_token),
        gradient_workspace_id=engine.workspace_id,
        model_kwargs={**GREEDY, **parameters},
    )


def test_the_engine_says_who_it_is_and_that_it_is_well(client: Client) -> None:
    info = client.info()
    assert info is not None
    assert {"stream", "progress", "versions"} <= set(info.extensions)
    assert client.health()


def test_a_streamed_answer_is_the_whole_one_in_tokens(client: Client, base_id: str) -> None:
    asked = Complete(query="The capital of France is", **GREEDY)
    *tokens, told = client.stream(base_id, asked)
    assert isinstance(told, Completed)
    texts = [token.text for token in tokens if isinstance(token, Token)]
    assert len(texts) > 3
    assert "".join(texts) == told.generated_output
    assert told.generated_output == client.complete(base_id, asked).generated_output


def test_langchain_streams_batches_and_stops(engine: RunningEngine, base_id: str) -> None:
    model = llm(engine, base_id, auto_template=True)
    chain = PROMPT | model
    question = {"question": "What is the capital of France?"}

    async def astream() -> list[str]:
        return [piece async for piece in chain.astream(question)]

    whole = chain.invoke(question)
    told = list(chain.stream(question))
    assert "Paris" in whole
    assert "".join(told) == whole
    assert len(told) > 1
    assert "".join(asyncio.run(astream())) == whole  # tokens may come in other pieces
    assert chain.batch([question] * 8) == [whole] * 8
    assert "Paris" not in (PROMPT | model.bind(stop=["Paris"])).invoke(question)


def test_what_is_taught_is_followed_and_answered(
    engine: RunningEngine, client: Client, base_id: str
) -> None:
    adapter_id = client.create_adapter(base_id, "follows along")
    text = "Question: Who minds the ferry?\n\nAnswer:  Young Septimus."
    *steps, learned = client.fine_tune_progress(
        adapter_id, FineTune(samples=[Sample(inputs=text)], run_id="ferry")
    )
    assert isinstance(learned, FineTuned)
    assert any(isinstance(step, Progress) for step in steps)
    assert learned.version == 1
    assert client.run("ferry").result is not None
    assert [version.live for version in client.versions(adapter_id)][-1]

    chain = PROMPT | llm(engine, adapter_id)
    question = {"question": "Who minds the ferry?"}
    assert "Septimus" in chain.invoke(question)
    assert "Septimus" not in (PROMPT | llm(engine, adapter_id, version=0)).invoke(question)
    client.delete_adapter(adapter_id)
    with pytest.raises(NotFound):
        chain.invoke(question)


def test_a_run_is_cancelled_while_it_is_followed(client: Client, base_id: str) -> None:
    adapter_id = client.create_adapter(base_id, "never taught")
    lesson = FineTune(samples=[Sample(inputs="Too late.")], run_id="cancelled")
    following = client.fine_tune_progress(adapter_id, lesson)
    assert isinstance(next(following), Progress)
    assert client.cancel_run("cancelled").state is RunState.CANCELLED
    with pytest.raises(Refused, match="cancelled") as raised:
        list(following)
    assert raised.value.status == 409
    assert client.versions(adapter_id) == []


def test_tokens_are_counted_by_the_model(client: Client, base_id: str) -> None:
    short, long = client.count_tokens(base_id, ["one", "one two three four"])
    assert 0 < short < long


def test_refusals_are_told_in_the_engines_own_words(
    engine: RunningEngine, client: Client, base_id: str
) -> None:
    with pytest.raises(NotFound, match="no adapter"):
        client.get_adapter("0" * 36 + "_model_adapter")
    with pytest.raises(BadRequest):
        client.complete(base_id, Complete(query="so many words " * 10_000))
    stranger = Server(engine.url, SecretStr("another-token"), engine.workspace_id)
    with Client(stranger) as client_of_a_stranger, pytest.raises(Unauthorized):
        client_of_a_stranger.list_models()
    elsewhere = Server(engine.url, SecretStr(engine.access_token), "another_workspace")
    with Client(elsewhere) as client_from_elsewhere, pytest.raises(Forbidden):
        client_from_elsewhere.list_models()
