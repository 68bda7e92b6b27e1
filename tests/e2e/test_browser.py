"""What only a browser shows: streaming, drafts, addresses, headers, reach."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import httpx
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lib.ledger.ledger import Ledger
from lib.ledger.records import CorrectionState
from tests.e2e.conftest import SECONDS, RunningApp, free_port, running_app
from tests.gradient_server import GradientServer

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser

PAGES = {
    "Ask": "",
    "Ask many": "ask_many",
    "Corrections": "corrections",
    "Teach": "teach",
    "Compare": "compare",
    "History": "history",
    "Templates": "templates",
    "Import and export": "import_export",
    "Models": "models",
}
"""Heading → path, in the sidebar's order."""
expect.set_options(timeout=SECONDS * 1000)


def long_answer(server: GradientServer, question: str, word: str, length: int = 25) -> None:
    """Let the server answer this question with so many words: word0, word1 and so on."""
    said = " ".join(f"{word}{number}" for number in range(length))
    server.answers[f"Question: {question}\n\nAnswer: "] = said


def ask(page: Page, question: str) -> None:
    page.get_by_role("textbox", name="Ask a question").fill(question)
    page.keyboard.press("Enter")


def last_answer(page: Page) -> Locator:
    return page.get_by_label("Chat message from assistant").last


def drafts(app: RunningApp) -> list[str]:
    """The drafts in an app's ledger."""
    ledger = Ledger(f"sqlite:///{app.home / 'ledger.db'}")
    texts = [draft.right_answer for draft in ledger.corrections(CorrectionState.DRAFT)]
    ledger.close()
    return texts


def answered(page: Page, app: RunningApp, question: str) -> Locator:
    """A page with a question answered; gives the place of its answer."""
    page.goto(app.url)
    ask(page, question)
    place = page.get_by_label("Chat message from assistant").last
    expect(page.get_by_text(question, exact=True)).to_be_visible()
    expect(place.get_by_role("button", name="Wrong")).to_be_visible()
    return place


def test_marking_an_old_answer_does_not_disturb_the_one_that_is_coming(
    app: RunningApp, tab: Page, slow_server: GradientServer
) -> None:
    old = answered(tab, app, "An old question?")
    long_answer(slow_server, "Say much.", "word")
    number = tab.get_by_label("Chat message from assistant").count()
    ask(tab, "Say much.")
    coming = tab.get_by_label("Chat message from assistant").nth(number)
    expect(coming).to_contain_text("word3")
    old = tab.get_by_label("Chat message from assistant").nth(number - 1)
    old.get_by_role("button", name="Wrong").click()
    box = old.get_by_label("What is right?")
    expect(box).to_be_focused()
    tab.keyboard.type("A better answer")
    expect(old.get_by_text("draft saved")).to_be_visible()
    expect(coming.get_by_role("button", name="Stop")).to_be_visible()
    expect(coming).to_contain_text("word24")
    expect(coming.get_by_role("button", name="Right")).to_be_visible()
    expect(box).to_have_value("A better answer")


@pytest.mark.parametrize("way", ["at once", "after a reload"])
def test_stopping_keeps_what_was_said(
    app: RunningApp, tab: Page, slow_server: GradientServer, way: str
) -> None:
    question = f"Say much, stopped {way}."
    word = way.replace(" ", "")
    long_answer(slow_server, question, word, length=200)
    tab.goto(app.url)
    ask(tab, question)
    expect(tab.get_by_text(question, exact=True)).to_be_visible()
    expect(last_answer(tab).get_by_role("button", name="Stop")).to_be_visible()
    expect(last_answer(tab)).to_contain_text(f"{word}2")
    if way == "after a reload":
        tab.reload()
        expect(last_answer(tab)).to_contain_text(f"{word}4")
    last_answer(tab).get_by_role("button", name="Stop").click()
    expect(last_answer(tab)).to_contain_text("Stopped.")
    expect(last_answer(tab).get_by_role("button", name="Wrong")).to_be_visible()
    said = last_answer(tab).inner_text()
    assert f"{word}2" in said
    assert f"{word}199" not in said
    tab.reload()
    expect(last_answer(tab)).to_contain_text(f"{word}2")


def test_a_second_question_can_be_asked_while_the_first_is_answered(
    app: RunningApp, tab: Page, slow_server: GradientServer
) -> None:
    long_answer(slow_server, "One?", "one")
    long_answer(slow_server, "Two?", "two")
    tab.goto(app.url)
    ask(tab, "One?")
    expect(last_answer(tab)).to_contain_text("one2")
    ask(tab, "Two?")
    expect(last_answer(tab)).to_contain_text("two24")
    expect(tab.get_by_text("one24")).to_be_visible()


