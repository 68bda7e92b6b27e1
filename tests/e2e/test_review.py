"""Correcting from the keyboard alone, and two people at one queue."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, CorrectionState, NewExchange, Reason, Verdict
from tests.e2e.conftest import SECONDS, RunningApp, running_app
from tests.gradient_server import BASE, GradientServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser
expect.set_options(timeout=SECONDS * 1000)

NUMBER = 20
HELD = 10


@pytest.fixture
def reviewed(tmp_path: Path) -> Iterator[tuple[RunningApp, Ledger]]:
    """The app, with answers that nobody has judged."""
    with GradientServer() as server, running_app(tmp_path, server.environment) as app:
        ledger = Ledger(f"sqlite:///{app.home / 'ledger.db'}")
        for number in range(NUMBER):
            question = f"Who won number {number}?"
            exchange = ledger.ask(
                NewExchange(
                    question=question,
                    prompt=question,
                    template_text="{question}",
                    server_url=server.url,
                    model_id=BASE,
                    model_name="Test base",
                )
            )
            ledger.answered(exchange.id, Answer(text=f"Number {number} was won by *Patriots*"))
        yield app, ledger
        ledger.close()


def shows(page: Page, number: int) -> None:
    expect(page.get_by_role("heading", name=f"Who won number {number}?")).to_be_visible()
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    # Keys are heard once the code of the buttons has been fetched, and they are drawn with it.
    page.wait_for_load_state("networkidle")
    expect(page.get_by_role("button", name="Undo Shortcut")).to_be_visible()
    # What is drawn begins to listen in a task after its frame.
    page.evaluate("new Promise(over => requestAnimationFrame(() => setTimeout(over, 50)))")


def hold(page: Page, key: str) -> None:
    """Each time it goes down again without having come up is a repetition."""
    for _ in range(HELD):
        page.keyboard.down(key)
        page.wait_for_timeout(100)
    page.keyboard.up(key)


def test_twenty_answers_are_corrected_by_keyboard_alone(
    reviewed: tuple[RunningApp, Ledger], tab: Page
) -> None:
    app, ledger = reviewed
    tab.goto(f"{app.url}/review")
    expect(tab.get_by_text(f"{NUMBER} answers to judge")).to_be_visible()
    for number in reversed(range(NUMBER)):
        shows(tab, number)
        tab.keyboard.press("n")
        expect(tab.get_by_label("What is right?")).to_be_focused()
        tab.keyboard.type(f"Number {number} was won by Cowboys")
        if number == 10:  # the difference is text, whatever it looks like
            expect(tab.locator("del", has_text="*Patriots*")).to_be_visible()
        tab.keyboard.press("Enter")
    expect(tab.get_by_text("Every answer is judged.")).to_be_visible()
    ready = ledger.corrections(CorrectionState.READY)
    assert {(one.question, one.right_answer) for one in ready} == {
        (f"Who won number {number}?", f"Number {number} was won by Cowboys")
        for number in range(NUMBER)
    }

    tab.keyboard.press("u")
    shows(tab, 0)
    expect(tab.get_by_label("What is right?")).to_have_value("Number 0 was won by Cowboys")
    assert ledger.counts()[CorrectionState.DRAFT] == 1
    tab.keyboard.press("Escape")
    tab.keyboard.press("u")
    expect(tab.get_by_label("What is right?")).to_have_count(0)
    tab.keyboard.press("y")
    expect(tab.get_by_text("Every answer is judged.")).to_be_visible()
    assert ledger.exchanges()[-1].verdict is Verdict.RIGHT


def test_a_key_held_down_is_one_press(reviewed: tuple[RunningApp, Ledger], tab: Page) -> None:
    app, ledger = reviewed
    tab.goto(f"{app.url}/review")
    shows(tab, 19)
    hold(tab, "y")
    shows(tab, 18)
    hold(tab, "n")  # opens the field, and types nothing in it
    box = tab.get_by_label("What is right?")
    expect(box).to_be_focused()
    expect(box).to_have_value("")
    hold(tab, "o")
    expect(box).to_have_value("o" * HELD)
    hold(tab, "Enter")
    shows(tab, 17)
    assert [one.verdict for one in ledger.exchanges(3)] == [Verdict.RIGHT, Verdict.WRONG, None]
    assert [one.right_answer for one in ledger.corrections()] == ["o" * HELD]


def test_skipping_undoing_and_reasons_need_no_mouse(
    reviewed: tuple[RunningApp, Ledger], tab: Page
) -> None:
    app, ledger = reviewed
    tab.goto(f"{app.url}/review")
    shows(tab, 19)
    tab.keyboard.press("s")
    shows(tab, 18)
    tab.keyboard.press("u")
    shows(tab, 19)
    tab.keyboard.press("n")
    expect(tab.get_by_label("What is right?")).to_be_focused()
    tab.keyboard.type("half a sen")
    expect(tab.get_by_text("draft saved")).to_be_visible()
    tab.get_by_role("button", name="Made up").focus()
    tab.keyboard.press("Enter")
    note = tab.get_by_label("Note")
    note.focus()
    tab.keyboard.type("No such team")
    expect(tab.get_by_text("What changes")).to_be_visible()
    tab.keyboard.press("Tab")
    expect(tab.locator("[data-test-script-state=notRunning]")).to_be_attached()
    tab.reload()
    shows(tab, 19)  # a reload goes on where it was
    expect(tab.get_by_label("What is right?")).to_have_value("half a sen")
    expect(tab.get_by_label("Note")).to_have_value("No such team")
    said = ledger.judgement(ledger.exchanges(1)[0].id)
    assert said is not None
    assert (said.reasons, said.note) == ((Reason.MADE_UP,), "No such team")


def test_two_people_get_different_answers_and_neither_overwrites_the_other(
    reviewed: tuple[RunningApp, Ledger], chromium: Browser
) -> None:
    app, ledger = reviewed
    pages = []
    for name in ("Ada", "Bob"):
        context = chromium.new_context()
        context.set_default_timeout(SECONDS * 1000)
        pages.append(context.new_page())
        pages[-1].goto(f"{app.url}/models")
        pages[-1].get_by_role("button", name="Who are you?").click()
        pages[-1].get_by_label("Your name").fill(name)
        pages[-1].keyboard.press("Enter")
        expect(pages[-1].get_by_role("button", name=name)).to_be_visible()
        pages[-1].wait_for_function(f"document.cookie.includes('={name}')")
        pages[-1].goto(f"{app.url}/review")  # a new session, which knows the browser's name
        shows(pages[-1], NUMBER - len(pages))
    ada, bob = pages
    ada.keyboard.press("n")
    expect(ada.get_by_label("What is right?")).to_be_focused()
    ada.keyboard.type("Ada's text")
    expect(ada.get_by_text("draft saved")).to_be_visible()

    bob.goto(f"{app.url}/corrections")
    box = bob.get_by_label("What is right?")
    expect(box).to_have_value("Ada's text")
    box.fill("Bob's text")
    expect(bob.get_by_text("draft saved")).to_be_visible()
    ada.keyboard.type(", longer")
    expect(ada.get_by_text("Changed by Bob meanwhile")).to_be_visible()
    expect(ada.get_by_text("Bob's text").first).to_be_visible()
    ada.get_by_role("button", name="Keep mine").click()
    expect(ada.get_by_text("Changed by Bob meanwhile")).to_have_count(0)
    (kept,) = ledger.corrections()
    assert (kept.right_answer, kept.author, kept.typed_by) == ("Ada's text, longer", "Ada", "Ada")
    assert "Bob's text" in [event.after for event in ledger.history(kept.id)]
    for page in pages:
        page.context.close()
