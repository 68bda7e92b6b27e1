"""The operations of the Gradient API, as values: what to send, and how the answer is read.

Nothing here sends anything; `client` does, in one way for each kind of caller. Paths are below the
API's base URL. Every function returns a value and raises `BadRequest` if an argument breaks a rule
of the API already here.
"""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar
from urllib.parse import quote

from pydantic import ValidationError

from lib.gradient.errors import (
    GradientError,
    NotFound,
    NotUnderstood,
    refusal,
    unsendable,
)
from lib.gradient.schemas import (
    AdapterItem,
    AdapterModel,
    Asked,
    AskNearness,
    AskPairs,
    BaseModelItem,
    Capability,
    ChangeVersion,
    Complete,
    Completed,
    CountTokens,
    CreateAdapter,
    CreatedAdapter,
    FineTune,
    FineTuned,
    InitialHyperparameters,
    LoraHyperparameters,
    ModelList,
    Nearness,
    NearnessList,
    Pair,
    PairList,
    Progress,
    RunStatus,
    Scope,
    ServerInfo,
    Token,
    TokenCounts,
    TrainingArguments,
    Version,
    VersionList,
    Wire,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

LIST_SECONDS = 30.0
COMPLETE_SECONDS = 120.0
"""Also what changing a version or cancelling may take: they wait for what is under way."""
FINE_TUNE_SECONDS = 3600.0

Answer = TypeVar("Answer")
Event = TypeVar("Event")


@dataclass(frozen=True)
class Operation(Generic[Answer]):
    """One request and the reading of its answer.

    `seconds` is the longest pause that the server may make before and within its answer.
    `instead` maps errors that mean something to what they mean: they are answers, not failures.
    """

    method: str
    path: str
    read: Callable[[bytes], Answer]
    body: Asked | None = None
    query: Mapping[str, str] = field(default_factory=dict)
    seconds: float = LIST_SECONDS
    repeatable: bool = False
    instead: Mapping[type[GradientError], Answer] = field(default_factory=dict)

    def meaning(self, error: GradientError) -> Answer:
        """What an error of one of the kinds in `instead` means; the first that fits."""
        return next(answer for kind, answer in self.instead.items() if isinstance(error, kind))


@dataclass(frozen=True)
class Streamed(Generic[Event, Answer]):
    """An operation whose answer comes in events, if the server can do that.

    A server that cannot gives its one answer; `whole` says which events that amounts to.
    `last` is the name of the event that ends a stream.
    """

    operation: Operation[Answer]
    events: Mapping[str, Callable[[bytes], Event]]
    whole: Callable[[Answer], list[Event]]
    last: str = "done"

    def read(self, name: str, data: str) -> Event | None:
        """One event; None for a name that a newer server may have added.

        Raises:
            GradientError: what an `error` event says.
            NotUnderstood: the data is not what the name promises.
        """
        if name == "error":
            raise refusal(None, data)
        return self.events[name](data.encode()) if name in self.events else None


# --- models and adapters -------------------------------------------------------------------


def list_models(
    capability: str = Capability.ANY,
    only_base: bool = False,  # noqa: FBT001, FBT002 - the API's own parameter
) -> Operation[list[BaseModelItem | AdapterItem]]:
    """Base models and adapters; `capability` is `any`, `complete` or `fineTune`."""
    return Operation(
        "GET",
        "/models",
        lambda raw: _reader(ModelList)(raw).models,
        query={"capability": capability, "onlyBase": str(only_base).lower()},
        repeatable=True,
    )


def get_adapter(adapter_id: str) -> Operation[AdapterItem]:
    """One adapter. A base model is not one: `NotFound`."""
    return Operation("GET", _model(adapter_id), _reader(AdapterItem), repeatable=True)


def create_adapter(
    base_model_id: str, name: str, rank: int | None = None, learning_rate: float | None = None
) -> Operation[str]:
    """A new adapter's id. `rank` 1 to 32, `learning_rate` between 0 and 1; None: the server's."""
    with _checked():
        body = CreateAdapter(
            model=AdapterModel(base_model_id=base_model_id, name=name),
            initial_hyperparameters=InitialHyperparameters(
                lora_hyperparameters=LoraHyperparameters(rank=rank),
                training_arguments=TrainingArguments(learning_rate=learning_rate),
            ),
        )
    return Operation("POST", "/models", lambda raw: _reader(CreatedAdapter)(raw).id, body)


def delete_adapter(adapter_id: str) -> Operation[None]:
    """Delete an adapter with all its versions."""
    return Operation("DELETE", _model(adapter_id), _nothing, repeatable=True)


# --- complete ------------------------------------------------------------------------------


def complete(model_id: str, body: Complete) -> Operation[Completed]:
    """The whole answer of a base model or an adapter."""
    return Operation(
        "POST", f"{_model(model_id)}/complete", _reader(Completed), body, seconds=COMPLETE_SECONDS
    )


def stream(model_id: str, body: Complete) -> Streamed[Token | Completed, Completed]:
    """The answer in tokens as they come, then `Completed` with the same text whole.

    A plain server gives one token, which is the whole text, and then `Completed`.
    """
    return Streamed(
        complete(model_id, body),
        {"token": _reader(Token), "done": _reader(Completed)},
        lambda answer: [Token(text=answer.generated_output), answer],
    )


# --- fine-tune -----------------------------------------------------------------------------


def fine_tune(adapter_id: str, body: FineTune) -> Operation[FineTuned]:
    """Teach an adapter; the answer comes when it has been taught."""
    return Operation(
        "POST",
        f"{_model(adapter_id)}/fine-tune",
        _reader(FineTuned),
        body,
        seconds=FINE_TUNE_SECONDS,
    )


def fine_tune_progress(
    adapter_id: str, body: FineTune
) -> Streamed[Progress | FineTuned, FineTuned]:
    """Teach an adapter; progress as it is made, then `FineTuned`. A plain server gives the last."""
    return Streamed(
        fine_tune(adapter_id, body),
        {"progress": _reader(Progress), "done": _reader(FineTuned)},
        lambda answer: [answer],
    )


# --- what only Errata's engine has ---------------------------------------------------------


def versions(adapter_id: str) -> Operation[list[Version]]:
    """An adapter's versions, oldest first."""
    return Operation(
        "GET",
        f"{_model(adapter_id)}/versions",
        lambda raw: _reader(VersionList)(raw).versions,
        repeatable=True,
    )


def make_live(adapter_id: str, number: int) -> Operation[None]:
    """Answer with this version from now on; 0 is the base model."""
    return _change_version(adapter_id, number, ChangeVersion(live=True))


def set_scope(adapter_id: str, number: int, scope: Scope) -> Operation[None]:
    """Where a version applies."""
    return _change_version(adapter_id, number, ChangeVersion(scope=scope))


def nearness(
    adapter_id: str, questions: list[str], version: int | None = None
) -> Operation[list[Nearness]]:
    """Which correction each question is near to; None: of the live version."""
    with _checked():
        body = AskNearness(questions=questions, version=version)
    return Operation(
        "POST",
        f"{_model(adapter_id)}/scope",
        lambda raw: _reader(NearnessList)(raw).nearness,
        body,
        seconds=COMPLETE_SECONDS,
    )


def pairs(questions: list[str], among: list[str]) -> Operation[list[Pair]]:
    """Which questions are near which others in meaning, but for their own texts."""
    with _checked():
        body = AskPairs(questions=questions, among=among)
    return Operation(
        "POST", "/pairs", lambda raw: _reader(PairList)(raw).pairs, body, seconds=COMPLETE_SECONDS
    )


def version_files(adapter_id: str, number: int) -> Operation[bytes]:
    """A version as a PEFT folder in a zip."""
    return Operation("GET", f"{_version(adapter_id, number)}/files", bytes, repeatable=True)


def delete_version(adapter_id: str, number: int) -> Operation[None]:
    """Delete a version that is not live."""
    return Operation("DELETE", _version(adapter_id, number), _nothing, repeatable=True)


def run(run_id: str) -> Operation[RunStatus]:
    """How a fine-tune stands, by the id that the client gave it."""
    return Operation("GET", f"/runs/{_segment(run_id)}", _reader(RunStatus), repeatable=True)


def cancel_run(run_id: str) -> Operation[RunStatus]:
    """Stop a fine-tune; the adapter stays as it was."""
    return Operation(
        "POST",
        f"/runs/{_segment(run_id)}/cancel",
        _reader(RunStatus),
        seconds=COMPLETE_SECONDS,
    )


def count_tokens(model_id: str, texts: list[str]) -> Operation[list[int]]:
    """Number of tokens of each text, in the model's own tokenizer."""
    with _checked():
        body = CountTokens(texts=texts)
    return Operation(
        "POST", f"{_model(model_id)}/tokens", lambda raw: _reader(TokenCounts)(raw).counts, body
    )


def info() -> Operation[ServerInfo | None]:
    """Who answers, and with which extensions; None from a plain Gradient server."""
    return Operation(
        "GET", "/server", _reader(ServerInfo), repeatable=True, instead={NotFound: None}
    )


def health() -> Operation[bool]:
    """Whether the server can answer questions; a plain server that says anything at all can."""
    return Operation(
        "GET", "/health", lambda _: True, instead={NotFound: True, GradientError: False}
    )


# --- parts ---------------------------------------------------------------------------------


def _change_version(adapter_id: str, number: int, body: ChangeVersion) -> Operation[None]:
    return Operation("POST", _version(adapter_id, number), _nothing, body, seconds=COMPLETE_SECONDS)


def _version(adapter_id: str, number: int) -> str:
    return f"{_model(adapter_id)}/versions/{number}"


def _model(model_id: str) -> str:
    return f"/models/{_segment(model_id)}"


def _segment(text: str) -> str:
    """An id as one segment of a path, which it can neither leave nor remove, whatever is in it."""
    return quote(text, safe="").replace(".", "%2E") or "%20"


_AnyWire = TypeVar("_AnyWire", bound=Wire)


def _reader(shape: type[_AnyWire]) -> Callable[[bytes], _AnyWire]:
    def read(raw: bytes) -> _AnyWire:
        try:
            return shape.model_validate_json(raw)
        except ValidationError as error:
            raise NotUnderstood(
                "The server answered, but not as the Gradient API does. Check its address: it"
                " usually ends in /api.",
                detail=str(error.errors(include_url=False, include_input=False)),
            ) from error

    return read


def _nothing(_: bytes) -> None:
    """The answer of an operation that has none worth reading."""


@contextmanager
def _checked() -> Iterator[None]:
    try:
        yield
    except ValidationError as error:
        raise unsendable(error) from error
