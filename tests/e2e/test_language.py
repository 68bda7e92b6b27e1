"""The language of the app, as a browser chooses it and as somebody does."""

from __future__ import annotations

from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from playwright.sync_api import expect

from lib.ledger.ledger import Ledger
from tests.e2e.conftest import SECONDS, RunningApp

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.browser


def test_a_french_browser_is_spoken_to_in_french_until_somebody_chooses(
    app: RunningApp, chromium: Browser
) -> None:
    context = chromium.new_context(locale="fr-FR")
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    page.goto(app.url)
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Interroger")
    expect(page.get_by_placeholder("Posez une question")).to_be_visible()
    expect(page.locator("[data-test-script-state=notRunning]")).to_be_attached()
    page.wait_for_load_state("networkidle")
    assert "errata_language" not in page.evaluate("document.cookie")
    page.get_by_text("English", exact=True).click()
    expect(heading).to_have_text("Ask")
    page.wait_for_function("document.cookie.includes('errata_language=en')")
    page.reload()
    expect(heading).to_have_text("Ask")
    page.get_by_text("Français", exact=True).click()
    expect(heading).to_have_text("Interroger")
    page.wait_for_function("document.cookie.includes('errata_language=fr')")
    page.goto(f"{app.url}/teach")
    expect(heading).to_have_text("Enseigner")
    context.close()


def test_a_correction_is_typed_under_french_words(app: RunningApp, chromium: Browser) -> None:
    context = chromium.new_context(locale="fr-FR")
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    page.goto(app.url)
    page.get_by_role("textbox", name="Posez une question").fill("Qui parle français ?")
    page.keyboard.press("Enter")
    page.get_by_role("button", name="Faux").last.click()
    page.get_by_label("Quelle est la bonne réponse ?").fill("Tout le monde")
    expect(page.get_by_text("brouillon enregistré")).to_be_visible()
    expect(page.get_by_role("button", name="Ajouter · Entrée")).to_be_enabled()
    context.close()


def test_streamlit_s_own_words_are_french_too_and_english_again(
    app: RunningApp, chromium: Browser
) -> None:
    context = chromium.new_context(locale="fr-FR")
    context.set_default_timeout(SECONDS * 1000)
    page = context.new_page()
    page.goto(f"{app.url}/import_export")
    expect(page.get_by_role("button", name="Choisir un fichier")).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_contain_text("50 Mo par fichier")
    expect(page.get_by_role("link", name="Lien vers ce titre").first).to_be_attached()
    page.get_by_test_id("stFileUploader").locator("input").set_input_files(
        {"name": "Upload.csv", "mimeType": "text/csv", "buffer": b"question,answer\nWho?,Me\n"}
    )
    expect(page.get_by_test_id("stFileChipName")).to_have_text("Upload.csv")
    page.get_by_role("button", name="Remove Upload.csv").click()
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("button", name="Upload", exact=True)).to_be_visible()
    expect(page.get_by_test_id("stFileUploader")).to_contain_text("50MB per file")
    context.close()


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
