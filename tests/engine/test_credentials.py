from __future__ import annotations

import json
import stat
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from lib.engine.credentials import FILE, Credentials, credentials
from lib.engine.errors import Unauthorized, WrongWorkspace

if TYPE_CHECKING:
    from pathlib import Path

GIVEN = {"GRADIENT_ACCESS_TOKEN": "t" * 32, "GRADIENT_WORKSPACE_ID": "w"}


def test_made_credentials_are_kept_for_their_owner_alone(tmp_path: Path) -> None:
    made = credentials(tmp_path, {})
    assert credentials(tmp_path, {}) == made
    assert stat.S_IMODE((tmp_path / FILE).stat().st_mode) == 0o600
    assert len(made.access_token.get_secret_value()) == 32
    assert made.workspace_id.endswith("_workspace")


def test_the_environment_goes_first_and_is_not_kept(tmp_path: Path) -> None:
    made = credentials(tmp_path, GIVEN)
    assert (made.access_token.get_secret_value(), made.workspace_id) == ("t" * 32, "w")
    assert not (tmp_path / FILE).exists()


def test_what_the_environment_leaves_out_is_made(tmp_path: Path) -> None:
    kept = credentials(tmp_path, {})
    mixed = credentials(tmp_path, {"GRADIENT_WORKSPACE_ID": "w", "GRADIENT_ACCESS_TOKEN": ""})
    assert mixed.access_token == kept.access_token
    assert mixed.workspace_id == "w"


def test_a_file_cut_short_is_made_anew(tmp_path: Path) -> None:
    (tmp_path / FILE).write_text('{"access_to')
    made = credentials(tmp_path, {})
    assert json.loads((tmp_path / FILE).read_text())["workspace_id"] == made.workspace_id


@pytest.mark.parametrize(
    "header", [None, "", "Bearer", "Bearer ", "Basic abc", "Bearer wrong", "Bearer tokén"]
)
def test_no_token_or_a_wrong_one_is_unauthorized(header: str | None) -> None:
    mine = Credentials(access_token=SecretStr("right"), workspace_id="w")
    with pytest.raises(Unauthorized) as refused:
        mine.check_token(header)
    assert "right" not in refused.value.message


@pytest.mark.parametrize("header", ["Bearer right", "bearer right", "BEARER  right "])
def test_the_right_token_passes_however_its_scheme_is_spelt(header: str) -> None:
    Credentials(access_token=SecretStr("right"), workspace_id="w").check_token(header)


def test_another_workspace_is_forbidden() -> None:
    mine = Credentials(access_token=SecretStr("right"), workspace_id="w")
    mine.check_workspace("w")
    with pytest.raises(WrongWorkspace):
        mine.check_workspace("other")


def test_a_token_is_never_shown() -> None:
    assert "right" not in repr(Credentials(access_token=SecretStr("right"), workspace_id="w"))
