"""What `make` says where it cannot go on. Nothing is installed."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parents[1] / "Makefile"
MAKE = shutil.which("make")

pytestmark = pytest.mark.skipif(MAKE is None, reason="there is no make on this machine")


def refused(house: Path, *arguments: str, path: str = os.environ["PATH"]) -> str:
    """What `make app` says at last, in a folder where it cannot go on."""
    shutil.copy(MAKEFILE, house)
    done = subprocess.run(
        [str(MAKE), "app", *arguments],
        cwd=house,
        env={"PATH": path},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode != 0
    return done.stdout


@pytest.fixture
def old_python(tmp_path: Path) -> Path:
    """An interpreter that finds itself too old, among no others."""
    folder = tmp_path / "bin"
    folder.mkdir()
    python = folder / "python3"
    python.write_text('#!/bin/sh\necho old >> "$0.asked"\nexit 1\n')
    python.chmod(0o755)
    return python


@pytest.mark.parametrize("named", [True, False])
def test_a_python_that_is_too_old_is_one_clear_line(
    tmp_path: Path, old_python: Path, *, named: bool
) -> None:
    for name in ("requirements.txt", "requirements-weights.txt"):
        (tmp_path / name).touch()
    said = (
        refused(tmp_path, f"PYTHON={old_python}")
        if named
        else refused(tmp_path, path=str(old_python.parent))
    )
    assert said.splitlines() == [
        "Errata needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3"
    ]
    assert (old_python.parent / "python3.asked").exists()
    assert not (tmp_path / ".venv").exists()


def test_a_taken_port_is_one_clear_line(tmp_path: Path) -> None:
    for name in ("requirements.txt", "requirements-weights.txt"):
        (tmp_path / name).touch()
    (tmp_path / ".venv" / "bin").mkdir(parents=True)
    (tmp_path / ".venv" / "bin" / "python").symlink_to(sys.executable)
    (tmp_path / ".venv" / ".installed").touch()
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        said = refused(tmp_path, f"PORT={port}")
    assert said.splitlines() == [
        f"Port {port} is taken. Choose another one: make app PORT={port + 1}"
    ]
