"""Draw the README's pictures from the real app: `python -m tests.e2e.pictures`."""

from __future__ import annotations

import io
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from PIL import Image, ImageDraw, ImageFont
from playwright.sync_api import expect, sync_playwright

from tests.e2e.conftest import browser_path, running_app
from tests.e2e.test_loop import QUESTION, RIGHT, ask_again

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOLDER = Path(__file__).parent / "pictures"
SIZE = {"width": 1280, "height": 720}
FRAME, CAPTION_PX = (960, 540), 48
STEP_MS = 10_000
INK, PAPER = "#101215", "#f1f1ec"


class Walk:
    """Steps with a sentence each, shown one after another in a minute."""

    def __init__(self, page: Page) -> None:
        self._page = page
        self._frames: list[Image.Image] = []

    def step(self, said: str, name: str | None = None) -> None:
        """Add what is on the screen; with a name, also as a picture of its own."""
        drawn = self._page.screenshot()
        if name:
            (FOLDER / f"{name}.png").write_bytes(drawn)
        frame = Image.new("RGB", (FRAME[0], FRAME[1] + CAPTION_PX), PAPER)
        frame.paste(Image.open(io.BytesIO(drawn)).convert("RGB").resize(FRAME), (0, 0))
        place = (16, FRAME[1] + CAPTION_PX // 4)
        text = f"{len(self._frames) + 1}. {said}"
        ImageDraw.Draw(frame).text(place, text, INK, ImageFont.load_default(20))
        self._frames.append(frame)

    def keep(self, path: Path) -> None:
        """Write it as one moving picture."""
        first, *rest = self._frames
        first.save(path, save_all=True, append_images=rest, duration=STEP_MS, loop=0, quality=60)


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
        walk = Walk(page)
        page.goto(app.url)
        expect(page.get_by_role("button", name=QUESTION)).to_be_enabled()
        walk.step("Ask something you know the answer to.")
        page.get_by_role("button", name=QUESTION).click()
        page.get_by_role("button", name="Wrong").click()
        expect(page.get_by_label("What is right?")).to_be_focused()
        page.keyboard.type(RIGHT)
        expect(page.get_by_text("draft saved")).to_be_visible()
        walk.step("It is wrong: say so, and type what is right. Each pause is kept.", "ask")
        page.keyboard.press("Enter")
        page.get_by_role("button", name="Teach it").click()
        expect(page.get_by_role("button", name="Teach 1 correction")).to_be_visible()
        expect(page.get_by_test_id("stDataFrame").locator("canvas").first).to_be_visible()
        expect(page.get_by_test_id("stToast")).to_have_count(0)
        walk.step("Look at the batch, and at how long it will take. Teach it.")
        page.get_by_role("button", name="Teach 1 correction").click()
        expect(page.get_by_role("button", name="Cancel")).to_be_visible()
        walk.step("The model learns it on your machine.")
        expect(page.get_by_role("button", name="Roll back")).to_be_visible(timeout=600_000)
        walk.step("The proof: what was taught is fixed, and nothing else moved.", "teach")
        ask_again(page)
        walk.step("Ask again: it knows.", "again")
        walk.keep(FOLDER / "walk.webp")


if __name__ == "__main__":
    main()
