"""The engine as a running process: uvicorn around the service, until a signal or a closed pipe."""

from __future__ import annotations

import logging
import sys
import threading
from typing import TYPE_CHECKING

import uvicorn

from lib.engine.engine import Engine
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
) -> int:
    """Serve on a bound socket; returns the process's exit code.

    Args:
        home: folder of all state.
        models: what to answer with.
        credentials: who may ask.
        bound: where to listen.
        ready: called when questions can be answered.
        end_with_stdin: stop when standard input closes, as it does when its writer dies.
    """
    app = service(Engine(home, models, credentials, Teacher()), credentials, ready)
    config = uvicorn.Config(
        app,
        log_config=None,
        access_log=False,
        lifespan="on",
        timeout_graceful_shutdown=SECONDS_TO_END,
        timeout_keep_alive=60,
    )
    server = uvicorn.Server(config)
    if end_with_stdin:
        threading.Thread(target=_watch, args=(server,), daemon=True).start()
    server.run(sockets=[bound])
    return 0 if server.started else 1


def _watch(server: uvicorn.Server) -> None:
    while sys.stdin.buffer.read(1):
        pass
    server.should_exit = True
