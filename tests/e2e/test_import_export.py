"""What goes from one tool to another through a browser, and back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import FilePayload, Page, expect

from tests.e2e.conftest import SECONDS, running_app
from tests.gradient_server import GradientServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import RunningApp

pytestmark = pytest.mark.browser
expect.set_options(timeout=SECONDS * 1000)

CHAT = {
    "messages": [
        {"role": "user", "content": "Who is the mayor of Vellbruck?"},
        {"role": "assistant", "content": "Ada Quill"},
    ]
}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[RunningApp]:
    """An app on an empty home."""
    with (
        GradientServer(stream=True, versions=True) as server,
        running_app(tmp_path, server.environment) as running,
    ):
        yield running


def test_a_file_of_another_tool_comes_in_leaves_again_and_is_taken_back(
    home: RunningApp, tab: Page
) -> None:
    tab.goto(f"{home.url}/import_export")
    ready = tab.get_by_test_id("stSidebar").get_by_text("1 correction ready")
    sent = json.dumps(CHAT).encode() + b"\n{}\n"
    file = FilePayload(name="theirs.jsonl", mimeType="application/jsonl", buffer=sent)
    tab.locator("input[type=file]").set_input_files(file)
    expect(tab.get_by_text("1 can be taken · 1 is refused")).to_be_visible()
    expect(ready).to_have_count(0)
    tab.get_by_role("button", name="Take it").click()
    expect(ready).to_be_visible()
    with tab.expect_download() as download:
        tab.get_by_role("button", name="Export", exact=True).click()
    exported = Path(download.value.path()).read_text(encoding="utf-8")
    asked, answered = json.loads(exported)["messages"]
    assert "Who is the mayor of Vellbruck?" in asked["content"]
    assert answered["content"] == "Ada Quill"
    tab.get_by_role("button", name="Undo").click()
    expect(ready).to_have_count(0)
