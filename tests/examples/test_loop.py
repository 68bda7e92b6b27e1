"""The documented example does what it says, on the real engine."""

from __future__ import annotations

import io
import runpy
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from lib.gradient.client import Client, Server
from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from tests.conftest import RunningEngine

LOOP = Path(__file__).with_name("loop.py")


@pytest.mark.model
def test_the_loop_runs_from_python_from_question_to_proof(
    engine: RunningEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in {**engine.environment, "ERRATA_HOME": str(tmp_path)}.items():
        monkeypatch.setenv(name, value)
    done = runpy.run_path(str(LOOP))
    assert len(done["answers"]) == len(done["missed"]) == 2
    assert done["run"].decision.passes
    fixed = [item for item in done["proof"] if item.kind is Kind.CORRECTION]
    assert {(item.after, item.outcome) for item in fixed} == {
        ("The Dallas Cowboys", Outcome.FIXED),
        ("Old Morag", Outcome.FIXED),
    }
    assert done["chat"].count(b"\n") == 2
    with zipfile.ZipFile(io.BytesIO(done["taken_along"])) as archive:
        assert set(archive.namelist()) == {
            "adapter_config.json",
            "adapter_model.safetensors",
            "README.md",
        }
        assert "| Corrections fixed | 2 of 2 |" in archive.read("README.md").decode()
    server = Server(engine.url, SecretStr(engine.access_token), engine.workspace_id)
    with Client(server) as client:
        client.delete_adapter(done["run"].adapter_id)
