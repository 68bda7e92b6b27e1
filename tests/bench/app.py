"""The app as a bench sees it: started in a home of its own, and a browser beside it."""

from __future__ import annotations

import contextlib
import shutil
import sys
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.bench.process import free_port, started

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from playwright.sync_api import Page

SIZE = {"width": 1280, "height": 900}


@contextlib.contextmanager
def app(home: str, env: Mapping[str, str] | None = None) -> Iterator[tuple[Page, str]]:
    """An empty page of a browser, and the address of an app just started; both end afterwards.

    `env` is added to the app's environment; without it, the app has its embedded engine.
    """
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.headless", "true"]
    with (
        started(
            [*command, "--server.port", str(port)],
            f"{url}/_stcore/health",
            {"ERRATA_HOME": home, "GRADIENT_API_URL": "", **(env or {})},
        ),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        yield browser.new_page(viewport=SIZE), url  # type: ignore[arg-type]  # a plain dict is one
        browser.close()
