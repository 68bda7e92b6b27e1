"""Questions and answers, and how near a question is to a correction, or to another question."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from lib.gradient.schemas.wire import MAX_GENERATED_TOKENS, Asked, Text, Wire


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


class AskPairs(Asked):
    """Body of `POST /pairs`: questions, and those that they may be near to."""

    questions: list[Text]
    among: list[Text]


class Pair(Wire):
    """Two questions that are near in meaning, by their places in what was sent, and how near."""

    question: int
    other: int
    similarity: float


class PairList(Wire):
    """Answer of `POST /pairs`."""

    pairs: list[Pair]


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
