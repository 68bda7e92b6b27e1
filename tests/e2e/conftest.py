from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest
from playwright.sync_api import sync_playwright

from tests.gradient_server import GradientServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

ROOT = Path(__file__).parents[2]
SECONDS = 60
"""The longest that anything may take on a busy machine; nothing is asserted about time."""


@dataclass(frozen=True)
class RunningApp:
    """The app as a user starts it, on a port of its own."""

    url: str
    home: Path
    pid: int


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


@contextmanager
def running_app(
    home: Path, environment: dict[str, str] | None = None, *, port: int | None = None
) -> Iterator[RunningApp]:
    """Start the app, wait until it serves, stop it as Ctrl+C would."""
    home.mkdir(parents=True, exist_ok=True)
    port = port or free_port()
    own = {name: text for name, text in os.environ.items() if not name.startswith("GRADIENT_")}
    log = home / "app.log"
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)],
            cwd=ROOT,
            env={**own, "ERRATA_HOME": str(home), **(environment or {})},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
    url = f"http://127.0.0.1:{port}"
    try:
        _wait(process, f"{url}/_stcore/health", log)
        yield RunningApp(url, home, process.pid)
    finally:
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _wait(process: subprocess.Popen[bytes], health: str, log: Path) -> None:
    for _ in range(SECONDS * 10):
        if process.poll() is not None:
            break
        try:
            if httpx.get(health, timeout=2).is_success:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.1)
    pytest.fail(f"The app did not start:\n{log.read_text(errors='replace')[-4000:]}")


def browser_path() -> str | None:
    """The machine's own Chromium; None for the one that playwright installs."""
    names = ("chromium", "chromium-browser", "google-chrome")
    return next(filter(None, map(shutil.which, names)), None)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path())
        yield browser
        browser.close()


@pytest.fixture
def tab(chromium: Browser) -> Iterator[Page]:
    """A tab without a past, which stays on this machine."""
    context = chromium.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(SECONDS * 1000)
    yield context.new_page()
    context.close()


@pytest.fixture(scope="module")
def slow_server() -> Iterator[GradientServer]:
    """A server that streams a word every fifth of a second."""
    with GradientServer(stream=True, pause=0.2) as server:
        yield server


@pytest.fixture(scope="module")
def app(
    slow_server: GradientServer, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[RunningApp]:
    """The app on the slow server; what one test asks, the next one finds."""
    with running_app(tmp_path_factory.mktemp("app"), slow_server.environment) as running:
        yield running
