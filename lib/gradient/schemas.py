"""The Gradient web API's wire format, used by the client and by the engine alike.

Field names are snake_case here and camelCase on the wire. A request may send an explicit null
wherever a field is optional, and it means the same as leaving the field out; unknown fields are
ignored on both sides, so that older and newer peers understand each other.

Fields under a comment *Errata* are extensions. They are optional, and a plain Gradient client or
server never notices them.
"""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ID_LENGTH = 50
"""Length of every model's id; the SDK refuses any other, and with it the whole list."""
BASE_MODEL_SUFFIX = "_base_ml_model"
ADAPTER_SUFFIX = "_model_adapter"
MAX_GENERATED_TOKENS = 511
MAX_RANK = 32

Text = Annotated[str, Field(min_length=1)]


class Wire(BaseModel):
    """Anything that crosses the wire: camelCase there, unknown fields ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )

    def wire(self) -> dict[str, Any]:
        """The JSON object to send, without the fields that are not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Asked(Wire):
    """A request. Numbers are numbers and strings are strings: nothing is coerced."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)


# --- models and adapters -------------------------------------------------------------------


class Capability(StrEnum):
    """What a base model can do; `any` is only asked for, never answered."""

    ANY = "any"
    COMPLETE = "complete"
    FINE_TUNE = "fineTune"


class BaseModelItem(Wire):
    """A base model in the answer of `GET /models`."""

    type: Literal["baseModel"] = "baseModel"
    id: str
    name: str = ""
    slug: str
    capabilities: list[str] = []
    # Errata
    context_tokens: int | None = None


class AdapterItem(Wire):
    """An adapter in the answer of `GET /models`, and the whole answer of `GET /models/{id}`."""

    type: Literal["modelAdapter"] = "modelAdapter"
    id: str
    name: str
    base_model_id: str
    latest_update_time: datetime | None = None
    # Errata
    live_version: int | None = None


ModelItem = Annotated[BaseModelItem | AdapterItem, Field(discriminator="type")]


class ModelList(Wire):
    """Answer of `GET /models`."""

    models: list[ModelItem]


class AdapterModel(Asked):
    """What a new adapter is built on, and its name."""

    base_model_id: Text
    name: Text


class LoraHyperparameters(Asked):
    """`rank`: 1 to 32."""

    rank: Annotated[int, Field(gt=0, le=MAX_RANK)] | None = None


class TrainingArguments(Asked):
    """`learning_rate`: between 0 and 1, both ends excluded."""

    learning_rate: Annotated[float, Field(gt=0, lt=1)] | None = None


class InitialHyperparameters(Asked):
    """What a new adapter keeps for every fine-tune; the server chooses what is left out."""

    lora_hyperparameters: LoraHyperparameters | None = None
    training_arguments: TrainingArguments | None = None


class CreateAdapter(Asked):
    """Body of `POST /models`."""

    model: AdapterModel
    initial_hyperparameters: InitialHyperparameters | None = None


class CreatedAdapter(Wire):
    """Answer of `POST /models`."""

    id: str


# --- complete ------------------------------------------------------------------------------


class Guidance(Asked):
    """The output must be exactly one of `value`: 1 to 10 choices of 1 to 32 characters."""

    type: Literal["choice"]
    value: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=32)]],
        Field(min_length=1, max_length=10),
    ]


class Rag(Asked):
    """A collection to draw on. Part of the API, and not of this engine."""

    collection_id: Text


class Complete(Asked):
    """Body of `POST /models/{id}/complete`."""

    query: Text
    max_generated_token_count: Annotated[int, Field(gt=0, le=MAX_GENERATED_TOKENS)] | None = None
    temperature: Annotated[float, Field(ge=0)] | None = None
    top_k: int | None = None
    top_p: Annotated[float, Field(ge=0, le=1)] | None = None
    auto_template: bool | None = None
    guidance: Guidance | None = None
    rag: Rag | None = None
    # Errata
    version: Annotated[int, Field(ge=0)] | None = None
    """An adapter's version; 0 is its base model; left out, the live one."""
    stop: list[Text] | None = None
    seed: int | None = None
    question: Text | None = None
    """The question inside `query`, by which scope is decided."""


class Nearness(Wire):
    """Which correction a question is nearest to, and how near (0 to 1); `near` decides."""

    near: bool
    sample_id: str | None = None
    similarity: float | None = None


class AskNearness(Asked):
    """Body of `POST /models/{id}/scope`; the version's own scope changes nothing in the answer."""

    questions: list[Text]
    version: Annotated[int, Field(ge=0)] | None = None


class NearnessList(Wire):
    """Answer of `POST /models/{id}/scope`, in the order of the questions."""

    nearness: list[Nearness]


class Completed(Wire):
    """Answer of `POST /models/{id}/complete`."""

    generated_output: str
    finish_reason: str = ""
    # Errata
    version: int | None = None
    prompt_tokens: int | None = None
    generated_tokens: int | None = None
    scope: Nearness | None = None


class Token(Wire):
    """Data of an `event: token` while an answer is streamed.

    The last event is `done`, with a `Completed`, or `error`, with an `ErrorBody`.
    """

    text: str


# --- fine-tune -----------------------------------------------------------------------------


class Segment(Asked):
    """A piece of a sample; what is not `trainable` is context and carries no loss."""

    value: Text
    trainable: bool | None = None
    parse_special_tokens: bool | None = None


