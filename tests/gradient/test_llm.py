"""GradientLLM in LangChain. Its standard tests (langchain-tests) know chat models, embeddings,
tools and stores, but no plain LLM; what LangChain promises of one is checked here instead."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from langchain_core.caches import InMemoryCache
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import PromptTemplate

from lib.gradient.errors import BadRequest, GradientError, NotFound
from lib.gradient.llm import GradientLLM
from tests.gradient.fake import SERVER, TOKEN, Fake, events, says, streams

if TYPE_CHECKING:
    from langchain_core.outputs import LLMResult

ANSWER = {"generatedOutput": "The Dallas Cowboys.", "finishReason": "stop", "version": 3}
LEARNED = {"numberOfTrainableTokens": 20, "sumLoss": 50.0}
PROMPT = PromptTemplate.from_template("Question: {question}\n\nAnswer: ")


def llm(fake: Fake, **fields: Any) -> GradientLLM:
    return GradientLLM(
        **{
            "model": "an_adapter",
            "gradient_api_url": SERVER.url,
            "gradient_access_token": TOKEN,
            "gradient_workspace_id": "one_workspace",
            "transport": fake.transport,
            **fields,
        }
    )


def ours() -> Fake:
    return streams(
        events(
            ("token", {"text": "The Dal"}),
            ("token", {"text": "las Cowboys"}),
            ("token", {"text": "."}),
            ("done", ANSWER),
        )
    )


# --- building ------------------------------------------------------------------------------


def test_the_environment_gives_what_the_constructor_is_not_told(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRADIENT_API_URL", "http://gradient.test/other")
    monkeypatch.setenv("GRADIENT_ACCESS_TOKEN", "from-the-environment")
    monkeypatch.setenv("GRADIENT_WORKSPACE_ID", "its_workspace")
    fake = says(ANSWER)
    assert GradientLLM(model="m1", transport=fake.transport).invoke("Who?") == "The Dallas Cowboys."
    (request,) = fake.heard
    assert str(request.url) == "http://gradient.test/other/models/m1/complete"
    assert request.headers["authorization"] == "Bearer from-the-environment"
    told = GradientLLM(model="m1", gradient_api_url="http://told.test/api")
    assert told.gradient_api_url == "http://told.test/api"


def test_the_model_has_two_names() -> None:
    assert llm(says(ANSWER)).model_id == "an_adapter"
    assert llm(says(ANSWER), model_id="m2").model_id == "m2"


def test_every_missing_credential_is_named_at_once_and_none_is_shown(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRADIENT_API_URL", "http://gradient.test/api")
    monkeypatch.delenv("GRADIENT_ACCESS_TOKEN", raising=False)
    monkeypatch.setenv("GRADIENT_WORKSPACE_ID", "")
    with pytest.raises(ValueError, match="GRADIENT_ACCESS_TOKEN, GRADIENT_WORKSPACE_ID"):
        GradientLLM(model="m1")
    with pytest.raises(ValueError, match="GradientLLM needs GRADIENT_WORKSPACE_ID:") as raised:
        GradientLLM(model="m1", gradient_access_token=TOKEN)
    assert TOKEN not in str(raised.value)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"model": "x"}, "at least 2"),
        ({"temperature": 0.5}, "temperature"),
        ({"gradient_api_url": "gradient.test"}, "http://"),
        ({"model_kwargs": {"max_generated_token_count": 512}}, "max_generated_token_count"),
        ({"model_kwargs": {"max_generated_token_count": "many"}}, "max_generated_token_count"),
        ({"model_kwargs": {"temperature": -1}}, "temperature"),
        ({"model_kwargs": {"guidance": {"type": "cho", "value": ["a"]}}}, "guidance"),
        ({"model_kwargs": {"guidance": {"type": "choice", "value": []}}}, "guidance"),
        ({"model_kwargs": {"version": -1}}, "version"),
        ({"model_kwargs": {"max_tokens": 5}}, "does not know max_tokens"),
        ({"model_kwargs": {"query": "x"}}, "does not know query"),
    ],
)
def test_a_constructor_that_breaks_a_rule_says_which(fields: dict[str, Any], told: str) -> None:
    with pytest.raises(ValueError, match=told) as raised:
        llm(says(ANSWER), **fields)
    assert TOKEN not in str(raised.value)


def test_the_token_is_shown_nowhere() -> None:
    model = llm(says(ANSWER))
    assert TOKEN not in f"{model!r} {model} {model.asdict()} {model.model_dump()}"
    assert TOKEN not in model.model_dump_json()


def test_parameters_go_out_under_their_names_on_the_wire() -> None:
    fake = says(ANSWER)
    parameters = {
        "max_generated_token_count": 16,
        "temperature": 0.5,
        "top_k": 20,
        "top_p": 0.9,
        "auto_template": True,
        "version": 2,
        "seed": 7,
        "guidance": {"type": "choice", "value": ["yes", "no"]},
        "stop": [],
    }
    model = llm(fake, model_kwargs=parameters)
    model.invoke("Who?", temperature=0, stop=["\n"])
    assert fake.bodies == [
        {
            "query": "Who?",
            "maxGeneratedTokenCount": 16,
            "temperature": 0,
            "topK": 20,
            "topP": 0.9,
            "autoTemplate": True,
            "version": 2,
            "seed": 7,
            "guidance": {"type": "choice", "value": ["yes", "no"]},
            "stop": ["\n"],
        }
    ]


# --- asking --------------------------------------------------------------------------------


def test_it_answers_in_a_chain() -> None:
    fake = says(ANSWER)
    chain = PROMPT | llm(fake) | StrOutputParser()
    assert chain.invoke({"question": "Who?"}) == "The Dallas Cowboys."
    assert asyncio.run(chain.ainvoke({"question": "Who?"})) == "The Dallas Cowboys."
    assert [body["query"] for body in fake.bodies] == ["Question: Who?\n\nAnswer: "] * 2


def test_a_batch_keeps_its_order() -> None:
    def echo(request: httpx.Request) -> httpx.Response:
        return httpx.Response(200, json={"generatedOutput": request.content.decode()})

    model = llm(says(ANSWER), transport=httpx.MockTransport(echo))
    questions = [f"number {n}" for n in range(20)]
    for answers in (model.batch(list(questions)), asyncio.run(model.abatch(list(questions)))):
        assert all(question in answer for question, answer in zip(questions, answers, strict=True))


def test_an_answer_comes_with_what_is_known_of_it() -> None:
    result = llm(says(ANSWER)).generate(["Who?"])
    assert result.generations[0][0].generation_info == {"finish_reason": "stop", "version": 3}


@pytest.mark.parametrize("served", ["ours", "plain"])
def test_stream_and_astream_give_tokens_or_the_whole_text(served: str) -> None:
    expected = {
        "ours": ["The Dal", "las Cowboys", ".", ""],
        "plain": ["The Dallas Cowboys.", ""],
    }[served]
    fake = ours() if served == "ours" else says(ANSWER)
    chain = PROMPT | llm(fake)
    assert list(chain.stream({"question": "Who?"})) == expected

    async def astream() -> list[str]:
        return [piece async for piece in chain.astream({"question": "Who?"})]

    assert asyncio.run(astream()) == expected


@pytest.mark.parametrize("fake", [ours, lambda: says(ANSWER)], ids=["ours", "plain"])
@pytest.mark.parametrize(
    ("stop", "expected"),
    [
        (["las Cow"], "The Dal"),
        (["."], "The Dallas Cowboys"),
        (["D.llas"], "The Dallas Cowboys."),
        (["The"], ""),
    ],
)
def test_stop_words_are_taken_literally_by_any_server(
    fake: Any, stop: list[str], expected: str
) -> None:
    async def astream(model: GradientLLM) -> str:
        return "".join([piece async for piece in model.astream("Who?", stop=stop)])

    model = llm(fake())
    assert "".join(model.stream("Who?", stop=stop)) == expected
    assert "".join(model.bind(stop=stop).stream("Who?")) == expected
    assert asyncio.run(astream(model)) == expected
    if fake is not ours:
        assert model.invoke("Who?", stop=stop) == expected
        assert asyncio.run(model.ainvoke("Who?", stop=stop)) == expected


class Listener(BaseCallbackHandler):
    def __init__(self) -> None:
        self.tokens: list[str] = []
        self.ends: list[LLMResult] = []
        self.errors: list[BaseException] = []

    def on_llm_new_token(self, token: str | list[Any], **_: Any) -> None:
        self.tokens.append(str(token))

    def on_llm_end(self, response: LLMResult, **_: Any) -> None:
        self.ends.append(response)

    def on_llm_error(self, error: BaseException, **_: Any) -> None:
        self.errors.append(error)


class AsyncListener(AsyncCallbackHandler):
    def __init__(self) -> None:
        self.tokens: list[str] = []

    async def on_llm_new_token(self, token: str | list[Any], **_: Any) -> None:
        self.tokens.append(str(token))


def test_callbacks_hear_every_token_the_end_and_errors() -> None:
    listener = Listener()
    list(llm(ours()).stream("Who?", config={"callbacks": [listener]}))
    assert listener.tokens == ["The Dal", "las Cowboys", "."]
    generation = listener.ends[0].generations[0][0]
    assert generation.text == "The Dallas Cowboys."
    assert generation.generation_info == {"finish_reason": "stop", "version": 3}

    failing = llm(says({"message": "no such adapter"}, 404))
    with pytest.raises(NotFound):
        failing.invoke("Who?", config={"callbacks": [listener]})
    with pytest.raises(NotFound):
        list(failing.stream("Who?", config={"callbacks": [listener]}))
    assert [type(error) for error in listener.errors] == [NotFound, NotFound]


async def test_asynchronous_callbacks_hear_every_token() -> None:
    listener = AsyncListener()
    async for _ in llm(ours()).astream("Who?", config={"callbacks": [listener]}):
        pass
    assert listener.tokens == ["The Dal", "las Cowboys", "."]


@pytest.mark.parametrize(
    ("prompt", "kwargs", "told"),
    [
        ("", {}, "query"),
        ("Who?", {"max_generated_token_count": 9999}, "max_generated_token_count"),
        ("Who?", {"colour": "red"}, "does not know colour"),
    ],
)
def test_a_call_that_breaks_a_rule_says_so_and_sends_nothing(
    prompt: str, kwargs: dict[str, Any], told: str
) -> None:
    fake = says(ANSWER)
    with pytest.raises(BadRequest, match=told):
        llm(fake).invoke(prompt, **kwargs)
    with pytest.raises(BadRequest, match=told):
        list(llm(fake).stream(prompt, **kwargs))
    with pytest.raises(BadRequest, match=told):
        asyncio.run(llm(fake).ainvoke(prompt, **kwargs))
    assert fake.heard == []


def test_one_failure_of_a_batch_is_the_batchs() -> None:
    with pytest.raises(GradientError, match="too busy"):
        llm(says({"message": "too busy"}, 503)).batch(["a", "b", "c"])


# --- caches --------------------------------------------------------------------------------


def test_the_same_question_to_the_same_model_is_asked_once() -> None:
    fake = says(ANSWER)
    model = llm(fake, cache=InMemoryCache())
    assert model.invoke("Who?") == model.invoke("Who?") == asyncio.run(model.ainvoke("Who?"))
    assert len(fake.heard) == 1


def test_models_versions_servers_and_parameters_share_no_answer() -> None:
    fake, cache = says(ANSWER), InMemoryCache()
    different: list[dict[str, Any]] = [
        {},
        {"model": "another_adapter"},
        {"gradient_api_url": "http://gradient.test/v2"},
        {"gradient_workspace_id": "another"},
        {"model_kwargs": {"version": 1}},
        {"model_kwargs": {"version": 2}},
        {"model_kwargs": {"auto_template": True}},
    ]
    for fields in different:
        llm(fake, cache=cache, **fields).invoke("Who?")
    llm(fake, cache=cache).invoke("Who?", version=3)
    llm(fake, cache=cache).bind(version=4).invoke("Who?")
    asyncio.run(llm(fake, cache=cache).ainvoke("Who?", version=5))
    llm(fake, cache=cache).invoke("Who?", stop=["x"])
    assert len(fake.heard) == len(different) + 4


def test_what_was_answered_before_teaching_is_not_answered_after() -> None:
    fake = Fake(
        httpx.Response(200, json=ANSWER),
        httpx.Response(200, json=LEARNED),
        httpx.Response(200, json={**ANSWER, "generatedOutput": "Something new."}),
    )
    model = llm(fake, cache=InMemoryCache())
    assert model.invoke("Who?") == "The Dallas Cowboys."
    model.train_unsupervised(["Who? Something new."])
    assert model.invoke("Who?") == "Something new."


# --- teaching ------------------------------------------------------------------------------


def test_teaching_sends_the_texts_and_gives_the_mean_loss() -> None:
    fake = says(LEARNED)
    model = llm(fake)
    assert model.train_unsupervised(["one", "two"], multipliers=[1.0, 0.5]) == {"loss": 2.5}
    assert asyncio.run(model.atrain_unsupervised(["one"])) == {"loss": 2.5}
    assert fake.bodies == [
        {
            "samples": [
                {"inputs": "one", "fineTuningParameters": {"multiplier": 1.0}},
                {"inputs": "two", "fineTuningParameters": {"multiplier": 0.5}},
            ]
        },
        {"samples": [{"inputs": "one"}]},
    ]


def test_nothing_to_learn_is_no_loss() -> None:
    nothing = {"numberOfTrainableTokens": 0, "sumLoss": 0.0}
    assert llm(says(nothing)).train_unsupervised(["a"]) == {"loss": 0.0}


@pytest.mark.parametrize(
    ("inputs", "multipliers", "told"),
    [
        (["one", "two"], [1.0], "2 inputs came with 1 multipliers"),
        ([""], None, "inputs"),
        (["one"], [0.0], "multiplier"),
        (["one"], [float("nan")], "multiplier"),
    ],
)
def test_a_lesson_that_breaks_a_rule_is_not_sent(
    inputs: list[str], multipliers: list[float] | None, told: str
) -> None:
    fake = says(LEARNED)
    with pytest.raises(BadRequest, match=told):
        llm(fake).train_unsupervised(inputs, multipliers)
    assert fake.heard == []
