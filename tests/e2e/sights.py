"""What there is to look at: pages, and what somebody opens, types and chooses on them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import FilePayload, Page


@dataclass(frozen=True)
class Sight:
    """A page as it opens, or after something was done on it, which is done in English."""

    name: str
    path: str
    act: Callable[[Page], None] | None = None


def of(*paths: str) -> tuple[Sight, ...]:
    """Pages as they open."""
    return tuple(Sight(path or "ask", path) for path in paths)


PAGES = of(
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


def full(question: str) -> tuple[Sight, ...]:
    """What can be opened where there is much; `question` is answered otherwise by versions."""

    def compared(page: Page) -> None:
        page.get_by_label("Questions, one a line").fill(f"{question}\nWho wrote Emma?")
        page.get_by_text("Hide who answers").click()
        page.get_by_role("button", name="Ask 2 questions").click()
        expect(page.get_by_text("Different answers")).to_be_visible()

    return (
        Sight("ask-menu", "", _menu),
        Sight("ask-settings", "", _press("Settings")),
        Sight("ask-named", "", _named),
        Sight("ask_many-pasted", "ask_many", _pasted),
        Sight("corrections-drafts", "corrections", _drafts),
        Sight("corrections-filter", "corrections", _press("Filter")),
        Sight("corrections-unfolded", "corrections", _unfolded),
        Sight("corrections-table", "corrections", _table),
        Sight("corrections-edited", "corrections", _edited),
        Sight("corrections-clash", "corrections", _clash),
        Sight("review-wrong", "review", _wrong),
        Sight("teach-limits", "teach", _press("When it goes live")),
        Sight("story-link", "story", _link),
        Sight("story-shared", "story", _shared),
        Sight("story-none", "shared/nothing"),
        Sight("compare-asked", "compare", compared),
        Sight("history-beginning", "history", _beginning),
        Sight("templates-versions", "templates", _choose("Versions")),
        Sight("import_export-read", "import_export", _read),
        Sight("import_export-unreadable", "import_export", _unreadable),
        Sight("models-versions", "models", _choose("6 versions")),
        Sight("models-delete", "models", _press("Delete")),
    )


def proved() -> tuple[Sight, ...]:
    """What can be opened where a proof was taken."""

    def unfolded(page: Page) -> None:
        page.get_by_text("made by rule").click()
        page.get_by_text("other answers unchanged").click()

    return (Sight("teach-unfolded", "teach", unfolded),)


def rolled_back() -> tuple[Sight, ...]:
    """Where corrections are listed that the live version does not know."""

    def in_table(page: Page) -> None:
        _taught(page)
        _table(page)

    return (
        Sight("corrections-taught", "corrections", _taught),
        Sight("corrections-taught-table", "corrections", in_table),
    )


def _press(name: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_role("button", name=name).first.click()


def _choose(text: str) -> Callable[[Page], None]:
    return lambda page: page.get_by_test_id("stMain").get_by_text(text, exact=True).first.click()


def _drafts(page: Page) -> None:
    page.get_by_text(re.compile(r"^Draft \d")).click()


def _taught(page: Page) -> None:
    page.get_by_text(re.compile(r"^Taught \d")).click()
    expect(page.get_by_role("button", name="Withdraw")).to_be_visible()


def _menu(page: Page) -> None:
    """The sidebar, which a narrow page hides."""
    opener = page.get_by_test_id("stExpandSidebarButton")
    if opener.is_visible():
        opener.click()


def _named(page: Page) -> None:
    _menu(page)
    page.get_by_role("button", name="Who are you?").click()


def _pasted(page: Page) -> None:
    page.get_by_text("New list").click()
    box = page.get_by_role("textbox", name="Or paste questions, one a line")
    box.fill("Who wrote Emma?\tJane Austen\nWho wrote Ulysses?\tJames Joyce")
    box.blur()
    expect(page.get_by_role("button", name="Ask 2 questions")).to_be_visible()


def _unfolded(page: Page) -> None:
    main = page.get_by_test_id("stMain")
    for text in ("What is sent", "Its history", "Other wordings"):
        main.get_by_text(text).first.click()
    expect(page.get_by_role("textbox", name="Ask it in other words")).to_be_visible()


def _table(page: Page) -> None:
    page.get_by_text("Table", exact=True).click()
    canvas = page.get_by_test_id("stDataFrame").locator("canvas").first
    expect(canvas).to_be_visible()
    page.wait_for_timeout(500)
    box = canvas.bounding_box()
    if box:  # what selects every row is drawn, not an element
        page.mouse.click(box["x"] + 20, box["y"] + 17)
    expect(page.get_by_role("button", name="Edit")).to_be_enabled()


def _edited(page: Page) -> None:
    _table(page)
    page.get_by_role("button", name="Edit").click()
    expect(page.get_by_role("button", name="Done")).to_be_visible()


def _clash(page: Page) -> None:
    """Two windows change one draft."""
    other = page.context.new_page()
    other.goto(page.url)
    for window, text in ((page, "This window's text"), (other, "The other window's text")):
        _drafts(window)
        box = window.get_by_label("What is right?").first
        expect(box).to_be_visible()
        if window is other:
            page.get_by_label("What is right?").first.fill("This window's later text")
            page.wait_for_timeout(2000)
        box.fill(text)
    expect(other.get_by_text("Changed in another window").first).to_be_visible()
    page.close()


def _wrong(page: Page) -> None:
    """Somebody types what is right, and says why the answer is wrong."""
    page.get_by_role("button", name="Wrong", exact=False).first.click()
    box = page.get_by_label("What is right?")
    expect(box).to_be_visible()
    box.fill("The team river king that nobody has seen.")
    for reason in ("Made up", "Incomplete"):
        chip = page.get_by_role("button", name=reason)
        if chip.get_attribute("kind") != "pillsActive":
            chip.click()
    page.get_by_label("Note").fill("Nothing of it stands in any book.")
    expect(page.get_by_text("What changes")).to_be_visible()


def _link(page: Page) -> None:
    page.get_by_role("button", name="Make a link").click()
    expect(page.get_by_test_id("stCode")).to_be_visible()


def _shared(page: Page) -> None:
    _link(page)
    page.goto(page.get_by_test_id("stCode").inner_text().strip())


def _beginning(page: Page) -> None:
    page.get_by_role("combobox", name="Since").click()
    page.get_by_role("option", name="The beginning").click()
    expect(page.get_by_text("Does teaching fix it")).to_be_visible()


def _read(page: Page) -> None:
    lines = (
        '{"question": "Who wrote Emma?", "answer": "Jane Austen", "wrong_answer": "Mary Shelley"}',
        '{"question": "Who wrote Ulysses?", "answer": "James Joyce"}',
        '{"question": "", "answer": "Nobody"}',
        "not JSON at all",
    )
    _bring(page, "corrections.jsonl", "\n".join(lines).encode())
    page.get_by_text("What is refused, and why").click()


def _unreadable(page: Page) -> None:
    _bring(page, "picture.csv", bytes(range(256)))
    expect(page.get_by_test_id("stAlert").first).to_be_visible()


def _bring(page: Page, name: str, content: bytes) -> None:
    file: FilePayload = {"name": name, "mimeType": "text/plain", "buffer": content}
    page.locator("input[type=file]").set_input_files([file])
    expect(page.get_by_text(re.compile(re.escape(name))).first).to_be_visible()
