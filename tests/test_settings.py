from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from lib.settings import Settings
from lib.teaching.people import Role

NAMES = (
    "GRADIENT_API_URL",
    "GRADIENT_ACCESS_TOKEN",
    "GRADIENT_WORKSPACE_ID",
    "ERRATA_HOME",
    "ERRATA_DATABASE_URL",
)


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.delenv(name, raising=False)


def test_with_nothing_set_the_engine_is_embedded_and_all_is_in_one_home() -> None:
    settings = Settings()
    assert settings.embedded
    assert settings.errata_home.is_absolute()
    assert settings.errata_home.name == "errata"
    assert settings.engine_home == settings.errata_home / "engine"
    assert settings.database_url == f"sqlite:///{settings.errata_home}/ledger.db"


def test_every_setting_is_read_from_the_environment(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    values = ("https://x.example/api", "a-secret-token", "w", str(tmp_path), "postgresql://h/d")
    for name, value in zip(NAMES, values, strict=True):
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert not settings.embedded
    assert settings.gradient_api_url == "https://x.example/api"
    assert settings.gradient_access_token is not None
    assert settings.gradient_access_token.get_secret_value() == "a-secret-token"
    assert settings.gradient_workspace_id == "w"
    assert settings.errata_home == tmp_path
    assert settings.database_url == "postgresql://h/d"
    assert "a-secret-token" not in repr(settings)


def test_an_empty_variable_counts_as_unset(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in NAMES:
        monkeypatch.setenv(name, "")
    assert Settings().embedded
    assert Settings().errata_home.name == "errata"


def test_a_home_may_begin_with_a_tilde_or_be_relative() -> None:
    assert Settings(errata_home=Path("~/mine")).errata_home == Path.home() / "mine"
    assert Settings(errata_home=Path("mine")).errata_home == Path.cwd() / "mine"


def test_a_server_without_its_credentials_is_refused_in_one_sentence(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("GRADIENT_API_URL", "https://x.example/api")
    monkeypatch.setenv("GRADIENT_ACCESS_TOKEN", "a-secret-token")
    with pytest.raises(ValidationError, match="so GRADIENT_WORKSPACE_ID must be set too") as no:
        Settings()
    assert "a-secret-token" not in str(no.value)


def test_a_server_that_is_not_on_http_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GRADIENT_API_URL", "ftp://x.example")
    with pytest.raises(ValidationError, match="must begin with http"):
        Settings()


def test_roles_are_read_by_name(monkeypatch: pytest.MonkeyPatch) -> None:
    assert Settings().errata_roles == {}
    monkeypatch.setenv("ERRATA_ROLES", '{"ada@example.org": ["teacher", "asker"], "*": []}')
    assert Settings().errata_roles == {
        "ada@example.org": {Role.TEACHER, Role.ASKER},
        "*": frozenset(),
    }


@pytest.mark.parametrize("text", ["teacher", "[]", '{"Ada": ["king"]}', '{"Ada": 3}'])
def test_roles_that_cannot_be_read_are_said_so(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setenv("ERRATA_ROLES", text)
    with pytest.raises(ValidationError, match="ERRATA_ROLES must be JSON such as"):
        Settings()
