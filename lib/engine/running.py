"""The engine as a running process: uvicorn around the service, until a signal or a closed pipe."""

from __future__ import annotations

import asyncio
import logging
import signal
import sys
import threading
from typing import TYPE_CHECKING

import uvicorn

from lib.engine.engine import Engine
from lib.engine.scope.sentences import packaged_sentence_model
from lib.engine.service import service
from lib.engine.training.teacher import Teacher

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.credentials import Credentials
    from lib.engine.weights import BaseModels

log = logging.getLogger(__name__)

SECONDS_TO_END = 5
"""For answers that are being generated when the engine is told to stop."""


def run(
    home: Path,
    models: BaseModels,
    credentials: Credentials,
    bound: socket.socket,
    ready: Callable[[], None],
    *,
    end_with_stdin: bool,
) -> None:
    """Serve on a bound socket until told to stop.

    Args:
        home: folder of all state.
        models: what to answer with.
        credentials: who may ask.
        bound: where to listen.
        ready: called when questions can be answered.
        end_with_stdin: stop when standard input closes, as it does when its writer dies.

    Raises:
        EngineError: the default model cannot be loaded, or the home cannot be read.
    """
    asyncio.run(
        _serve(
            Engine(home, models, credentials, Teacher(), packaged_sentence_model()),
            credentials,
            bound,
            ready,
            end_with_stdin=end_with_stdin,
        )
    )


async def _serve(
    engine: Engine,
    credentials: Credentials,
    bound: socket.socket,
    ready: Callable[[], None],
    *,
    end_with_stdin: bool,
) -> None:
    await engine.start()
    config = uvicorn.Config(
        service(engine, credentials),
        log_config=None,
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=SECONDS_TO_END,
        timeout_keep_alive=60,
    )
    server = _Server(config, ready)
    if end_with_stdin:
        threading.Thread(target=_watch, args=(server,), daemon=True).start()
    for number in (signal.SIGINT, signal.SIGTERM):
        # uvicorn hears these while it runs, and raises them once more when it has stopped.
        signal.signal(number, lambda *_: None)
    try:
        await server.serve(sockets=[bound])
    finally:
        await engine.close()


class _Server(uvicorn.Server):
    """Says when it has begun to listen."""

    def __init__(self, config: uvicorn.Config, ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._ready()


def _watch(server: uvicorn.Server) -> None:
    while sys.stdin.buffer.read(1):
        pass
    server.should_exit = True
