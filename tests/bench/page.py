"""How fast the app draws, seen by a real browser."""

from __future__ import annotations

import tempfile
import time
from statistics import median

from tests.bench.app import app

CLICKS = 11
"""The first only warms up."""

HEAR = """
window.WebSocket = class extends WebSocket {
    constructor(...given) {
        super(...given);
        this.addEventListener('message', () => { window.heard = performance.now(); });
    }
};
"""
"""Has the page know when the server last said something."""

REDRAWN = """
async (control) => {
    const app = document.querySelector('[data-testid="stApp"]');
    const began = performance.now();
    control.click();
    let drawn;
    for (;;) {
        await new Promise(requestAnimationFrame);
        const idle = app.getAttribute('data-test-script-state') === 'notRunning';
        if (!(window.heard > began) || !idle) {
            drawn = undefined;
        } else if (drawn === undefined || drawn < window.heard) {
            drawn = performance.now();
        } else if (performance.now() - drawn > 60) {
            return drawn - began;
        }
    }
}
"""
"""From a click to the first frame after all that the server said to it, in ms."""


def drawn() -> dict[str, float]:
    """`first_page_s`, of an app just started, and the median `redraw_ms` of a click there."""
    with (
        tempfile.TemporaryDirectory(prefix="errata-bench-") as home,
        app(home) as (page, url),
    ):
        page.add_init_script(HEAR)
        began = time.perf_counter()
        page.goto(url, wait_until="commit")
        page.get_by_test_id("stChatInput").wait_for()
        first_page_s = time.perf_counter() - began
        page.get_by_role("button", name="Settings").click()
        switch = page.get_by_test_id("stCheckbox").locator("input").first
        switch.wait_for(state="attached")
        clicks = [switch.evaluate(REDRAWN) for _ in range(CLICKS)]
    return {"first_page_s": round(first_page_s, 2), "redraw_ms": round(median(clicks[1:]), 1)}
