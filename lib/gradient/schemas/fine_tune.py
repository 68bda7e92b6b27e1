"""Samples to learn, how a fine-tune goes, and what comes of it."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import Field

from lib.gradient.schemas.wire import Asked, Text, Wire


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
    """queued, preparing, reading, training, exporting, swapping"""
    step: int = 0
    """While it is reading, the texts that are to stay as they are and were read."""
    samples: int = 0
    """While it is reading, how many such texts there are."""
    learned: int = 0
    loss: float | None = None
    """Mean loss over the trainable tokens of this epoch."""
    seconds: float = 0.0