def test_a_draft_survives_a_reload_another_window_and_another_page(
    app: RunningApp, tab: Page
) -> None:
    place = answered(tab, app, "Will it be kept?")
    place.get_by_role("button", name="Wrong").click()
    box = last_answer(tab).get_by_label("What is right?")
    expect(box).to_be_focused()
    tab.keyboard.type("Half a sente")
    expect(last_answer(tab).get_by_text("draft saved")).to_be_visible()
    tab.reload()
    expect(last_answer(tab).get_by_label("What is right?")).to_have_value("Half a sente")
    other = tab.context.new_page()
    other.goto(f"{app.url}/corrections")
    expect(other.get_by_label("What is right?").first).to_have_value("Half a sente")
    other.close()


def test_what_was_typed_a_moment_before_a_reload_is_not_lost(app: RunningApp, tab: Page) -> None:
    place = answered(tab, app, "Not even the last word?")
    place.get_by_role("button", name="Wrong").click()
    expect(last_answer(tab).get_by_label("What is right?")).to_be_focused()
    tab.keyboard.type("Not even")
    tab.reload()
    expect(last_answer(tab).get_by_label("What is right?")).to_have_value("Not even")
    expect(last_answer(tab).get_by_text("draft saved")).to_be_visible()


def test_a_draft_outlives_the_engine_the_app_and_the_tab(tmp_path: Path, chromium: Browser) -> None:
    port = free_port()
    context = chromium.new_context()
    context.set_default_timeout(SECONDS * 1000)
    tab = context.new_page()
    with GradientServer() as server:
        with running_app(tmp_path, server.environment, port=port) as app:
            answered(tab, app, "What is kept?").get_by_role("button", name="Wrong").click()
            expect(last_answer(tab).get_by_label("What is right?")).to_be_focused()
            tab.keyboard.type("What was typed")
            expect(last_answer(tab).get_by_text("draft saved")).to_be_visible()
            server.__exit__()  # the engine is killed
            tab.keyboard.type(" without an engine")
            expect(last_answer(tab).get_by_text("draft saved")).to_be_visible()
            (kept,) = drafts(app)
            assert kept == "What was typed without an engine"
            app.process.kill()
            app.process.wait()
            tab.keyboard.type(", without an app")
            tab.close()
        with running_app(tmp_path, server.environment, port=port) as app:
            assert drafts(app) == [kept]
            tab = context.new_page()
            tab.goto(f"{app.url}/corrections")
            box = tab.get_by_label("What is right?")
            expect(box).to_have_value(f"{kept}, without an app")
            expect(tab.get_by_text("draft saved")).to_be_visible()
            assert drafts(app) == [f"{kept}, without an app"]
            tab.close(run_before_unload=True)
            other = chromium.new_page()
            other.goto(f"{app.url}/corrections")
            expect(other.get_by_label("What is right?")).to_have_value(f"{kept}, without an app")
            other.close()
    context.close()


def test_redraws_leave_focus_caret_and_text_alone(app: RunningApp, tab: Page) -> None:
    place = answered(tab, app, "Where is the caret?")
    place.get_by_role("button", name="Wrong").click()
    box = last_answer(tab).get_by_label("What is right?")
    expect(box).to_be_focused()
    for piece in ("one ", "two ", "three"):
        tab.keyboard.type(piece)
        expect(last_answer(tab).get_by_text("draft saved")).to_be_visible()
    tab.keyboard.press("Home")
    tab.keyboard.type("zero ")
    expect(last_answer(tab).get_by_text("draft saved")).to_be_visible()
    tab.keyboard.type("and a half ")
    expect(box).to_have_value("zero and a half one two three")
    tab.keyboard.press("Shift+Enter")
    expect(box).to_have_value("zero and a half \none two three")
    tab.keyboard.press("Enter")
    expect(last_answer(tab).get_by_text("Ready", exact=True)).to_be_visible()


def test_a_long_wrong_answer_can_be_started_from(
    app: RunningApp, tab: Page, slow_server: GradientServer
) -> None:
    words = "The model says this at some length, and only the very last word of it is right: wrong"
    slow_server.answers["Question: At length?\n\nAnswer: "] = words
    place = answered(tab, app, "At length?")
    place.get_by_role("button", name="Wrong").click()
    box = last_answer(tab).get_by_label("What is right?")
    expect(box).to_have_value("")
    tab.keyboard.press("Alt+w")
    expect(box).to_have_value(words)


