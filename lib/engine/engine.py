"""The engine as a whole: base models, adapters, answering and runs, put together once."""

from __future__ import annotations

import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from lib.engine.answering import ADAPTERS, Answering
from lib.engine.errors import EngineError, UnknownAdapter
from lib.engine.runs import Runs
from lib.engine.scope.scopes import Scopes
from lib.engine.scope.sentences import Sentences
from lib.engine.store import Store

if TYPE_CHECKING:
    from collections.abc import Coroutine
    from pathlib import Path

    from lib.engine.answering import Adapted
    from lib.engine.credentials import Credentials
    from lib.engine.records import Adapter
    from lib.engine.runs import Teaches
    from lib.engine.weights import BaseModels, Weights

log = logging.getLogger(__name__)

THREADS = 64
"""Requests that llama.cpp holds at once, answering or queued; more wait for a thread."""


class Engine:
    """Everything behind the routes. Lives in one event loop.

    The default model is loaded from the start, any other when it is first used; then it stays.

    Args:
        home: folder of all state.
        base_models: what it answers with.
        credentials: who may ask.
        teacher: does the training.
        sentence_model: its folder; None: no version can be narrowed to what is near.
    """

    def __init__(
        self,
        home: Path,
        base_models: BaseModels,
        credentials: Credentials,
        teacher: Teaches,
        sentence_model: Path | None,
    ) -> None:
        self.base_models = base_models
        self.workspace_id = credentials.workspace_id
        self.store = Store(home / "adapters")
        self._pool = ThreadPoolExecutor(THREADS, thread_name_prefix="answering")
        self._answering = {w.id: Answering(w, self._pool) for w in base_models}
        self._warming: set[asyncio.Task[None]] = set()
        cache = home / "cache"
        self.scopes = Scopes(self.store, Sentences(sentence_model, cache))
        self.runs = Runs(
            home / "runs", self.store, self.answering, teacher, self.scopes, cache=cache
        )

    @property
    def ready(self) -> bool:
        """Whether it can answer questions."""
        return self.answering(self.base_models.default.id).ready

    def answering(self, base_model_id: str) -> Answering:
        """What answers with a base model and the versions over it.

        Raises:
            UnknownBaseModel: this engine does not have it (any more).
        """
        return self._answering[self.base_models.get(base_model_id).id]

    def adapter(self, adapter_id: str) -> Adapter:
        """An adapter of this engine's workspace.

        Raises:
            UnknownAdapter: there is none of this id.
        """
        return self.store.adapter(adapter_id, self.workspace_id)

    def chosen(
        self, model_id: str, version: int | None
    ) -> tuple[Answering, Adapted | None, int | None]:
        """Who answers as this model: base model, version to load, and the version's number.

        Args:
            model_id: of a base model (or its slug) or of an adapter.
            version: of the adapter; None is the live one, 0 its base model alone.

        Raises:
            UnknownBaseModel, UnknownAdapter: there is no such model or version.
        """
        weights = self.base_models.find(model_id)
        if weights is None:
            adapter = self.adapter(model_id)
            number = self.store.live(adapter) if version is None else version
            answering = self.answering(adapter.base_model_id)
            return answering, self.store.adapted(adapter, number), number
        if version:
            raise UnknownAdapter("A base model has no versions; only adapters do.")
        return self._answering[weights.id], None, None

    async def start(self) -> None:
        """Load the default model, with the live versions over it that changed last.

        Raises:
            WeightsBroken: the default model cannot be loaded.
        """
        default = self.base_models.default
        every = list(self.store.live_versions())
        live = [version for adapter, version in every if adapter.base_model_id == default.id]
        answering = self.answering(default.id)
        try:
            await answering.load(*live[-ADAPTERS:])
        except EngineError as error:
            # One broken version must not keep the others from answering: each loads when asked.
            log.warning("%s", error.message)
            await answering.load()
        if live:
            self.warm(default)
        self._in_background(self._narrow(every))

    def warm(self, weights: Weights) -> None:
        """Have what a teaching needs get ready in the background: there is an adapter to teach."""
        self._in_background(self.runs.warm(weights.path))
        self._in_background(self.scopes.warm())

    async def delete(self, adapter: Adapter) -> None:
        """Remove an adapter, and stop what is being taught to it.

        Raises:
            StorageFailed: it could not be removed.
        """
        await self.runs.cancel_all(adapter.id)
        await asyncio.to_thread(self.store.delete, adapter)

    def _in_background(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.create_task(work)
        self._warming.add(task)
        task.add_done_callback(self._warming.discard)

    async def _narrow(self, live: list[tuple[Adapter, Adapted]]) -> None:
        """Have the corrections of narrow versions ready before they are asked for."""
        for adapter, version in live:
            number = version.key.number
            try:
                await self.scopes.prepare(adapter, number, self.store.scope(adapter, number))
            except EngineError as error:
                log.warning("%s", error.message)  # and so it will be told to who asks

    async def close(self) -> None:
        """Let the answers end and free everything."""
        for warming in self._warming:
            warming.cancel()
        await self.runs.close()
        for answering in self._answering.values():
            answering.close()
        self.scopes.close()
        self._pool.shutdown(wait=True)
