"""An engine of the bench's own, started as the app's: a fresh home, and only HTTP to talk to it."""

from __future__ import annotations

import contextlib
import secrets
import sys
import tempfile
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from lib.engine.embedded import ENVIRONMENT
from lib.gradient.client import Client, Server
from tests.bench.process import free_port, started

if TYPE_CHECKING:
    from collections.abc import Iterator

WORKSPACE = "bench_workspace"


@dataclass(frozen=True)
class Engine:
    """A running engine, its client, and the moment (of `time.perf_counter`) it was started."""

    pid: int
    client: Client
    base_model_id: str
    started: float


@contextlib.contextmanager
def running() -> Iterator[Engine]:
    """An engine that is ready to answer, in an empty home; both are gone afterwards."""
    token, port = secrets.token_hex(16), free_port()
    env = ENVIRONMENT | {"GRADIENT_ACCESS_TOKEN": token, "GRADIENT_WORKSPACE_ID": WORKSPACE}
    url = f"http://127.0.0.1:{port}"
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as home:
        command = [sys.executable, "-m", "lib.engine", "serve", "--port", str(port), "--home", home]
        moment = time.perf_counter()
        with (
            started(command, f"{url}/health", env) as process,
            Client(Server(f"{url}/api", SecretStr(token), WORKSPACE)) as client,
        ):
            base = client.list_models(only_base=True)[-1]
            yield Engine(process.pid, client, base.id, moment)
