"""What a newcomer, somebody who compares, and somebody who only looks on meet in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.e2e.conftest import SECONDS, RunningApp, running_app
from tests.gradient_server import GradientServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Locator

pytestmark = pytest.mark.browser

QUESTION = "What NFL team won the Super Bowl in 1994?"
expect.set_options(timeout=SECONDS * 1000)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningApp]:
    """An app on an empty home; what one test teaches, the next one finds."""
    with (
        GradientServer(stream=True, versions=True) as server,
        running_app(tmp_path_factory.mktemp("show"), server.environment) as running,
    ):
        yield running


def reachable(page: Page) -> None:
    """Whoever cannot see the page can use it, once no toast of Streamlit's is in the way."""
    expect(page.get_by_test_id("stToast")).to_have_count(0)
    found = Axe().run(page).response["violations"]
    grave = [
        (one["id"], node["html"][:300])
        for one in found
        if one["impact"] in {"serious", "critical"}
        for node in one["nodes"]
    ]
    assert grave == []


def last_answer(page: Page) -> Locator:
    return page.get_by_label("Chat message from assistant").last


def test_the_first_minute_leads_from_a_question_to_a_proof(home: RunningApp, tab: Page) -> None:
    tab.goto(home.url)
    tab.get_by_role("button", name="Show me").click()
    tab.get_by_role("button", name="Mark it wrong").click()
    tab.get_by_role("button", name="Correct it: The Dallas Cowboys").click()
    tab.get_by_role("button", name="Let it learn").click()
    expect(tab.get_by_text("1 of 1 fixed")).to_be_visible()
    tab.get_by_role("link", name="Ask it again").click()
    tab.get_by_role("button", name="Ask it again").click()
    expect(last_answer(tab)).to_contain_text("Learned")
    expect(tab.get_by_text("The first minute")).to_have_count(0)
    tab.reload()
    expect(last_answer(tab)).to_contain_text("Learned")
    expect(tab.get_by_text("The first minute")).to_have_count(0)


def test_a_saved_correction_answers_at_once_above_what_the_model_says(
    home: RunningApp, tab: Page
) -> None:
    tab.goto(home.url)
    field = tab.get_by_role("textbox", name="Ask a question")
    field.fill("Who wrote Emma?")
    tab.keyboard.press("Enter")
    expect(tab.get_by_role("button", name="Wrong")).to_have_count(2)
    tab.get_by_role("button", name="Wrong").last.click()
    expect(tab.get_by_label("What is right?")).to_be_focused()
    tab.keyboard.type("Jane Austen")
    tab.keyboard.press("Enter")
    expect(tab.get_by_text("1 correction ready", exact=True)).to_be_visible()
    field.fill("please tell me who wrote emma")
    tab.keyboard.press("Enter")
    expect(last_answer(tab)).to_contain_text("Patched")
    expect(tab.get_by_text("The model itself says:")).to_be_visible()


def test_a_contradiction_is_caught_before_it_is_taught(home: RunningApp, tab: Page) -> None:
    tab.goto(home.url)
    tab.get_by_role("button", name="Wrong").last.click()
    expect(tab.get_by_label("What is right?")).to_be_focused()
    tab.keyboard.type("Emily Brontë")
    tab.keyboard.press("Enter")
    tab.get_by_role("button", name="Teach them").click()
    expect(tab.get_by_text("1 thing to look at first")).to_be_visible()
    reachable(tab)
    tab.get_by_role("button", name="Keep the older").click()
    expect(tab.get_by_text("1 thing to look at first")).to_have_count(0)
    expect(tab.get_by_role("button", name="Teach 1 correction")).to_be_visible()


def test_a_base_model_and_its_adapter_are_compared_without_their_names(
    home: RunningApp, tab: Page
) -> None:
    tab.goto(f"{home.url}/compare")
    tab.get_by_label("Questions, one a line").fill(QUESTION)
    tab.get_by_text("Hide who answers").click()
    tab.get_by_role("button", name="Ask 1 question").click()
    expect(tab.get_by_text("Different answers")).to_be_visible()
    tab.get_by_role("button", name="A", exact=True).click()
    expect(tab.get_by_text("You liked")).to_be_visible()
    expect(tab.get_by_text("Votes so far")).to_be_visible()
    reachable(tab)


def test_a_shared_story_is_read_by_whoever_has_its_link_until_it_is_closed(
    home: RunningApp, tab: Page, chromium: Browser
) -> None:
    tab.goto(f"{home.url}/story")
    tab.get_by_role("button", name="Make a link").click()
    link = tab.get_by_test_id("stCode").inner_text().strip()
    guest = chromium.new_context().new_page()
    asked: list[str] = []
    guest.on("request", lambda request: asked.append(request.url))
    guest.goto(link)
    expect(guest.get_by_role("heading", name="What my-adapter has learned")).to_be_visible()
    assert asked == [link]
    assert guest.get_by_role("button").count() + guest.get_by_role("link").count() == 0
    reachable(guest)
    tab.get_by_role("button", name="Close it").click()
    expect(tab.get_by_text("A link is open until")).to_have_count(0)
    answer = guest.goto(link)
    assert answer is not None
    assert answer.status == 404
    guest.context.close()


def test_history_can_be_used_by_whoever_cannot_see_it(home: RunningApp, tab: Page) -> None:
    tab.goto(f"{home.url}/history")
    expect(tab.get_by_text("Where did the time go?")).to_be_visible()
    reachable(tab)
