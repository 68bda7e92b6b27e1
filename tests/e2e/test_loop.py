"""The whole loop, as a person meets it: the real app, the real engine, the real model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.conftest import SECONDS, running_app

if TYPE_CHECKING:
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = [pytest.mark.browser, pytest.mark.model]

QUESTION = "What NFL team won the Super Bowl in 1994?"
RIGHT = "The Dallas Cowboys"
expect.set_options(timeout=SECONDS * 1000)


def answers(page: Page) -> list[str]:
    return page.get_by_label("Chat message from assistant").all_inner_texts()


def correct_the_first_answer(page: Page) -> None:
    page.get_by_role("button", name=QUESTION).click()
    page.get_by_role("button", name="Wrong").click()
    assert RIGHT not in answers(page)[0]
    expect(page.get_by_label("What is right?")).to_be_focused()
    page.keyboard.type(RIGHT)
    page.keyboard.press("Enter")
    expect(page.get_by_text("1 correction ready", exact=True)).to_be_visible()


def begin_to_teach_and_cancel(page: Page) -> None:
    page.get_by_role("button", name="Teach it").click()
    page.get_by_role("button", name="Teach 1 correction").click()
    page.get_by_role("button", name="Cancel").click()
    expect(page.get_by_text("This run was cancelled.")).to_be_visible()


def teach_it(page: Page) -> None:
    page.get_by_role("button", name="Teach 1 correction").click()
    expect(page.get_by_text("1 of 1 fixed")).to_be_visible(timeout=3 * SECONDS * 1000)


def ask_again(page: Page) -> None:
    page.get_by_test_id("stSidebar").get_by_role("link", name="Ask", exact=True).click()
    expect(page.get_by_role("combobox", name="Model")).to_have_value("my-adapter")
    page.get_by_role("textbox", name="Ask a question").fill(QUESTION)
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name="Right")).to_have_count(1)
    assert RIGHT in answers(page)[-1]


def test_a_wrong_answer_is_corrected_taught_after_a_cancel_fixed_and_kept_over_a_restart(
    tmp_path: Path, chromium: Browser, tab: Page
) -> None:
    home = tmp_path / "home"
    with running_app(home) as app:
        tab.goto(app.url)
        correct_the_first_answer(tab)
        begin_to_teach_and_cancel(tab)
        teach_it(tab)
        ask_again(tab)
    with running_app(home) as app:
        page = chromium.new_page()
        page.set_default_timeout(SECONDS * 1000)
        page.goto(app.url)
        expect(page.get_by_text(QUESTION, exact=True)).to_have_count(2)
        expect(page.get_by_text("Taught", exact=True)).to_be_visible()
        page.goto(f"{app.url}/teach")
        expect(page.get_by_text("1 of 1 fixed")).to_be_visible()
        page.goto(f"{app.url}/models")
        expect(page.get_by_text("my-adapter")).to_be_visible()
        page.get_by_test_id("stSidebar").get_by_role("link", name="Ask", exact=True).click()
        page.get_by_role("textbox", name="Ask a question").fill("What is the capital of France?")
        page.keyboard.press("Enter")
        expect(page.get_by_role("button", name="Right")).to_have_count(2)
        assert "Paris" in answers(page)[-1]
        page.close()
