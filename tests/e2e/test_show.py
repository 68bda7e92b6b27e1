"""What a newcomer, somebody who compares, and somebody who only looks on meet in a browser."""

from __future__ import annotations

import re
from contextlib import closing
from datetime import timedelta
from http.client import HTTPConnection
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lib.ledger.ledger import Ledger
from tests.e2e.conftest import SECONDS, RunningApp, running_app
from tests.gradient_server import GradientServer, teach_versions
from tests.ledger.test_permissions import everything

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Locator, Position

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


def test_three_answers_grow_side_by_side_as_they_are_said(tmp_path: Path, tab: Page) -> None:
    base, one, two = (
        " ".join(f"{word}{number}" for number in range(40)) for word in ("base", "one", "two")
    )
    with GradientServer(stream=True, versions=True, pause=0.2) as server:
        server.answers[f"Question: {QUESTION}\n\nAnswer: "] = base
        teach_versions(server, QUESTION, one, two)
        with running_app(tmp_path, server.environment) as app:
            tab.goto(f"{app.url}/compare")
            expect(tab.get_by_test_id("stSidebar")).to_contain_text("ready")
            tab.get_by_role("combobox", name="Who answers").click()
            tab.get_by_role("option", name="my-adapter, version 1").click()
            tab.keyboard.press("Escape")
            expect(tab.get_by_text("my-adapter, version 1")).to_be_visible()
            tab.get_by_label("Questions, one a line").fill(QUESTION)
            # What was typed need not be left first.
            tab.get_by_role("button", name="Ask", exact=True).click()
            said = tab.locator(".st-key-compared_0")
            for word in ("base", "one", "two"):
                expect(said).to_contain_text(f"{word}3")
            assert not {"base39", "one39", "two39"} & set(said.inner_text().split())
            expect(said).to_contain_text("Different answers")
            assert {"base39", "one39", "two39"} <= set(said.inner_text().split())


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


def test_a_storys_link_opens_that_story_and_nothing_else(home: RunningApp) -> None:
    url = f"sqlite:///{home.home / 'ledger.db'}"
    ledger = Ledger(url)
    run = ledger.runs()[0]
    token, other = (ledger.share(run.id, text, timedelta(days=1)) for text in ("One", "Another"))
    ledger.close()
    before = everything(url)
    with closing(HTTPConnection(home.url.removeprefix("http://"), timeout=SECONDS)) as guest:

        def opened(path: str, method: str = "GET", **headers: str) -> tuple[int, str]:
            guest.request(method, path, QUESTION if method != "GET" else None, headers)
            answer = guest.getresponse()
            assert "set-cookie" not in answer.headers
            text = answer.read().decode()
            guest.close()  # a refused upgrade ends the connection
            return answer.status, text

        story = f"/shared/{token}"
        assert opened(story) == (200, "One")
        assert opened(f"{story}?token={other}&run={run.id}") == (200, "One")
        for path in (
            *("/shared/", "/shared/x", story[:-1], f"{story}x", f"{story}/"),
            *(f"{story}/ask", f"{story}/{other}", f"{story}/../{other}x", f"{story}%2f..%2fask"),
            *(f"{story}/..", f"{story}/../../ask", f"{story}/%2e%2e/%2e%2e/", f"{story}%00"),
            *(f"{story}/_stcore/health", f"{story}/_stcore/host-config", f"{story}/index.html"),
        ):
            status, text = opened(path)
            assert status in {400, 404}, path
            assert not {"One", "Another", "<script"} & set(re.findall(r"<?\w+", text)), path
        for method in ("POST", "PUT", "PATCH", "DELETE"):
            assert opened(story, method)[0] in {404, 405}, method
        upgrade = {
            "Connection": "Upgrade",
            "Upgrade": "websocket",
            "Sec-WebSocket-Version": "13",
            "Sec-WebSocket-Key": "dGhlIHNhbXBsZSBub25jZQ==",
        }
        for path in (story, f"{story}/_stcore/stream"):
            assert opened(path, **upgrade)[0] in {403, 404}, path
    assert everything(url) == before


def test_a_click_on_a_number_of_history_opens_what_is_behind_it(
    home: RunningApp, tab: Page
) -> None:
    for number in range(4):
        tab.goto(f"{home.url}/history")
        expect(tab.get_by_text("Where did the time go?")).to_be_visible()
        expect(tab.locator("[data-test-script-state=notRunning]")).to_be_attached()
        # A chart that is drawn late pushes the table below it away from under the pointer.
        expect(tab.get_by_test_id("stVegaLiteChart").locator("svg:visible")).to_have_count(4)
        table = tab.get_by_test_id("stDataFrame").nth(number)
        grid = table.locator(".dvn-scroller")
        size = grid.bounding_box()
        assert size is not None
        cell: Position = {"x": size["width"] - 40, "y": 52}
        grid.hover(position=cell)
        expect(table.get_by_test_id("stElementToolbar")).to_be_visible()
        grid.click(position=cell)
        opened = tab.get_by_text(re.compile("rows? behind this number"))
        try:
            expect(opened).to_be_visible(timeout=SECONDS * 250)
        except AssertionError:
            # A picture of a table says nothing of whether it listens yet: one more click.
            grid.click(position=cell)
            expect(opened).to_be_visible()


def test_history_can_be_used_by_whoever_cannot_see_it(home: RunningApp, tab: Page) -> None:
    tab.goto(f"{home.url}/history")
    expect(tab.get_by_text("Where did the time go?")).to_be_visible()
    reachable(tab)
