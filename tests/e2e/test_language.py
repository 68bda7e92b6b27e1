"""The language of the app, as a browser chooses it and as somebody does."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

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
