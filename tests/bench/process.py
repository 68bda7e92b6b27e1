"""Processes that a bench starts, waits for and ends: the engine, and the app."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

import httpx

from tests.bench.errors import BenchError
from tests.bench.machine import cpu_seconds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

ROOT = Path(__file__).parents[2]
SECONDS_TO_BE_READY = 60.0
SECONDS_TO_STOP = 10.0
SECONDS_TO_BE_IDLE = 60.0
QUIET_SECONDS = 1.0
IDLE = 0.05
"""CPU seconds a second; an engine that waits for a request uses less."""
LAST_LINES = 10


def free_port() -> int:
    """A port of 127.0.0.1 that nobody listens on just now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@contextlib.contextmanager
def started(
    command: list[str], health: str, env: Mapping[str, str]
) -> Iterator[subprocess.Popen[bytes]]:
    """A process, once the URL `health` answers 200; it is ended afterwards.

    `env` is added to this process's own. Raises BenchError, with the process's last words, if it
    ends by itself or is not healthy within a minute.
    """
    name = " ".join(command)
    with tempfile.NamedTemporaryFile(prefix="errata-bench-", suffix=".log") as log:
        process = subprocess.Popen(
            command, cwd=ROOT, env={**os.environ, **env}, stdout=log, stderr=log
        )
        try:
            _wait(name, process, health, Path(log.name))
            yield process
        finally:
            _end(process)


def _wait(name: str, process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    deadline = time.perf_counter() + SECONDS_TO_BE_READY
    while process.poll() is None and time.perf_counter() < deadline:
        with contextlib.suppress(httpx.TransportError):
            if httpx.get(health, timeout=5).status_code == httpx.codes.OK:
                return
        time.sleep(0.02)
    what = "took too long to be ready" if process.returncode is None else "ended by itself"
    said = "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-LAST_LINES:])
    raise BenchError(f"{name} {what}. Its last words:\n{said}")


def wait_until_idle(pid: int, seconds: float = SECONDS_TO_BE_IDLE) -> None:
    """Until a process and those below it have computed next to nothing for a second.

    Raises BenchError if they have not within `seconds`.
    """
    deadline, before = time.perf_counter() + seconds, cpu_seconds(pid)
    while time.perf_counter() < deadline:
        time.sleep(QUIET_SECONDS)
        now = cpu_seconds(pid)
        if now - before <= IDLE * QUIET_SECONDS:
            return
        before = now
    raise BenchError(f"Process {pid} did not come to rest; what it takes cannot be told.")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(SECONDS_TO_STOP)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
