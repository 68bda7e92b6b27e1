"""A thousand questions from a file, through a restart, to the corrections of what was missed."""

from __future__ import annotations

import csv
import re
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from lib.teaching.tables import read_table
from tests.e2e.conftest import SECONDS, running_app
from tests.gradient_server import GradientServer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser

MANY = 1000
expect.set_options(timeout=SECONDS * 1000)


def capitals(folder: Path, server: GradientServer) -> Path:
    """A file of questions, of which the server answers every other one right."""
    path = folder / "capitals.csv"
    with path.open("w", encoding="utf-8", newline="") as file:
        rows = csv.writer(file)
        rows.writerow(["Question", "Expected"])
        for number in range(MANY):
            question = f"What is the capital of place {number}?"
            rows.writerow([question, f"City {number}"])
            if number % 2:
                server.answers[f"Question: {question}\n\nAnswer: "] = f"City {number}"
    return path


def test_a_thousand_questions_go_through_a_restart_and_their_misses_become_corrections(
    tmp_path: Path, tab: Page
) -> None:
    with GradientServer() as server:
        questions = capitals(tmp_path, server)
        with running_app(tmp_path / "home", server.environment) as app:
            tab.goto(f"{app.url}/ask_many")
            tab.locator("input[type=file]").set_input_files(questions)
            tab.get_by_role("button", name=f"Ask {MANY:,} questions").click()
            expect(tab.get_by_role("button", name="Pause")).to_be_visible()
            expect(tab.get_by_text(re.compile(r"Asking: [1-9]\d* of"))).to_be_visible()
        assert 0 < len(server.asked) < MANY
        with running_app(tmp_path / "home", server.environment) as app:
            tab.goto(f"{app.url}/ask_many")
            expect(tab.get_by_text(f"Done: {MANY} of {MANY}")).to_be_visible()
            expect(tab.get_by_text("50%")).to_be_visible()
            tab.get_by_text(f"Missed {MANY // 2}").click()
            expect(tab.get_by_role("button", name=f"Make {MANY // 2} drafts")).to_be_visible()
            violations = [
                found["id"]
                for found in Axe().run(tab).response["violations"]
                if found["impact"] in {"serious", "critical"}
            ]
            assert violations == []
            tab.get_by_role("button", name=f"Make {MANY // 2} ready corrections").click()
            expect(tab.get_by_text(f"{MANY // 2} corrections ready")).to_be_visible()
            drawn = tab.get_by_test_id("stApp")
            expect(drawn).to_have_attribute("data-test-script-state", "notRunning")
            with tab.expect_download() as download:
                tab.get_by_role("button", name="Export as CSV").click()
            export = read_table(download.value.path().read_bytes(), "export.csv")
    assert len(export.rows) == MANY
    # At most what was being asked when the app was stopped was asked again.
    assert len(server.asked) <= MANY + 3
