from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lib.engine import REFUSED
from lib.engine.embedded import LARGEST_LOG, LOG, EmbeddedEngine

if TYPE_CHECKING:
    from collections.abc import Callable

STAND_IN = """
import json, os, pathlib, sys
home = pathlib.Path(sys.argv[sys.argv.index("--home") + 1])
assert sys.argv[1:4] == ["serve", "--port", "0"] and "--end-with-stdin" in sys.argv
(home / "pid").write_text(str(os.getpid()))
print("started", flush=True)
{then}
"""
WAITS = "sys.stdin.buffer.read()"


def stand_in(folder: Path, then: str) -> tuple[str, ...]:
    """A command that does as an engine would, without a model."""
    script = folder / "stand_in.py"
    script.write_text(STAND_IN.replace("{then}", then))
    return (sys.executable, str(script))


async def until(condition: Callable[[], bool]) -> None:
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  it watches another process
            await asyncio.sleep(0.02)


def pid(home: Path) -> int | None:
    try:
        return int((home / "pid").read_text() or 0) or None
    except FileNotFoundError:
        return None


async def test_it_is_started_restarted_when_it_dies_and_stopped(tmp_path: Path) -> None:
    home = tmp_path / "home"
    engine = EmbeddedEngine(home, command=stand_in(tmp_path, WAITS), pause=0.01)
    await engine.start()
    await until(lambda: pid(home) is not None)
    first = pid(home)
    assert first is not None
    assert engine.trouble == ""
    os.kill(first, signal.SIGKILL)
    await until(lambda: pid(home) != first)
    second = pid(home)
    await engine.close()
    assert second is not None
    with pytest.raises(ProcessLookupError):
        os.kill(second, 0)
    assert (home / LOG).read_text() == "started\nstarted\n"


@pytest.mark.parametrize("set_by_the_user", [None, "glibc.malloc.check=0"])
async def test_it_gets_its_memory_in_large_pages_unless_the_user_says_otherwise(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, set_by_the_user: str | None
) -> None:
    monkeypatch.delenv("GLIBC_TUNABLES", raising=False)
    if set_by_the_user:
        monkeypatch.setenv("GLIBC_TUNABLES", set_by_the_user)
    says = f"print(os.environ['GLIBC_TUNABLES'], flush=True); {WAITS}"
    engine = EmbeddedEngine(tmp_path, command=stand_in(tmp_path, says))
    await engine.start()
    log = tmp_path / LOG
    await until(lambda: log.exists() and log.read_text().count("\n") > 1)
    await engine.close()
    said = log.read_text().splitlines()[1]
    assert said == set_by_the_user or (not set_by_the_user and "hugetlb=1" in said)


async def test_why_it_does_not_start_is_told_in_its_own_words(tmp_path: Path) -> None:
    says = f"print('No weights were found.', file=sys.stderr); sys.exit({REFUSED})"
    engine = EmbeddedEngine(tmp_path, command=stand_in(tmp_path, says), pause=60)
    await engine.start()
    await until(lambda: engine.trouble != "")
    assert engine.trouble == "No weights were found."
    assert not await engine.ready()
    await engine.close()


async def test_a_crash_is_told_without_its_log(tmp_path: Path) -> None:
    crash = "print('details'); sys.exit(1)"
    engine = EmbeddedEngine(tmp_path, command=stand_in(tmp_path, crash), pause=60)
    await engine.start()
    await until(lambda: engine.trouble != "")
    assert engine.trouble == "The engine ended unexpectedly (code 1); its log says why."
    await engine.close()


async def test_a_command_that_is_not_there_is_told(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path, command=(str(tmp_path / "none"),), pause=60)
    await engine.start()
    await until(lambda: engine.trouble != "")
    assert "could not be started" in engine.trouble
    await engine.close()


async def test_a_long_log_is_put_aside(tmp_path: Path) -> None:
    (tmp_path / LOG).write_bytes(b"x" * (LARGEST_LOG + 1))
    engine = EmbeddedEngine(tmp_path, command=stand_in(tmp_path, WAITS))
    await engine.start()
    await until(lambda: pid(tmp_path) is not None)
    await engine.close()
    assert (tmp_path / LOG).stat().st_size < 100
    assert (tmp_path / "engine.log.1").stat().st_size == LARGEST_LOG + 1


async def test_it_ends_when_its_app_is_killed(tmp_path: Path) -> None:
    app = tmp_path / "app.py"
    app.write_text(
        "import asyncio, pathlib, sys\n"
        "from lib.engine.embedded import EmbeddedEngine\n"
        "async def main():\n"
        f"    engine = EmbeddedEngine(pathlib.Path({str(tmp_path)!r}), "
        f"command={stand_in(tmp_path, WAITS)!r})\n"
        "    await engine.start()\n"
        "    await asyncio.sleep(600)\n"
        "asyncio.run(main())\n"
    )
    root = Path(__file__).parents[2]
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(app), cwd=root, env={**os.environ, "PYTHONPATH": str(root)}
    )
    await until(lambda: pid(tmp_path) is not None)
    process.kill()
    await process.wait()
    engine = pid(tmp_path)
    assert engine is not None
    await until(lambda: not Path(f"/proc/{engine}").exists())


@pytest.mark.model
async def test_the_real_engine_gets_ready(tmp_path: Path) -> None:
    engine = EmbeddedEngine(tmp_path)
    await engine.start()
    await until((tmp_path / "endpoint.json").exists)
    assert await engine.ready()
    note = json.loads((tmp_path / "endpoint.json").read_text())
    assert note["url"].endswith("/api")
    await engine.close()
    assert not (tmp_path / "endpoint.json").exists()
