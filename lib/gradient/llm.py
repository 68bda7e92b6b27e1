"""`GradientLLM`: models and adapters of a Gradient server in LangChain.

It takes what LangChain's own class of that name takes, and does more where the server can: it
streams token by token, asks for a version of an adapter, and stops at stop words. Importing this
module imports LangChain, which takes its time; nothing else in this package does.
"""

from __future__ import annotations

import os
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, TypedDict

import httpx  # noqa: TC002 - pydantic reads the annotation
from langchain_core.language_models.llms import BaseLLM
from langchain_core.outputs import Generation, GenerationChunk, LLMResult
from langchain_core.runnables.config import ContextThreadPoolExecutor
from langchain_core.runnables.utils import gather_with_concurrency
from pydantic import (
    ConfigDict,
    Field,
    PrivateAttr,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from lib.gradient.client import AsyncClient, Client, Server
from lib.gradient.errors import BadRequest, GradientError, unsendable
from lib.gradient.schemas import (
    Complete,
    Completed,
    FineTune,
    FineTuned,
    FineTuningParameters,
    Sample,
    Token,
)
from lib.gradient.stop_words import StopWords

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from langchain_core.callbacks import (
        AsyncCallbackManagerForLLMRun,
        CallbackManagerForLLMRun,
    )

AT_ONCE = 8
"""Prompts of a batch that are asked at the same time."""
PARAMETERS = frozenset(Complete.model_fields) - {"query"}
"""What `model_kwargs`, and keywords of a call, may hold."""
VARIABLES = {
    "gradient_api_url": "GRADIENT_API_URL",
    "gradient_access_token": "GRADIENT_ACCESS_TOKEN",
    "gradient_workspace_id": "GRADIENT_WORKSPACE_ID",
}


class TrainResult(TypedDict):
    """`loss`: the mean over the trainable tokens, before the first of them was learned."""

    loss: float


class GradientLLM(BaseLLM):
    """A base model or an adapter of a Gradient server.

        llm = GradientLLM(model=adapter_id, model_kwargs={"max_generated_token_count": 64})
        (prompt | llm).invoke({"question": "What NFL team won the Super Bowl in 1994?"})

    `model_kwargs`, and keywords of a call, are the fields of `Complete` in snake_case:
    `max_generated_token_count` (1 to 511), `temperature`, `top_k`, `top_p`, `auto_template`,
    `guidance`, `rag`, and from Errata's engine `version`, `seed`, `stop` and `question`.

    With a LangChain cache, answers are kept apart by server, workspace, model and every parameter,
    and by what this object itself has taught. What others teach an adapter, it cannot know: name a
    `version` where answers are cached for long.

    Raises:
        ValueError: while building, if a credential is missing or a parameter breaks a rule.
        GradientError: from every call that does not succeed.
    """

    model_config = ConfigDict(extra="forbid", hide_input_in_errors=True)

    model_id: str = Field(alias="model", min_length=2)
    """Id of a base model or of an adapter. The constructor takes it under both names."""
    gradient_api_url: str = ""
    """Base URL, which usually ends in `/api`; `GRADIENT_API_URL` if left out."""
    gradient_access_token: SecretStr = SecretStr("")
    """`GRADIENT_ACCESS_TOKEN` if left out."""
    gradient_workspace_id: str = ""
    """`GRADIENT_WORKSPACE_ID` if left out."""
    model_kwargs: dict[str, Any] | None = None
    transport: httpx.MockTransport | None = Field(default=None, exclude=True, repr=False)
    """What moves the bytes, instead of the network; for tests."""

    _taught: int = PrivateAttr(default=0)

    @model_validator(mode="before")
    @classmethod
    def _from_environment(cls, given: dict[str, Any]) -> dict[str, Any]:
        values = {"model" if name == "model_id" else name: given[name] for name in given}
        found = {
            name: values.get(name) or os.environ.get(variable)
            for name, variable in VARIABLES.items()
        }
        missing = [VARIABLES[name] for name, value in found.items() if not value]
        if missing:
            raise ValueError(
                f"GradientLLM needs {', '.join(missing)}: set the environment"
                f" variable{'s'[: len(missing) > 1]}, or give"
                f" {', '.join(name for name, value in found.items() if not value)}."
            )
        return {**values, **found}

    @field_validator("model_kwargs")
    @classmethod
    def _parameters_keep_the_rules(cls, value: dict[str, Any] | None) -> dict[str, Any] | None:
        try:
            _complete("any", value or {})
        except BadRequest as error:
            raise ValueError(error.message) from error
        return value

    @model_validator(mode="after")
    def _server_can_be_asked(self) -> GradientLLM:
        try:
            _ = self._server
        except GradientError as error:
            raise ValueError(error.message) from error
        return self

    @property
    def _llm_type(self) -> str:
        return "gradient"

    @property
    def _identifying_params(self) -> Mapping[str, Any]:
        """What tells one model's answers from another's; caches are keyed by it."""
        return {
            "gradient_api_url": self.gradient_api_url,
            "gradient_workspace_id": self.gradient_workspace_id,
            "model_id": self.model_id,
            "model_kwargs": self.model_kwargs or {},
            "taught": self._taught,
        }

    @property
    def _server(self) -> Server:
        return Server(self.gradient_api_url, self.gradient_access_token, self.gradient_workspace_id)

    # A client a call: connections then need no owner, and every thread and event loop has its own.
    def _client(self) -> Client:
        return Client(self._server, transport=self.transport)

    def _async_client(self) -> AsyncClient:
        return AsyncClient(self._server, transport=self.transport)

    # --- asking ----------------------------------------------------------------------------

    def generate(
        self, prompts: list[str], stop: list[str] | None = None, *args: Any, **kwargs: Any
    ) -> LLMResult:
        """Answer prompts. Keywords of the call count as `model_kwargs`, in caches too."""
        settled, others = self._settled(kwargs)
        return super(GradientLLM, settled).generate(prompts, stop, *args, **others)

    async def agenerate(
        self, prompts: list[str], stop: list[str] | None = None, *args: Any, **kwargs: Any
    ) -> LLMResult:
        """Answer prompts. Keywords of the call count as `model_kwargs`, in caches too."""
        settled, others = self._settled(kwargs)
        return await super(GradientLLM, settled).agenerate(prompts, stop, *args, **others)

    def _settled(self, kwargs: dict[str, Any]) -> tuple[GradientLLM, dict[str, Any]]:
        """This model with a call's parameters for its own, and the call's other keywords."""
        parameters = {name: value for name, value in kwargs.items() if name in PARAMETERS}
        others = {name: value for name, value in kwargs.items() if name not in PARAMETERS}
        settled = self.model_copy(
            update={"model_kwargs": {**(self.model_kwargs or {}), **parameters}}
        )
        return settled, others

    def _generate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,  # noqa: ARG002 - LangChain's signature
        **kwargs: Any,
    ) -> LLMResult:
        asked = [self._asked(prompt, stop, kwargs) for prompt in prompts]
        with self._client() as client, ContextThreadPoolExecutor(AT_ONCE) as threads:
            answers = list(threads.map(lambda body: client.complete(self.model_id, body), asked))
        return _result(asked, answers)

    async def _agenerate(
        self,
        prompts: list[str],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,  # noqa: ARG002 - the same
        **kwargs: Any,
    ) -> LLMResult:
        asked = [self._asked(prompt, stop, kwargs) for prompt in prompts]
        async with self._async_client() as client:
            answers = await gather_with_concurrency(
                AT_ONCE, *(client.complete(self.model_id, body) for body in asked)
            )
        return _result(asked, answers)

    def _stream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[GenerationChunk]:
        asked = self._asked(prompt, stop, kwargs)
        told = _Told(asked)
        with self._client() as client, closing(client.stream(self.model_id, asked)) as events:
            for event in events:
                chunk = told.hear(event)
                if run_manager is not None and chunk.text:
                    run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
                if told.over:
                    break

    async def _astream(
        self,
        prompt: str,
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[GenerationChunk]:
        asked = self._asked(prompt, stop, kwargs)
        told = _Told(asked)
        async with (
            self._async_client() as client,
            aclosing(client.stream(self.model_id, asked)) as events,
        ):
            async for event in events:
                chunk = told.hear(event)
                if run_manager is not None and chunk.text:
                    await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
                yield chunk
                if told.over:
                    break

    def _asked(self, prompt: str, stop: list[str] | None, kwargs: Mapping[str, Any]) -> Complete:
        parameters = {**(self.model_kwargs or {}), **kwargs}
        if stop is not None:
            parameters["stop"] = stop
        return _complete(prompt, parameters)

    # --- teaching --------------------------------------------------------------------------

    def train_unsupervised(
        self, inputs: Sequence[str], multipliers: Sequence[float] | None = None
    ) -> TrainResult:
        """Teach the adapter these texts, as they stand.

        Args:
            inputs: whole texts, prompt and answer.
            multipliers: the weight of each, above 0; as many as there are inputs.
        """
        body = _fine_tune(inputs, multipliers)
        with self._client() as client:
            return self._learned(client.fine_tune(self.model_id, body))

    async def atrain_unsupervised(
        self, inputs: Sequence[str], multipliers: Sequence[float] | None = None
    ) -> TrainResult:
        """`train_unsupervised`, awaited."""
        body = _fine_tune(inputs, multipliers)
        async with self._async_client() as client:
            return self._learned(await client.fine_tune(self.model_id, body))

    def _learned(self, answer: FineTuned) -> TrainResult:
        self._taught += 1
        return TrainResult(loss=answer.sum_loss / max(answer.number_of_trainable_tokens, 1))


class _Told:
    """An answer as it is told: events in, chunks out. `over` when nothing more is wanted."""

    def __init__(self, asked: Complete) -> None:
        self._stop_words = StopWords(asked.stop or ())
        self.over = False

    def hear(self, event: Token | Completed) -> GenerationChunk:
        if isinstance(event, Token):
            text = self._stop_words.feed(event.text)
            self.over = self._stop_words.met
            info = {"finish_reason": "stop"} if self.over else None
            return GenerationChunk(text=text, generation_info=info)
        self.over = True
        return GenerationChunk(text=self._stop_words.rest(), generation_info=_about(event))


def _complete(prompt: str, parameters: Mapping[str, Any]) -> Complete:
    unknown = sorted(set(parameters) - PARAMETERS)
    if unknown:
        raise BadRequest(
            f"GradientLLM does not know {', '.join(unknown)}. It takes"
            f" {', '.join(sorted(PARAMETERS))}."
        )
    try:
        return Complete.model_validate({**parameters, "query": prompt})
    except ValidationError as error:
        raise unsendable(error) from error


def _fine_tune(inputs: Sequence[str], multipliers: Sequence[float] | None) -> FineTune:
    weights = [None] * len(inputs) if multipliers is None else multipliers
    if len(weights) != len(inputs):
        raise BadRequest(
            f"Nothing was sent: {len(inputs)} inputs came with {len(weights)} multipliers. Give one"
            " for each input, or none."
        )
    try:
        return FineTune(
            samples=[
                Sample(
                    inputs=text,
                    fine_tuning_parameters=None
                    if weight is None
                    else FineTuningParameters(multiplier=weight),
                )
                for text, weight in zip(inputs, weights, strict=True)
            ]
        )
    except ValidationError as error:
        raise unsendable(error) from error


def _about(answer: Completed) -> dict[str, Any]:
    """What is known of an answer besides its text."""
    return answer.model_dump(mode="json", exclude={"generated_output"}, exclude_none=True)


def _result(asked: Sequence[Complete], answers: Sequence[Completed]) -> LLMResult:
    generations = []
    for body, answer in zip(asked, answers, strict=True):
        stop_words = StopWords(body.stop or ())
        text = stop_words.feed(answer.generated_output) + stop_words.rest()
        info = {**_about(answer), **({"finish_reason": "stop"} if stop_words.met else {})}
        generations.append([Generation(text=text, generation_info=info)])
    return LLMResult(generations=generations)
