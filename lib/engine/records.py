"""What is kept of an adapter and of its versions, as it is on disk."""

from __future__ import annotations

from datetime import datetime

from pydantic import BaseModel, ConfigDict

from lib.gradient.schemas import Scope


class Adapter(BaseModel):
    """What never changes about an adapter."""

    model_config = ConfigDict(frozen=True)

    id: str
    name: str
    base_model_id: str
    workspace_id: str
    rank: int | None
    learning_rate: float | None
    created: datetime


class Made(BaseModel):
    """How a version was made: its settings, and what the training said."""

    model_config = ConfigDict(frozen=True)

    number: int
    parent: int
    created: datetime
    run_id: str
    seed: int
    max_seconds: float
    local: bool
    samples: int
    number_of_trainable_tokens: int
    sum_loss: float
    final_loss: float
    losses: list[float]
    seconds: float
    not_learned: list[int]
    sha256: str
    """Of the tensors."""
    gguf_sha256: str = ""
    """Of the file that llama.cpp loads; filled in when the version is added."""


class State(BaseModel):
    """What changes about an adapter."""

    live: int = 0
    last: int = 0
    """Numbers are never used twice."""
    updated: datetime
    candidates: list[int] = []
    scopes: dict[int, Scope] = {}
