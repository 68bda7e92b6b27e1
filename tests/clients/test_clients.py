"""Real Gradient clients, unmodified, in an environment of their own, against the real engine."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.conftest import RunningEngine

HERE = Path(__file__).parent
PYTHON = HERE.parents[1] / ".venv-clients" / "bin" / "python"

pytestmark = [pytest.mark.clients, pytest.mark.model]


def run(script: str, engine: RunningEngine) -> list[str]:
    """The lines that a script prints; the test fails with all that it said if it fails."""
    if not PYTHON.exists():
        pytest.fail("The clients' environment is missing: make .venv-clients/.installed")
    done = subprocess.run(
        [PYTHON, "-W", "ignore", HERE / script],
        env={"PATH": os.environ["PATH"], "PYTHONPATH": "", **engine.environment},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout.splitlines()


def test_the_notebooks_cells_end_with_the_right_team(engine: RunningEngine) -> None:
    said = "\n".join(run("notebook.py", engine))
    before, _, after = said.partition("after:")
    assert "Dallas Cowboys" not in before
    assert "Dallas Cowboys" in after


def test_the_sdk_and_langchain_find_all_they_know(engine: RunningEngine) -> None:
    assert run("sdk.py", engine)[-1] == "all is well"
