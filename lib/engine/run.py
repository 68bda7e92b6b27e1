"""One fine-tune: how it stands, who waits for it, and what is kept of it."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from pydantic import BaseModel

from lib.engine.errors import (
    EngineError,
    LossIsNan,
    TeachingStopped,
    UnknownAdapter,
    Unprocessable,
)
from lib.gradient.schemas import ErrorType, FineTuned, Progress, RunState, RunStatus

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

OVER = frozenset({RunState.DONE, RunState.FAILED, RunState.CANCELLED})
KINDS: dict[str | None, type[EngineError]] = {
    kind.type.value: kind for kind in (Unprocessable, LossIsNan, UnknownAdapter)
}


class Kept(BaseModel):
    """A run on disk."""

    workspace_id: str
    status: RunStatus


class Run:
    """A fine-tune that was asked for. Used from one event loop."""

    def __init__(self, workspace_id: str, status: RunStatus) -> None:
        self.workspace_id = workspace_id
        self.status = status
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
        self.change(state=state, error=error.body(typed=True))

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
        error = self.status.error
        message = error.message if error else "The fine-tune ended without a result."
        if self.status.state is RunState.CANCELLED:
            raise TeachingStopped(message)
        raise KINDS.get(error.type if error else ErrorType.FAILED, EngineError)(message)
