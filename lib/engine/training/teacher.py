"""The teaching process, seen from the service that starts it.

One process at a time, started when it is first needed and kept warm: it holds torch and the base
model's weights. Trainings queue for it. It runs at a lower priority than answering, and it ends by
itself when this process does.
"""

from __future__ import annotations

import asyncio
import logging
import os
import shutil
import signal
import sys
from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

from lib.engine.training.job import (
    NanLoss,
    TrainingCancelled,
    TrainingFailed,
    Unteachable,
    partial,
)
from lib.engine.training.messages import (
    Broken,
    Cancel,
    Done,
    Going,
    Ready,
    Teach,
    Warm,
    line,
    type_of_word,
)

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable

    from lib.engine.training.job import TeachingError, TrainJob, TrainResult
    from lib.gradient.schemas import Progress

log = logging.getLogger(__name__)

HOUSE = Path(__file__).resolve().parents[3]
COMMAND = (sys.executable, "-m", "lib.engine.training")
ENVIRONMENT = {"GOMP_SPINCOUNT": "50000", "GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""Torch's threads soon sleep where they wait for each other. To spin for ever, the default, makes a
training take up to ten times as long while something else wants the cores, and takes them from who
answers; to sleep at once doubles its time where nothing does. And memory comes in large pages: each
step asks for some hundred megabytes, and one in twenty seconds went to getting them in small
ones."""
LINE_LIMIT = 64 * 2**20
"""Bytes of one message; a result names each sample that was not learned."""
KEPT_LINES = 30
"""Of what the process said last before it died, for the log."""
TEACHING_ERRORS = (Unteachable, TrainingFailed, TrainingCancelled, NanLoss)
ERRORS = {error.__name__: error for error in TEACHING_ERRORS}


class Teacher:
    """Runs trainings one after another in a process of its own.

    Args:
        command: starts the process.
        patience: seconds a cancelled training has to stop by itself before it is killed.
    """

    def __init__(self, *, command: tuple[str, ...] = COMMAND, patience: float = 5.0) -> None:
        self._command = command
        self._patience = patience
        self._turn = asyncio.Lock()
        self._process: asyncio.subprocess.Process | None = None
        self._last_words: deque[str] = deque(maxlen=KEPT_LINES)
        self._listening: asyncio.Task[None] | None = None
        self._teaching = False
        self._cancelled = False
        self._kill: asyncio.TimerHandle | None = None

    async def warm(self, base_gguf: Path, cache_dir: Path) -> None:
        """Have the process started and the weights loaded, de-quantising them the first time.

        Raises:
            TrainingFailed: the process does not start, or the weights cannot be read.
        """
        async with self._turn:
            await self._order(Warm(base_gguf=base_gguf, cache_dir=cache_dir), _ignore)

    async def teach(self, job: TrainJob, on_progress: Callable[[Progress], None]) -> TrainResult:
        """Train, reporting progress after each step, and return when the files are written.

        Raises:
            Unteachable: a sample is too long, or there is nothing to train on.
            TrainingFailed: it broke; the next training gets a fresh process where that is needed.
            TrainingCancelled: `cancel` was called.
            NanLoss: the loss was no longer a number.
        """
        async with self._turn:
            self._teaching, self._cancelled = True, False
            try:
                result = await self._order(Teach(job=job), on_progress)
            except BaseException:
                # A process that was killed could not tidy up behind itself.
                shutil.rmtree(partial(job.out), ignore_errors=True)
                raise
            finally:
                self._teaching = False
                self._call_off_kill()
            if result is None:
                raise TrainingFailed("The training ended without a result. Teach again.")
            return result

    def cancel(self) -> None:
        """Stop the training that is running; without one, nothing happens."""
        if not self._teaching or self._cancelled:
            return
        self._cancelled = True
        process = self._process
        if process is not None and process.returncode is None and process.stdin is not None:
            process.stdin.write(line(Cancel()))
            self._kill = asyncio.get_running_loop().call_later(self._patience, process.kill)

    async def close(self) -> None:
        """End the process. A training that is running is cancelled."""
        self.cancel()
        async with self._turn:
            await self._end()

    async def _order(
        self, order: Warm | Teach, on_progress: Callable[[Progress], None]
    ) -> TrainResult | None:
        """Send an order and listen until it is carried out.

        Whoever stops listening before that leaves a process that still talks: it is ended.
        """
        process = await self._started()
        answered = False
        try:
            async for word in self._words(process, order):
                if isinstance(word, Going):
                    on_progress(word.progress)
                    continue
                answered = True
                if isinstance(word, Broken):
                    raise ERRORS[word.error](word.message, word.detail)
                return word.result if isinstance(word, Done) else None
            raise await self._died(process)
        finally:
            if not answered:
                await self._end()

    async def _words(
        self, process: asyncio.subprocess.Process, order: Warm | Teach
    ) -> AsyncGenerator[Ready | Going | Done | Broken]:
        """What the process says after an order, until it ends."""
        if process.stdin is None or process.stdout is None:
            raise TrainingFailed("The teaching process has no pipes. Teach again.")
        try:
            process.stdin.write(line(order))
            await process.stdin.drain()
        except ConnectionError:
            return
        while said := await process.stdout.readline():
            yield type_of_word.validate_json(said)

    async def _died(self, process: asyncio.subprocess.Process) -> TeachingError:
        """Why a process ended in the middle of an order."""
        code = await process.wait()
        if self._listening is not None:
            await self._listening
        if self._cancelled and self._teaching:
            return TrainingCancelled("The training was cancelled.")
        last = "\n".join(self._last_words)
        log.error("The teaching process ended with code %s. Its last words:\n%s", code, last)
        why = " It was killed, perhaps for want of memory." if code == -signal.SIGKILL else ""
        return TrainingFailed(
            f"The teaching process ended unexpectedly (code {code}).{why} "
            "The adapter is as it was. Teach again; a fresh process will be started.",
            last,
        )

    async def _started(self) -> asyncio.subprocess.Process:
        process = self._process
        if process is not None and process.returncode is None:
            return process
        await self._end()
        try:
            process = await asyncio.create_subprocess_exec(
                *self._command,
                cwd=HOUSE,
                env=os.environ | ENVIRONMENT,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                limit=LINE_LIMIT,
            )
        except OSError as error:
            raise TrainingFailed(
                "The teaching process could not be started. The adapter is as it was.", str(error)
            ) from error
        self._process = process
        self._last_words.clear()
        if process.stderr is not None:
            self._listening = asyncio.create_task(self._listen(process.stderr))
        return process

    async def _listen(self, stderr: asyncio.StreamReader) -> None:
        """Keep what the process logs, so that it can be told if it dies."""
        while said := await stderr.readline():
            text = said.decode(errors="replace").rstrip()
            self._last_words.append(text)
            log.debug("%s", text)

    async def _end(self) -> None:
        self._call_off_kill()
        process, self._process = self._process, None
        if process is None:
            return
        if process.returncode is None:
            process.kill()
        await process.wait()
        if self._listening is not None:
            await self._listening

    def _call_off_kill(self) -> None:
        if self._kill is not None:
            self._kill.cancel()
            self._kill = None


def _ignore(_: Progress) -> None:
    """Warming reports nothing."""
