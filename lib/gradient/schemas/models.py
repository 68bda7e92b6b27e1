"""Models and adapters: listed, made, looked up."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from lib.gradient.schemas.wire import MAX_RANK, Asked, Text, Wire


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
    capabilities: list[str] = Field(default_factory=list)
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
