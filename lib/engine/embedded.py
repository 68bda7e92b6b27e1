"""The engine as the app's companion: a process beside it that starts, dies and restarts with it.

The app finds it by the note in its home (`home.Endpoint`), read at each use, so that a restart on
another port goes unnoticed.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

import httpx
from pydantic import ValidationError

from lib.engine import REFUSED
from lib.engine.home import ENDPOINT, Endpoint

if TYPE_CHECKING:
    from asyncio.subprocess import Process

log = logging.getLogger(__name__)

HOUSE = Path(__file__).resolve().parents[2]
COMMAND = (sys.executable, "-m", "lib.engine")
ENVIRONMENT = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1:glibc.malloc.arena_max=1"}
"""A version is answered with by another llama.cpp server, and up to two thirds of the time until it
could answer went to getting its memory page by page. So it comes in large pages, and from one arena
for all threads: a thread's own would get small ones, and not keep them for the next server."""
LOG = "engine.log"
LARGEST_LOG = 5 * 2**20
"""Bytes; a larger log is put aside at the next start, over the one before it."""
FIRST_PAUSE, LONGEST_PAUSE = 1.0, 30.0
"""Seconds between a death and the next start; they double while it keeps dying."""
LONG_LIFE = 60.0
"""Seconds after which a death is a new one, and not the last one again."""
SECONDS_TO_END = 15.0


class EmbeddedEngine:
    """Runs an engine on a free port until closed. Used from one event loop.

    Args:
        home: the engine's folder; its log is kept there, too.
        command: starts the engine's command line.
        pause: seconds before the first restart.
    """

    def __init__(
        self, home: Path, *, command: tuple[str, ...] = COMMAND, pause: float = FIRST_PAUSE
    ) -> None:
        self._home = home
        self._command = command
        self._pause = pause
        self._trouble = ""
        self._process: Process | None = None
        self._watching: asyncio.Task[None] | None = None

    @property
    def trouble(self) -> str:
        """Why it does not run, in a sentence for the user; empty while it runs or starts."""
        return self._trouble

    async def start(self) -> None:
        """Start it, and keep it running from now on. Returns at once."""
        self._watching = asyncio.create_task(self._watch())

    async def ready(self) -> bool:
        """Whether it answers questions now."""
        try:
            note = Endpoint.model_validate_json((self._home / ENDPOINT).read_bytes())
            async with httpx.AsyncClient(timeout=2, trust_env=False) as client:
                return (await client.get(f"{note.url}/health")).is_success
        except (OSError, ValidationError, httpx.HTTPError):
            return False

    async def close(self) -> None:
        """Stop it; answers that are being generated have some seconds to end."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        process, self._process = self._process, None
        if process is None or process.returncode is not None:
            return
        with suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), SECONDS_TO_END)
        except TimeoutError:
            log.warning("The engine did not stop by itself; it is killed.")
            process.kill()
            await process.wait()

    async def _watch(self) -> None:
        pause, clock = self._pause, asyncio.get_running_loop().time
        while True:
            began = clock()
            try:
                process = self._process = await self._started()
            except OSError as error:
                self._trouble = f"The engine could not be started: {error.strerror}."
            else:
                code = await process.wait()
                self._trouble = (
                    self._last_words()
                    if code == REFUSED
                    else f"The engine ended unexpectedly (code {code}); its log says why."
                )
            log.error("%s It is started again in %.0f s.", self._trouble, pause)
            if clock() - began > LONG_LIFE:
                pause = self._pause
            await asyncio.sleep(pause)
            pause = min(2 * pause, LONGEST_PAUSE)

    async def _started(self) -> Process:
        self._home.mkdir(mode=0o700, parents=True, exist_ok=True)
        path = self._home / LOG
        if path.exists() and path.stat().st_size > LARGEST_LOG:
            path.replace(path.with_suffix(".log.1"))
        with path.open("ab") as output:
            self._begins = output.tell()
            process = await asyncio.create_subprocess_exec(
                *self._command,
                *("serve", "--port", "0", "--home", str(self._home), "--end-with-stdin"),
                cwd=HOUSE,
                env=ENVIRONMENT | os.environ,
                stdin=asyncio.subprocess.PIPE,  # closes when this process ends, however it ends
                stdout=output,
                stderr=output,
            )
        self._trouble = ""
        return process

    def _last_words(self) -> str:
        """The last line that it wrote: why it does not start."""
        with (self._home / LOG).open("rb") as log_file:
            log_file.seek(self._begins)
            lines = log_file.read().decode(errors="replace").splitlines()
        return next((line for line in reversed(lines) if line.strip()), "")
