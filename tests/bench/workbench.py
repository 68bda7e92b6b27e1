"""How fast the workbench is when there is much in it, seen by a real browser.

python -m tests.bench.workbench --out workbench-report.json
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
import time
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING, Any

from lib.ledger.ledger import Ledger
from lib.settings import DATABASE_NAME
from tests.bench.app import app
from tests.bench.command import end_with, say, write
from tests.bench.conflicts import conflicts_s
from tests.bench.errors import BenchError
from tests.bench.seeds import ADAPTER, Size, seed
from tests.gradient_server import BASE, GradientServer

if TYPE_CHECKING:
    from playwright.sync_api import Page

ADAPTER_ID = "00000000-0000-0000-0000-00000000000a_model_adapter"
PAGES = {
    "Ask": "",
    "Ask many": "ask_many",
    "Corrections": "corrections",
    "Review": "review",
    "Teach": "teach",
    "Story": "story",
    "Compare": "compare",
    "History": "history",
    "Templates": "templates",
    "Import and export": "import_export",
    "Models": "models",
}
ANSWERS, OPENINGS, DRAFTS = 20, 3, 5
POLL_S = 0.005
LONGEST_S = 30.0

NEXT_ANSWER = """
(key) => {
    const heading = () => document.querySelector('[class*=st-key-review_] h3')?.innerText;
    const before = heading(), began = performance.now();
    return new Promise((resolve, reject) => {
        const look = () => {
            const now = heading();
            if (performance.now() - began > 30000) reject(new Error(`${key} did nothing`));
            else if (!now || now === before) setTimeout(look, 4);
            else requestAnimationFrame(() => resolve(performance.now() - began));
        };
        const box = document.activeElement.shadowRoot?.activeElement ?? document.activeElement;
        const keyCode = key.toUpperCase().charCodeAt(0);
        const event = {key, code: key, keyCode, bubbles: true, composed: true};
        box.dispatchEvent(new KeyboardEvent('keydown', event));
        look();
    });
}
"""
"""From a key to the next answer drawn, in ms, without the driver's own way there."""


def measure(size: Size) -> dict[str, Any]:
    """Every figure, on an app of its own with a ledger of this size.

    Raises:
        BenchError: the app does not start.
    """
    with (
        tempfile.TemporaryDirectory(prefix="errata-bench-") as home,
        GradientServer(versions=True) as server,
    ):
        database = f"sqlite:///{Path(home) / DATABASE_NAME}"
        _versions(server, size.runs)
        seed(database, size, server=server.url, model_id=BASE, adapter_id=ADAPTER_ID)
        say("The ledger is filled.")
        with app(home, server.environment) as (page, url):
            ledger = Ledger(database)
            report = {
                "size": {name: getattr(size, name) for name in size.__dataclass_fields__},
                "conflicts_s": conflicts_s(),
                "page_s": _pages(page, url),
                **_review(page, url, ledger),
            }
            ledger.close()
    return report


def _versions(server: GradientServer, number: int) -> None:
    server.adapters[ADAPTER_ID] = {
        "type": "modelAdapter",
        "id": ADAPTER_ID,
        "name": ADAPTER,
        "baseModelId": BASE,
        "latestUpdateTime": "2026-01-02T03:04:05Z",
        "liveVersion": 0,
    }
    server.made[ADAPTER_ID] = []
    for _ in range(number):
        server._make(ADAPTER_ID, {"samples": []})


def _pages(page: Page, url: str) -> dict[str, float]:
    """The median seconds to open each page by its address, until it is wholly drawn."""
    page.goto(url)
    _drawn(page, "Ask")
    taken = {}
    for name, path in PAGES.items():
        seconds = []
        for _ in range(OPENINGS):
            began = time.perf_counter()
            page.goto(f"{url}/{path}", wait_until="commit")
            _drawn(page, name)
            seconds.append(time.perf_counter() - began)
        taken[name] = round(median(seconds), 2)
        say(f"{name}: {taken[name]} s")
    return taken


def _drawn(page: Page, name: str) -> None:
    page.get_by_role("heading", name=name, exact=True).wait_for()
    page.locator("[data-test-script-state=notRunning]").wait_for(state="attached")


def _review(page: Page, url: str, ledger: Ledger) -> dict[str, Any]:
    page.goto(f"{url}/review")
    _drawn(page, "Review")
    # The script may be done before the browser has fetched the code of buttons, which hears keys.
    page.get_by_role("button", name="Right").wait_for()
    right = []
    for _ in range(ANSWERS):
        right.append(page.evaluate(NEXT_ANSWER, "y"))
        _drawn(page, "Review")
    saved: list[float] = []
    drafts: list[float] = []
    for _ in range(ANSWERS):
        page.keyboard.press("n")
        box = page.get_by_label("What is right?")
        box.wait_for()
        page.wait_for_function(
            "() => document.activeElement?.shadowRoot?.activeElement?.tagName === 'TEXTAREA'"
        )
        page.keyboard.type("A right answer")
        if len(drafts) < DRAFTS:
            page.get_by_text("draft saved").wait_for()
            page.keyboard.type("!")
            drafts.append(_stored(ledger, box.input_value()))
        saved.append(page.evaluate(NEXT_ANSWER, "Enter"))
        _drawn(page, "Review")
    return {
        "right_to_next_ms": _figures(right),
        "save_to_next_ms": _figures(saved),
        "pause_to_draft_ms": _figures([1000 * seconds for seconds in drafts]),
    }


def _stored(ledger: Ledger, text: str) -> float:
    """Seconds until the newest correction has this text."""
    began = time.perf_counter()
    while time.perf_counter() - began < LONGEST_S:
        newest = ledger.corrections(exchange_ids=[ledger.in_review().id])  # type: ignore[union-attr]  # it was given
        if newest and newest[0].right_answer == text:
            return time.perf_counter() - began
        time.sleep(POLL_S)
    raise BenchError("A draft was not stored.")


def _figures(milliseconds: list[float]) -> dict[str, float]:
    return {"median": round(median(milliseconds), 1), "most": round(max(milliseconds), 1)}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.workbench", description=__doc__)
    parser.add_argument("--out", type=Path, help="the report, as JSON")
    asked = parser.parse_args()
    report = measure(Size())
    if asked.out:
        write(asked.out, report)
    sys.stdout.write(f"{json.dumps(report, indent=2)}\n")


if __name__ == "__main__":
    end_with(main)
