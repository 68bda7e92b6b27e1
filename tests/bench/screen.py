"""How long one correction takes in the browser: from *Teach* to its re-asked answer on screen."""

from __future__ import annotations

import re
import shutil
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from playwright.sync_api import sync_playwright

from tests.bench.corrections import ROWS
from tests.bench.process import free_port, started

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.bench.rows import Row

PATIENCE_MS = 120_000


def corrected() -> list[float]:
    """Seconds of each correction to one new adapter, in an app just started."""
    port = free_port()
    url = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "streamlit", "run", "app.py", "--server.port", str(port)]
    with (
        tempfile.TemporaryDirectory(prefix="errata-bench-") as home,
        started(
            [*command, "--server.headless", "true"],
            f"{url}/_stcore/health",
            {"ERRATA_HOME": home, "GRADIENT_API_URL": ""},
        ),
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(
            executable_path=shutil.which("chromium"), args=["--no-sandbox"]
        )
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.goto(url)
        seconds = [_correct(page, row) for row in ROWS]
        browser.close()
    return seconds


def _correct(page: Page, row: Row) -> float:
    """Ask, mark and correct, then teach by the clock, until the question is there as fixed."""
    page.get_by_test_id("stSidebar").get_by_role("link", name="Ask", exact=True).click()
    page.get_by_role("textbox", name="Ask a question").fill(row.question)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Wrong").click()
    page.get_by_label("What is right?").fill(row.answer)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Teach it").click()
    teach = page.get_by_role("button", name="Teach 1 correction")
    teach.wait_for()
    again = re.compile(rf"{re.escape(row.question)}\s*(check)?\s*Fixed")
    began = time.perf_counter()
    teach.click()
    page.get_by_test_id("stMain").filter(has_text=again).wait_for()
    seconds = time.perf_counter() - began
    page.get_by_text(re.compile(r"\d of \d fixed")).wait_for()
    return seconds
