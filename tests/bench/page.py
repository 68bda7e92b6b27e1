"""How fast the app draws, seen by a real browser."""

from __future__ import annotations

import shutil
import sys
import tempfile
import time
from statistics import median

from playwright.sync_api import sync_playwright

from tests.bench.process import free_port, started

CLICKS = 11
"""The first only warms up."""

REDRAWN = """
async (control) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const began = performance.now();
    const over = new Promise((resolve) => {
        let ran = false;
        const watcher = new MutationObserver(() => {
            const state = app.getAttribute('data-test-script-state');
            ran = ran || state === 'running';
            if (ran && state === 'notRunning') {
                watcher.disconnect();
                resolve(performance.now() - began);
            }
        });
        watcher.observe(app, {attributes: true});
    });
    control.click();
    return over;
}
"""
"""From a click to the end of the run that it began, in ms, without the driver's own way there."""


def drawn() -> dict[str, float]:
    """`first_page_s`, of an app just started, and the median `redraw_ms` of a click there."""
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
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.get_by_test_id("stChatInput").wait_for()
        first_page_s = time.perf_counter() - began
        page.get_by_role("button", name="Settings").click()
        switch = page.get_by_test_id("stCheckbox").locator("input").first
        switch.wait_for(state="attached")
        clicks = [switch.evaluate(REDRAWN) for _ in range(CLICKS)]
        browser.close()
    return {"first_page_s": round(first_page_s, 2), "redraw_ms": round(median(clicks[1:]), 1)}
