"""Look at every page in every state: `python -m tests.e2e.screens`, into `test-results/screens`.

Each is taken light and dark, wide and narrow, and some in French, as high as the page is; it is
looked at for what hinders access and for what stands out at the side. What is found is said, and
ends the command with 1. Named states alone: `python -m tests.e2e.screens held full`.
"""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Error, expect, sync_playwright

from tests.e2e.conftest import ROOT, browser_path
from tests.e2e.states import STATES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Literal

    from playwright.sync_api import Browser, BrowserContext, Page

    from tests.e2e.sights import Sight
    from tests.e2e.states import State

FOLDER = ROOT / "test-results" / "screens"
WIDE, NARROW = 1280, 390
LEAST, MOST = 850, 2600
"""Pixels high."""
LONGEST_S = 20
GRAVE = {"serious", "critical"}
IN_WORK = "[data-test-script-state=running]"


@dataclass(frozen=True)
class View:
    """As somebody looks at it."""

    scheme: Literal["light", "dark"]
    width: int
    locale: str = "en-GB"

    @property
    def name(self) -> str:
        """Such as "wide-dark"."""
        width = "wide" if self.width == WIDE else "narrow"
        return f"{width}-{self.scheme}" + ("-fr" if self.locale == "fr-FR" else "")


VIEWS = (
    View("light", WIDE),
    View("light", NARROW),
    View("dark", WIDE),
    View("dark", NARROW),
    View("light", WIDE, "fr-FR"),
    View("dark", NARROW, "fr-FR"),
)


def main() -> None:
    """Take them all, or those of the states that are named."""
    expect.set_options(timeout=LONGEST_S * 1000)
    FOLDER.mkdir(parents=True, exist_ok=True)
    found = 0
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path())
        for name in sys.argv[1:] or STATES:
            for what in _state(browser, name):
                found += 1
                sys.stdout.write(f"{what}\n")
                sys.stdout.flush()
        browser.close()
    sys.stdout.write(f"{found} found, pictures in {FOLDER}\n")
    sys.exit(bool(found))


def _state(browser: Browser, name: str) -> Iterator[str]:
    try:
        with STATES[name](browser) as state:
            for view in VIEWS:
                yield from _look(browser, name, state, view)
    except (Error, AssertionError) as error:
        yield f"{name}: not come to, {str(error)[:300]}"


def _look(browser: Browser, name: str, state: State, view: View) -> Iterator[str]:
    for sight in state.sights:
        if sight.act and view.locale != "en-GB":
            continue
        picture = f"{name}-{sight.name}-{view.name}"
        # One for each: a browser remembers whether its sidebar was open.
        context = _context(browser, view)
        try:
            page = _opened(context, state, sight)
            page.screenshot(path=FOLDER / f"{picture}.png")
            yield from (f"{picture}: {what}" for what in _hindrances(page, view.width))
        except (Error, AssertionError) as error:
            yield f"{picture}: not seen, {str(error)[:700]}"
        context.close()


def _context(browser: Browser, view: View) -> BrowserContext:
    context = browser.new_context(
        viewport={"width": view.width, "height": LEAST},
        color_scheme=view.scheme,
        locale=view.locale,
        timezone_id="Europe/Paris",
        reduced_motion="reduce",
    )
    context.set_default_timeout(LONGEST_S * 1000)
    return context


def _opened(context: BrowserContext, state: State, sight: Sight) -> Page:
    """The page of a sight, at rest; an act may end in another window."""
    page = context.new_page()
    page.goto(f"{state.url}/{sight.path}")
    if "shared/" not in sight.path:
        page.get_by_role("heading", level=1).first.wait_for()
        _rest(page, state)
    if sight.act:
        sight.act(page)
        page = context.pages[-1]
        _rest(page, state)
    _grow(page)
    return page


def _rest(page: Page, state: State) -> None:
    if not state.moves:
        page.locator(IN_WORK).wait_for(state="detached")
        page.wait_for_load_state("networkidle")
    page.wait_for_timeout(700)


def _grow(page: Page) -> None:
    """Make the window as high as the page is, within reason."""
    main = page.get_by_test_id("stMain")
    if main.count():
        size = page.viewport_size
        needed = main.evaluate("main => main.scrollHeight")
        if size and needed > size["height"]:
            page.set_viewport_size({"width": size["width"], "height": min(needed, MOST)})
            page.wait_for_timeout(300)


def _hindrances(page: Page, width: int) -> Iterator[str]:
    if page.evaluate("document.documentElement.scrollWidth") > width:
        yield "it is wider than the screen"
    for found in Axe().run(page).response["violations"]:
        if found["impact"] in GRAVE:
            yield from (f"{found['id']}: {node['html'][:200]}" for node in found["nodes"])


if __name__ == "__main__":
    os.nice(10)
    main()
