from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from lib.ui.adapter_files import adapter_files
from tests.gradient_server import GradientServer
from tests.ui.house import house_at

if TYPE_CHECKING:
    from pathlib import Path


def test_a_version_leaves_with_a_card_of_what_it_was_taught_and_how_it_scored(
    tmp_path: Path,
) -> None:
    with GradientServer(versions=True) as server:
        house = house_at(tmp_path, server.url)
        run = house.taught(house.corrected("Who won in 1994?", "The Dallas Cowboys"))
        client = house.connection.client()
        adapter = client.get_adapter(run.adapter_id)
        (version,) = client.versions(run.adapter_id)
        raw = adapter_files(client, house.ledger, adapter, version, "Test base")
        house.close()
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert archive.namelist() == ["adapter_config.json", "README.md"]
        card = archive.read("README.md").decode()
    assert "| Who won in 1994? | The Dallas Cowboys |" in card
    assert "| Corrections fixed | 1 of 1 |" in card
