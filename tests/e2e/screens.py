"""Look at every page in every state: `python -m tests.e2e.screens`, into `test-results/screens`.

Each is taken light and dark, wide and narrow, and looked at for what hinders access and for what
stands out at the side; what is found is said, and ends the command with 1.
"""

from __future__ import annotations

import itertools
import os
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import sync_playwright

from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, NewExchange, Verdict
from tests.bench.seeds import ADAPTER, Size, seed
from tests.e2e.conftest import ROOT, SECONDS, browser_path, running_app
from tests.gradient_server import BASE, GradientServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, BrowserContext, Page

FOLDER = ROOT / "test-results" / "screens"
PAGES = (
    "",
    "ask_many",
    "corrections",
    "review",
    "teach",
    "story",
    "compare",
    "history",
    "templates",
    "import_export",
    "models",
)
WIDTHS = {"wide": (1280, 900), "narrow": (390, 844)}
SCHEMES = ("light", "dark")
ADAPTER_ID = "00000000-0000-0000-0000-00000000000a_model_adapter"
FULL = Size(exchanges=120, judged=60, corrections=40, taught=25, runs=6)
GRAVE = {"serious", "critical"}
IN_WORK = "[data-test-script-state=running]"


def main() -> None:
    """Take them all."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path())
        found = [*_empty(browser), *_full(browser), *_busy(browser), *_failed(browser)]
        browser.close()
    sys.stdout.write("\n".join([*found, f"{len(found)} found, pictures in {FOLDER}\n"]))
    sys.exit(bool(found))


def _empty(browser: Browser) -> Iterator[str]:
    with (
        GradientServer(stream=True, versions=True) as server,
        tempfile.TemporaryDirectory() as home,
        running_app(Path(home), server.environment) as app,
    ):
        yield from _every_page(browser, app.url, "empty")


def _full(browser: Browser) -> Iterator[str]:
    with (
        GradientServer(stream=True, versions=True) as server,
        tempfile.TemporaryDirectory() as home,
    ):
        server.adapters[ADAPTER_ID] = {
            "type": "modelAdapter",
            "id": ADAPTER_ID,
            "name": ADAPTER,
            "baseModelId": BASE,
            "latestUpdateTime": "2026-01-02T03:04:05Z",
            "liveVersion": 0,
        }
        server.made[ADAPTER_ID] = []
        for _ in range(FULL.runs):
            server._make(ADAPTER_ID, {"samples": []})
        url = f"sqlite:///{Path(home) / 'ledger.db'}"
        seed(url, FULL, server=server.url, model_id=BASE, adapter_id=ADAPTER_ID)
        _ask_lately(url, server.url)
        with running_app(Path(home), server.environment) as app:
            yield from _every_page(browser, app.url, "full")


def _busy(browser: Browser) -> Iterator[str]:
    """A slow server: an answer is coming, and a run is being taught."""
    with (
        GradientServer(stream=True, versions=True, pause=1.5) as server,
        tempfile.TemporaryDirectory() as home,
    ):
        url = f"sqlite:///{Path(home) / 'ledger.db'}"
        _ask_lately(url, server.url)
        server.answers["Question: Say much.\n\nAnswer: "] = " ".join(["word"] * 200)
        with running_app(Path(home), server.environment) as app:
            page = browser.new_page()
            page.set_default_timeout(SECONDS * 1000)
            page.goto(f"{app.url}/teach")
            page.get_by_role("button", name="Teach").last.click()
            page.goto(app.url)
            page.get_by_role("textbox", name="Ask a question").fill("Say much.")
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Stop").wait_for()
            page.close()
            yield from _every_page(browser, app.url, "busy", ("", "teach"))


def _failed(browser: Browser) -> Iterator[str]:
    """The server is gone."""
    with tempfile.TemporaryDirectory() as home:
        with GradientServer(stream=True, versions=True) as server:
            _ask_lately(f"sqlite:///{Path(home) / 'ledger.db'}", server.url)
        with running_app(Path(home), server.environment) as app:
            yield from _every_page(browser, app.url, "failed")


def _ask_lately(url: str, server: str) -> None:
    """What people asked in the last days: one is ready, one is a draft, one is right."""
    ledger = Ledger(url)
    asked = []
    for number, question in enumerate(
        (
            "What NFL team won the Super Bowl in 1994?",
            "Who wrote Emma?",
            "What is the capital of France?",
            "Which river flows through Vienna?",
        )
    ):
        new = NewExchange(
            question=question,
            prompt=f"Question: {question}\n\nAnswer: ",
            template_text="Question: {question}\n\nAnswer: ",
            server_url=server,
            model_id=BASE,
            model_name="Test base",
            asked_by="Ada",
        )
        answer = Answer(text=f"The answer number {number} is *not* certain.", seconds=0.4)
        asked.append(ledger.answered(ledger.ask(new).id, answer))
    ledger.judge(asked[0].id, Verdict.WRONG, "Ada")
    ledger.ready(ledger.draft(asked[0].id, "The Dallas Cowboys", by="Ada").id, by="Ada")
    ledger.judge(asked[1].id, Verdict.WRONG, "Bob")
    ledger.draft(asked[1].id, "Jane Au", by="Bob")
    ledger.judge(asked[2].id, Verdict.RIGHT, "Ada")
    ledger.close()


def _every_page(
    browser: Browser, url: str, state: str, pages: tuple[str, ...] = PAGES
) -> Iterator[str]:
    FOLDER.mkdir(parents=True, exist_ok=True)
    for scheme, (width, size) in itertools.product(SCHEMES, WIDTHS.items()):
        context = _context(browser, scheme, size)
        page = context.new_page()
        page.set_default_timeout(SECONDS * 1000)
        for path in pages:
            page.goto(f"{url}/{path}")
            page.get_by_role("heading", level=1).first.wait_for()
            _settled(page, state)
            name = f"{state}-{path or 'ask'}-{width}-{scheme}"
            page.screenshot(path=FOLDER / f"{name}.png")
            yield from (f"{name}: {what}" for what in _hindrances(page, size[0]))
        context.close()


def _context(browser: Browser, scheme: str, size: tuple[int, int]) -> BrowserContext:
    return browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if scheme == "dark" else "light",
        reduced_motion="reduce",
    )


def _settled(page: Page, state: str) -> None:
    if state != "busy":
        page.locator(IN_WORK).wait_for(state="detached")
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)


def _hindrances(page: Page, width: int) -> Iterator[str]:
    if page.evaluate("document.documentElement.scrollWidth") > width:
        yield "it is wider than the screen"
    for found in Axe().run(page).response["violations"]:
        if found["impact"] in GRAVE:
            yield from (f"{found['id']}: {node['html'][:200]}" for node in found["nodes"])


if __name__ == "__main__":
    os.nice(10)
    main()