def test_an_address_that_somebody_types_is_text_and_no_link(app: RunningApp, tab: Page) -> None:
    question = "Is it https://x.test/a or www.x.test or me@x.test?"
    answered(tab, app, question).get_by_role("button", name="Wrong").click()
    expect(last_answer(tab).get_by_label("What is right?")).to_be_focused()
    tab.keyboard.type("Neither")
    tab.keyboard.press("Enter")
    expect(tab.get_by_test_id("stToast")).to_contain_text("Added")
    tab.goto(f"{app.url}/corrections")
    expect(tab.get_by_text(question)).to_be_visible()
    expect(tab.locator("a[href*='x.test']")).to_have_count(0)


def test_two_windows_that_change_one_correction_are_both_shown(app: RunningApp, tab: Page) -> None:
    place = answered(tab, app, "Who was first?")
    place.get_by_role("button", name="Wrong").click()
    expect(last_answer(tab).get_by_label("What is right?")).to_be_focused()
    tab.keyboard.type("Both saw this")
    expect(last_answer(tab).get_by_text("draft saved")).to_be_visible()
    other = tab.context.new_page()
    other.goto(app.url)
    theirs = last_answer(other).get_by_label("What is right?")
    expect(theirs).to_have_value("Both saw this")
    theirs.fill("The other says this")
    expect(last_answer(other).get_by_text("draft saved")).to_be_visible()
    tab.keyboard.type(" and I say that")
    expect(last_answer(tab).get_by_text("Changed in another window")).to_be_visible()
    expect(last_answer(tab).get_by_text("The other says this")).to_be_visible()
    last_answer(tab).get_by_role("button", name="Keep mine").click()
    expect(last_answer(tab).get_by_text("Changed in another window")).to_have_count(0)
    tab.reload()
    expect(last_answer(tab).get_by_label("What is right?")).to_have_value(
        "Both saw this and I say that"
    )
    other.close()


def test_an_address_opened_first_on_a_fresh_process_meets_the_router(
    slow_server: GradientServer, tmp_path: Path, tab: Page
) -> None:
    page = "Corrections"
    with running_app(tmp_path, slow_server.environment) as app:
        tab.goto(f"{app.url}/{PAGES[page]}")
        expect(tab.get_by_role("heading", name=page, exact=True)).to_be_visible()
        links = tab.get_by_test_id("stSidebar").get_by_role("link")
        expect(links).to_have_text([re.compile(name) for name in PAGES])


def test_every_answer_carries_the_headers(app: RunningApp) -> None:
    for path in ("/", "/corrections", "/_stcore/health"):
        headers = httpx.get(app.url + path).headers
        assert "default-src 'self'" in headers["content-security-policy"]
        assert headers["x-frame-options"] == "SAMEORIGIN"
        assert headers["x-content-type-options"] == "nosniff"
        assert headers["referrer-policy"] == "no-referrer"


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_pages_are_accessible_narrow_and_ask_nobody_else(
    app: RunningApp, chromium: Browser, tab: Page, scheme: str
) -> None:
    answered(tab, app, f"Is everything seen, {scheme}?").get_by_role("button", name="Wrong").click()
    expect(last_answer(tab).get_by_label("What is right?")).to_be_focused()
    context = chromium.new_context(
        viewport={"width": 1280, "height": 900},
        color_scheme="dark" if scheme == "dark" else "light",
    )
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    for name, path in PAGES.items():
        page.set_viewport_size({"width": 1280, "height": 900})
        page.goto(f"{app.url}/{path}")
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
        expect(page.locator("#add:empty")).to_have_count(0)  # it is named once it has its data
        violations = [
            f"{found['id']}: {node['html'][:300]}\n{node.get('failureSummary', '')}"
            for found in Axe().run(page).response["violations"]
            if found["impact"] in {"serious", "critical"}
            for node in found["nodes"]
        ]
        assert not violations, f"{name}:\n" + "\n".join(violations)
        page.set_viewport_size({"width": 390, "height": 844})
        expect(page.get_by_role("heading", name=name, exact=True)).to_be_visible()
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, name
    strangers = [url for url in asked if not url.startswith((app.url, "data:", "blob:"))]
    assert strangers == []
    context.close()
