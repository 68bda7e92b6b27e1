"""*Errata*: versions, runs, token counts, and what a server can do."""

from __future__ import annotations

from datetime import datetime
from enum import StrEnum
from typing import Literal

from pydantic import Field

from lib.gradient.schemas.errors import ErrorBody
from lib.gradient.schemas.fine_tune import FineTuned, Progress, Scope
from lib.gradient.schemas.wire import Asked, Wire


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
    not_learned: list[int] = Field(default_factory=list)
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
    losses: list[float] = Field(default_factory=list)
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
    """Of: stream, progress, versions, runs, cancel, stop, scope, pairs, tokens, files."""
