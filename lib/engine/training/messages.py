"""What the service and its teaching process say to each other, one JSON object a line."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, Field, TypeAdapter

from lib.engine.training.job import TrainJob, TrainResult
from lib.gradient.schemas import Progress


class Warm(BaseModel):
    """Load these weights, and de-quantise them first if that was never done."""

    kind: Literal["warm"] = "warm"
    base_gguf: Path
    cache_dir: Path


class Teach(BaseModel):
    """Do this training."""

    kind: Literal["teach"] = "teach"
    job: TrainJob


class Cancel(BaseModel):
    """Stop the training at its next step."""

    kind: Literal["cancel"] = "cancel"


class Ready(BaseModel):
    """The weights are loaded."""

    kind: Literal["ready"] = "ready"


class Going(BaseModel):
    """How far the training is."""

    kind: Literal["going"] = "going"
    progress: Progress


class Done(BaseModel):
    """The training is done and its folder is whole."""

    kind: Literal["done"] = "done"
    result: TrainResult


class Broken(BaseModel):
    """The training or the loading ended without a result; the process lives on."""

    kind: Literal["broken"] = "broken"
    error: Literal["Unteachable", "TrainingFailed", "TrainingCancelled", "NanLoss"]
    message: str
    detail: str = ""


type_of_order: TypeAdapter[Warm | Teach | Cancel] = TypeAdapter(
    Annotated[Warm | Teach | Cancel, Field(discriminator="kind")]
)
type_of_word: TypeAdapter[Ready | Going | Done | Broken] = TypeAdapter(
    Annotated[Ready | Going | Done | Broken, Field(discriminator="kind")]
)


def line(message: BaseModel) -> bytes:
    """The message as it is written."""
    return message.model_dump_json().encode() + b"\n"
