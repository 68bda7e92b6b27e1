"""Draw the README's pictures from the real app: `python -m tests.e2e.pictures`."""

from __future__ import annotations

import tempfile
from pathlib import Path

from playwright.sync_api import expect, sync_playwright

from tests.e2e.conftest import browser_path, running_app
from tests.e2e.test_loop import QUESTION, RIGHT, ask_again

FOLDER = Path(__file__).parent / "pictures"
SIZE = {"width": 1280, "height": 720}


def main() -> None:
    """Ask, correct, teach and ask again, with a picture of each."""
    FOLDER.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory() as home,
        running_app(Path(home)) as app,
        sync_playwright() as playwright,
    ):
        page = playwright.chromium.launch(executable_path=browser_path()).new_page(
            viewport=SIZE  # type: ignore[arg-type]  # a plain dict is one
        )
        page.set_default_timeout(60_000)
        page.goto(app.url)
        page.get_by_role("button", name=QUESTION).click()
        page.get_by_role("button", name="Wrong").click()
        expect(page.get_by_label("What is right?")).to_be_focused()
        page.keyboard.type(RIGHT)
        expect(page.get_by_text("draft saved")).to_be_visible()
        page.screenshot(path=FOLDER / "ask.png")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Teach it").click()
        page.get_by_role("button", name="Teach 1 correction").click()
        expect(page.get_by_role("button", name="Roll back")).to_be_visible(timeout=180_000)
        page.screenshot(path=FOLDER / "teach.png")
        ask_again(page)
        page.screenshot(path=FOLDER / "again.png")


if __name__ == "__main__":
    main()