class FineTuningParameters(Asked):
    """`multiplier`: the sample's weight, above 0; 1 if left out."""

    multiplier: Annotated[float, Field(gt=0)] | None = None


class Sample(Asked):
    """One text to learn, as it stands, or in segments."""

    inputs: Text | list[Segment]
    fine_tuning_parameters: FineTuningParameters | None = None
    # Errata
    id: Text | None = None
    """The client's name for the sample; a later sample of the same id replaces it."""
    auto_template: bool | None = None
    """Train inside the chat template: the leading context is what the user says."""
    question: Text | None = None
    """The question inside the prompt, by which scope is decided."""


class Scope(StrEnum):
    """Where a version applies."""

    EVERYWHERE = "everywhere"
    NEAR = "near"


class FineTune(Asked):
    """Body of `POST /models/{id}/fine-tune`."""

    samples: list[Sample]
    # Errata
    run_id: Annotated[str, Field(min_length=1, max_length=64)] | None = None
    """Made by the client: the same id sent twice is one run."""
    withdraw: list[Text] | None = None
    """Ids of earlier samples that the new version must no longer hold."""
    scope: Scope | None = None
    go_live: bool | None = None
    """False keeps the new version as a candidate; it goes live otherwise."""
    seed: int | None = None
    max_seconds: Annotated[float, Field(gt=0)] | None = None


class FineTuned(Wire):
    """Answer of `POST /models/{id}/fine-tune`."""

    number_of_trainable_tokens: int
    sum_loss: float
    # Errata
    run_id: str | None = None
    version: int | None = None
    final_loss: float | None = None
    seconds: float | None = None
    not_learned: list[int] | None = None
    """Positions of samples that training did not get to hold."""


class Progress(Wire):
    """Data of an `event: progress` while a fine-tune runs.

    The last event is `done`, with a `FineTuned`, or `error`, with an `ErrorBody`.
    """

    state: str
    """queued, preparing, training, exporting, swapping"""
    step: int = 0
    samples: int = 0
    learned: int = 0
    loss: float | None = None
    """Mean loss over the trainable tokens of this epoch."""
    seconds: float = 0.0


# --- versions and runs (Errata) ------------------------------------------------------------


class Version(Wire):
    """One immutable version of an adapter. Version 0 stands for the base model alone."""

    number: int
    parent: int
    created_time: datetime
    live: bool
    candidate: bool
    scope: Scope
    samples: int
    """Samples the version holds, those of its ancestors included."""
    number_of_trainable_tokens: int
    sum_loss: float
    final_loss: float | None = None
    seconds: float
    not_learned: list[int] = []
    sha256: str
    """Of its tensors: the same samples, settings, seed and machine give the same."""


class VersionList(Wire):
    """Answer of `GET /models/{id}/versions`, oldest first."""

    versions: list[Version]


class ChangeVersion(Asked):
    """Body of `POST /models/{id}/versions/{number}`: make it live, set its scope, or both."""

    live: Literal[True] | None = None
    scope: Scope | None = None


class RunState(StrEnum):
    """A run's life: queued → running → done, failed or cancelled."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


class RunStatus(Wire):
    """Answer of `GET /runs/{id}` and of `POST /runs/{id}/cancel`."""

    id: str
    model_id: str
    state: RunState
    progress: Progress | None = None
    losses: list[float] = []
    """Mean loss after each epoch so far."""
    result: FineTuned | None = None
    error: ErrorBody | None = None


class CountTokens(Asked):
    """Body of `POST /models/{id}/tokens`."""

    texts: list[str]


class TokenCounts(Wire):
    """Answer of `POST /models/{id}/tokens`."""

    counts: list[int]


class ServerInfo(Wire):
    """Answer of `GET /server`: who answers, and which extensions it has."""

    name: str
    version: str
    extensions: list[str]
    """Of: stream, progress, versions, runs, cancel, stop, scope, tokens."""


# --- errors --------------------------------------------------------------------------------


class ErrorType(StrEnum):
    """The `type` of a complete or fine-tune error; other operations carry the message alone."""

    FAILED = "failed"
    MODEL_DOES_NOT_SUPPORT_GUIDANCE = "modelDoesNotSupportGuidance"
    NO_RAG_DOCUMENTS_FOUND = "noRagDocumentsFound"
    RAG_REQUIRES_AUTO_TEMPLATING = "ragRequiresAutoTemplating"
    UNKNOWN_BASE_MODEL = "unknownBaseModel"
    UNKNOWN_MODEL_ADAPTER = "unknownModelAdapter"
    UNKNOWN_RAG_COLLECTION = "unknownRagCollection"
    UNPROCESSABLE_CONTENT = "unprocessableContent"
    MODEL_INCAPABLE_OF_FINE_TUNING = "modelIncapableOfFineTuning"
    NAN_LOSS = "nanLoss"
    FLAGGED_CONTENT = "flaggedContent"
    BODY_PARSING_ERROR = "bodyParsingError"
    QUERY_OR_PATH_PARSING_ERROR = "queryOrPathParsingError"


class ErrorBody(Wire):
    """Every error's body. `message` is all that most clients show."""

    message: str
    type: str | None = None
    payload: dict[str, Any] | None = None
    # Errata
    status: int | None = None
    """The HTTP status, where there is no HTTP answer to carry it: in an `error` event."""


RunStatus.model_rebuild()
