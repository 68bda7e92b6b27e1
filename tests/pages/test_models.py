from __future__ import annotations

import stat
from typing import TYPE_CHECKING

import pytest

from tests.gradient_server import TOKEN, WORKSPACE, GradientServer, teach_versions
from tests.pages.conftest import button, page, texts
from tests.ui.house import house_at

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from streamlit.testing.v1 import AppTest

    Open = Callable[[str], AppTest]


def connect(app: AppTest, url: str, token: str) -> AppTest:
    for label, value in (("Address", url), ("Access token", token), ("Workspace id", WORKSPACE)):
        next(field for field in app.text_input if field.label == label).set_value(value)
    return button(app, "Connect")


def test_what_the_server_has_is_listed(open_page: Open) -> None:
    shown = texts(open_page("models"))
    assert "**Test base**" in shown
    assert any("A plain Gradient server" in text for text in shown)


def test_an_adapter_is_made_and_deleted_after_a_question(
    open_page: Open, server: GradientServer
) -> None:
    app = open_page("models")
    next(field for field in app.text_input if "Name" in field.label).set_value("![x](y)").run()
    app = button(app, "Create adapter")
    assert not app.get("download_button"), "a plain server keeps its files"
    assert [adapter["name"] for adapter in server.adapters.values()] == ["![x](y)"]
    assert "**![x](y)**" in texts(app)
    app = button(app, "Delete")
    assert len(server.adapters) == 1
    button(app, "Delete it")
    assert server.adapters == {}


def test_a_server_that_is_gone_is_told_once_and_another_can_be_connected_to(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with GradientServer() as server:
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
    assert home.exists()
    app = page("models")
    assert [text for text in texts(app) if "does not answer" in text] == [
        f"{server.url.split('/')[2]} does not answer."
    ] * 2, "in the sidebar, and on the page"
    assert not app.get("header")
    assert any(field.label == "Address" for field in app.text_input)


@pytest.fixture
def other() -> GradientServer:
    return GradientServer()


def test_a_version_can_be_downloaded_where_the_server_gives_files(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with GradientServer(versions=True) as server:
        house = house_at(home, server.url)
        run = house.taught(house.corrected("Who won in 1994?", "The Dallas Cowboys"))
        house.close()
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        app = page("models")
        assert len(app.get("download_button")) == 0
        app = unfolded(app, run.adapter_id)
        assert len(app.get("download_button")) == 1


def test_two_versions_are_compared_from_their_list_with_what_was_taught(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with GradientServer(versions=True) as server:
        house = house_at(home, server.url)
        first = house.taught(house.corrected("Who won in 1994?", "The Dallas Cowboys"))
        house.taught(house.corrected("Who won in 1995?", "The Stars"), adapter=first.adapter_id)
        house.close()
        for name, value in server.environment.items():
            monkeypatch.setenv(name, value)
        app = unfolded(page("models"), first.adapter_id)
        assert any("0" * 12 in text for text in texts(app))
        app.button(key=f"beside_{first.adapter_id}_1").click().run()
        assert app.title[0].value == "Compare"
        assert app.text_area(key="compare_questions").value == "Who won in 1994?\nWho won in 1995?"
        (who,) = app.multiselect
        chosen = [who.options[number] for number in who.value]
        assert chosen == ["my-adapter, version 2", "my-adapter, version 1"]
        assert not app.button(key="compare_ask").disabled


def test_many_versions_come_in_pages_the_newest_first(versioned: GradientServer) -> None:
    teach_versions(versioned, "Who?", *("Me",) * 12)
    app = unfolded(page("models"), "taught")
    shown = [text for text in texts(app) if text.startswith("Version ")]
    assert shown == [f"Version {number}" for number in range(12, 2, -1)]


def unfolded(app: AppTest, adapter_id: str) -> AppTest:
    """The page with an adapter's versions."""
    app.session_state[f"versions_{adapter_id}"] = True
    return app.run()


def test_another_server_is_tried_before_it_is_used(
    open_page: Open, other: GradientServer, home: Path
) -> None:
    with other:
        app = connect(open_page("models"), other.url, "wrong-token")
        assert any("does not accept the access token" in text for text in texts(app))
        assert not (home / "connection.json").exists()


def test_another_server_is_used_and_its_token_is_kept_private(
    open_page: Open, other: GradientServer, home: Path
) -> None:
    with other:
        app = connect(open_page("models"), other.url, TOKEN)
        kept = home / "connection.json"
        assert stat.S_IMODE(kept.stat().st_mode) == 0o600
        shown = [*texts(app), *(field.value or "" for field in app.text_input)]
        assert not any(TOKEN in text for text in shown)
        assert any(other.url in text for text in texts(page("models")))
        button(app, "Disconnect")
        assert not kept.exists()


@pytest.mark.parametrize("url", ["", "ftp://somewhere", "http://127.0.0.1:9/api", "not a url"])
def test_an_address_that_cannot_be_used_is_told_in_a_sentence(open_page: Open, url: str) -> None:
    app = connect(open_page("models"), url, TOKEN)
    assert any("The connection is as it was." in text for text in texts(app))
    assert not app.exception
