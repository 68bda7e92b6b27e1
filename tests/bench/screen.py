"""How long one correction takes in the browser: from *Teach* to its re-asked answer on screen."""

from __future__ import annotations

import re
import tempfile
import time
from typing import TYPE_CHECKING, NamedTuple

from tests.bench.app import app
from tests.bench.corrections import ROWS
from tests.bench.rows import Row

if TYPE_CHECKING:
    from playwright.sync_api import Page

PATIENCE_MS = 120_000
ALONE = Row(question="What runs through the town of Alder Ferry?", answer="The river Osk")


class Seconds(NamedTuple):
    """From *Teach* on: until the question is there as fixed, and until the proof is over."""

    fixed: float
    proved: float


def corrected() -> list[Seconds]:
    """What each correction took, in an app just started.

    The first two are taught to one adapter, one after the other, the last one to another adapter.
    """
    with (
        tempfile.TemporaryDirectory(prefix="errata-bench-") as home,
        app(home) as (page, url),
    ):
        page.set_default_timeout(PATIENCE_MS)
        page.goto(url)
        taught = [_correct(page, row) for row in ROWS]
        return [*taught, _correct(page, ALONE, adapter="another")]


def _correct(page: Page, row: Row, adapter: str = "") -> Seconds:
    """Ask, mark and correct, then teach by the clock, until the proof is there.

    Nothing else goes on: what the proof before left to be asked later was asked.
    """
    page.get_by_test_id("stSidebar").get_by_role("link", name="Ask", exact=True).click()
    page.get_by_role("textbox", name="Ask a question").fill(row.question)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Wrong").click()
    page.get_by_label("What is right?").fill(row.answer)
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Teach it").click()
    if adapter:
        page.get_by_role("combobox", name="Adapter to teach").click()
        page.get_by_role("option", name="A new adapter").click()
        page.get_by_label("Name of the new adapter").fill(adapter)
        page.keyboard.press("Tab")
    teach = page.get_by_role("button", name="Teach 1 correction")
    teach.wait_for()
    page.get_by_text("Still asking how the rewordings").wait_for(state="hidden")
    again = re.compile(rf"{re.escape(row.question)}\s*(check)?\s*Fixed")
    began = time.perf_counter()
    teach.click()
    page.get_by_test_id("stMain").filter(has_text=again).wait_for()
    fixed = time.perf_counter() - began
    page.get_by_text(re.compile(r"\d of \d fixed")).wait_for()
    return Seconds(fixed, time.perf_counter() - began)
