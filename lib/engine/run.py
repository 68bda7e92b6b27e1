"""One fine-tune: how it stands, who waits for it, and what is kept of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import BaseModel

from lib.engine.errors import (
    EngineError,
    LossIsNan,
    StorageFailed,
    TeachingStopped,
    UnknownAdapter,
    Unprocessable,
)
from lib.gradient.schemas import FineTuned, Progress, RunState, RunStatus

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

OVER = frozenset({RunState.DONE, RunState.FAILED, RunState.CANCELLED})
KINDS: dict[tuple[int | None, str | None], type[EngineError]] = {
    (kind.status, kind.type.value): kind
    for kind in (TeachingStopped, StorageFailed, UnknownAdapter, Unprocessable, LossIsNan)
}
"""What a run can fail at, beside an engine's own failure."""


class Kept(BaseModel):
    """A run on disk."""

    workspace_id: str
    status: RunStatus


class Run:
    """A fine-tune that was asked for. Used from one event loop."""

    def __init__(self, workspace_id: str, status: RunStatus) -> None:
        self.workspace_id = workspace_id
        self.status = status
        self.begun = False
        """The teacher has spoken of it, and so hears if it is to stop."""
        self.cancelled = False
        """Somebody asked for it to stop."""
        self.task: asyncio.Task[None] | None = None
        self._changed = asyncio.Event()

    @property
    def over(self) -> bool:
        """Whether it will change no more."""
        return self.status.state in OVER

    def change(self, **changes: object) -> None:
        """Set fields of its status, and wake who waits."""
        self.status = self.status.model_copy(update=changes)
        self._changed.set()
        self._changed = asyncio.Event()

    def fail(self, error: EngineError, state: RunState = RunState.FAILED) -> None:
        """End it without a version."""
        body = error.body(typed=True).model_copy(update={"status": error.status})
        self.change(state=state, error=body)

    async def follow(self) -> AsyncGenerator[Progress | FineTuned]:
        """Its progress from now on, and what came of it.

        Raises:
            EngineError: it failed or was cancelled.
        """
        told: Progress | None = None
        while True:
            changed, progress = self._changed, self.status.progress
            if progress is not None and progress is not told:
                told = progress
                yield progress
            elif self.over:
                yield self.result()
                return
            else:
                await changed.wait()

    async def ended(self) -> FineTuned:
        """What came of it, when it is over.

        Raises:
            EngineError: it failed or was cancelled.
        """
        while not self.over:
            await self._changed.wait()
        return self.result()

    def result(self) -> FineTuned:
        """What came of it. It is over.

        Raises:
            EngineError: it failed or was cancelled.
        """
        if self.status.result is not None:
            return self.status.result
        body = self.status.error
        if body is None:
            raise EngineError("The fine-tune ended without a result. Teach again.")
        raise KINDS.get((body.status, body.type), EngineError)(body.message)
