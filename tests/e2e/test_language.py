"""The language of the app, as a browser chooses it and as somebody does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from lib.ledger.ledger import Ledger
from tests.e2e.conftest import SECONDS, RunningApp

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.browser


@pytest.fixture
def french(chromium: Browser) -> Iterator[Page]:
    """A tab of a browser whose language is French."""
    context = chromium.new_context(locale="fr-FR")
    context.set_default_timeout(SECONDS * 1000)
    yield context.new_page()
    context.close()


def test_a_french_browser_is_spoken_to_in_french_until_somebody_chooses(
    app: RunningApp, french: Page
) -> None:
    french.goto(app.url)
    heading = french.get_by_role("heading", level=1)
    expect(heading).to_have_text("Interroger")
    expect(french.get_by_placeholder("Posez une question")).to_be_visible()
    expect(french.locator("[data-test-script-state=notRunning]")).to_be_attached()
    french.wait_for_load_state("networkidle")
    assert "errata_language" not in french.evaluate("document.cookie")
    french.get_by_text("English", exact=True).click()
    expect(heading).to_have_text("Ask")
    french.wait_for_function("document.cookie.includes('errata_language=en')")
    french.reload()
    expect(heading).to_have_text("Ask")
    french.get_by_text("Français", exact=True).click()
    expect(heading).to_have_text("Interroger")
    french.wait_for_function("document.cookie.includes('errata_language=fr')")
    french.goto(f"{app.url}/teach")
    expect(heading).to_have_text("Enseigner")


def test_a_correction_is_typed_under_french_words(app: RunningApp, french: Page) -> None:
    french.goto(app.url)
    french.get_by_role("textbox", name="Posez une question").fill("Qui parle français ?")
    french.keyboard.press("Enter")
    french.get_by_role("button", name="Faux").last.click()
    french.get_by_label("Quelle est la bonne réponse ?").fill("Tout le monde")
    expect(french.get_by_text("brouillon enregistré")).to_be_visible()
    expect(french.get_by_role("button", name="Ajouter · Entrée")).to_be_enabled()


def test_streamlit_s_own_words_are_french_too_and_english_again(
    app: RunningApp, french: Page
) -> None:
    french.goto(f"{app.url}/import_export")
    expect(french.get_by_role("button", name="Choisir un fichier")).to_be_visible()
    expect(french.get_by_test_id("stFileUploader")).to_contain_text("50 Mo par fichier")
    expect(french.get_by_role("link", name="Lien vers ce titre").first).to_be_attached()
    french.get_by_test_id("stFileUploader").locator("input").set_input_files(
        {"name": "Upload.csv", "mimeType": "text/csv", "buffer": b"question,answer\nWho?,Me\n"}
    )
    expect(french.get_by_test_id("stFileChipName")).to_have_text("Upload.csv")
    french.get_by_role("button", name="Enlever Upload.csv").click()
    french.get_by_text("English", exact=True).click()
    expect(french.get_by_role("button", name="Upload", exact=True)).to_be_visible()
    expect(french.get_by_test_id("stFileUploader")).to_contain_text("50MB per file")


def test_times_are_those_of_the_browser_s_clock(app: RunningApp, chromium: Browser) -> None:
    ledger = Ledger(f"sqlite:///{app.home / 'ledger.db'}")
    (template,) = ledger.templates()
    ledger.close()
    for zone in ("Asia/Kolkata", "America/St_Johns"):
        context = chromium.new_context(timezone_id=zone)
        context.set_default_timeout(SECONDS * 1000)
        page = context.new_page()
        page.goto(f"{app.url}/templates")
        there = template.created_at.astimezone(ZoneInfo(zone))
        expect(page.get_by_text(f"{there:%H:%M}")).to_be_visible()
        context.close()
