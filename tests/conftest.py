"""What tests of several parts share: a real engine, started as a user starts it."""

from __future__ import annotations

import os
import secrets
import socket
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
START_SECONDS = 60


def pytest_configure() -> None:
    """Give each of two workers a processor of its own.

    Threads of a model that wait for each other wait many times longer where others come between.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "")
    if worker and hasattr(os, "sched_setaffinity"):
        processors = sorted(os.sched_getaffinity(0))
        mine = int(worker.removeprefix("gw")) % len(processors)
        os.sched_setaffinity(0, {processors[mine]})


@dataclass(frozen=True)
class RunningEngine:
    """An engine that answers, on the real model."""

    url: str
    access_token: str
    workspace_id: str
    home: Path

    @property
    def environment(self) -> dict[str, str]:
        """The variables by which every Gradient client is pointed at it."""
        return {
            "GRADIENT_API_URL": self.url,
            "GRADIENT_ACCESS_TOKEN": self.access_token,
            "GRADIENT_WORKSPACE_ID": self.workspace_id,
        }


@pytest.fixture(scope="session")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningEngine]:
    """One engine for the whole run; a test makes adapters of its own in it."""
    home = tmp_path_factory.mktemp("engine")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    running = RunningEngine(
        url=f"http://127.0.0.1:{port}/api",
        access_token=secrets.token_urlsafe(24),
        workspace_id="tests_workspace",
        home=home,
    )
    log = home / "engine.log"
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "lib.engine", "serve", "--port", str(port), "--home", str(home)],
            cwd=ROOT,
            env={**os.environ, **running.environment},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait(process, f"{running.url}/health", log)
        yield running
    finally:
        process.terminate()
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    for _ in range(START_SECONDS * 10):
        if process.poll() is not None:
            break
        try:
            if httpx.get(health, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The engine did not start:\n{log.read_text(errors='replace')[-4000:]}")
