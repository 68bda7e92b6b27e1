"""Fine-tunes: one training at a time, the others queue; each run is kept on disk.

    runs/<digest of the id>.json    how the run stands; a run that the engine's end cut short is
                                    marked failed at the next start

A run belongs to nobody's connection: a client that leaves changes nothing, and the same run id sent
again, now or later, is the same run with the same result. Training goes on from the live version
and on all samples that it holds. The new version is loaded beside the old one before it goes live,
so a completion sees the one or the other.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import shutil
import time
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Protocol

from pydantic import ValidationError

from lib.engine import files, lessons
from lib.engine.errors import (
    BodyNotUnderstood,
    EngineError,
    LossIsNan,
    NotFound,
    Refused,
    StorageFailed,
    TeachingStopped,
    Unprocessable,
)
from lib.engine.loaded import usable_context
from lib.engine.records import Made
from lib.engine.run import Kept, Run
from lib.engine.training.job import (
    NanLoss,
    TeachingError,
    TrainingCancelled,
    TrainingFailed,
    TrainJob,
    Unteachable,
)
from lib.gradient.schemas import FineTuned, Progress, RunState, RunStatus, Scope

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.answering import Answering
    from lib.engine.records import Adapter
    from lib.engine.scope.scopes import Scopes
    from lib.engine.store import Store
    from lib.engine.training.job import TrainResult
    from lib.gradient.schemas import FineTune

log = logging.getLogger(__name__)

PLAIN_SECONDS, MAX_SECONDS = 240.0, 3000.0
"""The longest that one training takes, unless the client says otherwise: for clients that know only
Gradient's API, of which LangChain's end an asynchronous call after 300, and for others."""
CANCELLED = "The fine-tune was cancelled. The adapter is as it was."
INTERRUPTED = "The engine was stopped before this fine-tune was done. The adapter is as it was."


class Teaches(Protocol):
    """The teaching seam: see `training.teacher.Teacher`."""

    async def warm(self, base_gguf: Path, cache_dir: Path) -> None:
        """Get ready."""

    async def teach(self, job: TrainJob, on_progress: Callable[[Progress], None]) -> TrainResult:
        """Train."""

    def cancel(self) -> None:
        """Stop the training that is running."""

    async def close(self) -> None:
        """End."""


class Runs:
    """All fine-tunes of an engine. Used from one event loop.

    Args:
        folder: of the kept runs; made if it is not there.
        store: where versions go.
        answering: who answers with a base model; it loads the new versions.
        teacher: does the training.
        scopes: has the corrections of a narrow version ready.
        cache: folder of what the teacher keeps between trainings.

    Raises:
        OSError: the folder cannot be made or read.
    """

    def __init__(
        self,
        folder: Path,
        store: Store,
        answering: Callable[[str], Answering],
        teacher: Teaches,
        scopes: Scopes,
        *,
        cache: Path,
    ) -> None:
        self._folder = folder
        self._store = store
        self._answering = answering
        self._teacher = teacher
        self._scopes = scopes
        self._cache = cache
        self._turn = asyncio.Lock()
        self._runs: dict[str, Run] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in folder.glob("*.json"):
            self._read(path)

    def begin(self, adapter: Adapter, asked: FineTune) -> Run:
        """The run of this request: a new one, or the one that its id already names.

        Raises:
            Refused: there is nothing to learn, or what is asked for is not in this engine.
            StorageFailed: the run could not be kept; it did not begin.
        """
        run_id = asked.run_id or str(uuid.uuid4())
        known = self._runs.get(run_id)
        if known is not None:
            if (known.workspace_id, known.status.model_id) != (adapter.workspace_id, adapter.id):
                raise Refused("This run id was used for another adapter. Take a new one.")
            return known
        _check(asked)
        self._scopes.check(asked.scope)
        queued = RunStatus(
            id=run_id,
            model_id=adapter.id,
            state=RunState.QUEUED,
            progress=Progress(state="queued", samples=len(asked.samples)),
        )
        run = Run(adapter.workspace_id, queued)
        try:
            self._keep(run)
        except OSError as error:
            raise StorageFailed.of(error, "The fine-tune did not begin; make room.") from error
        self._runs[run_id] = run
        run.task = asyncio.create_task(self._carry_out(run, adapter, asked))
        return run

    def get(self, run_id: str, workspace_id: str) -> Run:
        """A run by its id.

        Raises:
            NotFound: this workspace has none of this id.
        """
        run = self._runs.get(run_id)
        if run is None or run.workspace_id != workspace_id:
            raise NotFound("There is no run of this id in this workspace.")
        return run

    async def cancel(self, run: Run) -> None:
        """Stop a run, and return when it is over. One that is over already stays as it is."""
        if run.over or run.task is None:
            return
        run.cancelled = True
        if run.begun:
            self._teacher.cancel()
        else:  # it waits for its turn, or for a teacher that starts and would not hear for long
            run.task.cancel()
        await asyncio.wait({run.task})
        if not run.over:  # its task had not even begun
            _stop(run)
            self._keep(run)

    async def cancel_all(self, adapter_id: str) -> None:
        """Stop whatever is being taught to an adapter."""
        for run in list(self._runs.values()):
            if run.status.model_id == adapter_id:
                await self.cancel(run)

    async def warm(self, base_gguf: Path) -> None:
        """Have the teacher ready before it is needed; if that fails, the first run will say so."""
        try:
            await self._teacher.warm(base_gguf, self._cache)
        except TrainingFailed as error:
            log.warning("Warming the teacher failed: %s %s", error.message, error.detail)

    async def close(self) -> None:
        """Stop everything; what had not ended is kept as interrupted."""
        going = {run.task for run in self._runs.values() if run.task and not run.over}
        for task in going:
            task.cancel()
        if going:
            await asyncio.wait(going)
        await self._teacher.close()

    async def _carry_out(self, run: Run, adapter: Adapter, asked: FineTune) -> None:
        try:
            async with self._turn:
                run.change(state=RunState.RUNNING, progress=_progress(run, "preparing"))
                self._keep(run)
                await self._teach(run, adapter, asked)
        except asyncio.CancelledError:
            _stop(run)
        except TeachingError as error:
            log.warning("Run %s ended: %s", run.status.id, error.detail or error.message)
            _end(run, error)
        except EngineError as error:
            run.fail(error)
        except OSError as error:
            run.fail(StorageFailed.of(error, "The adapter is as it was; make room, then again."))
        except Exception:
            log.exception("Run %s failed unexpectedly.", run.status.id)
            run.fail(EngineError("The fine-tune failed; the adapter is as it was."))
        finally:
            try:
                self._keep(run)
            except OSError:
                log.exception("Run %s is over, but that could not be kept.", run.status.id)

    async def _teach(self, run: Run, adapter: Adapter, asked: FineTune) -> None:
        began = time.monotonic()
        answering = self._answering(adapter.base_model_id)
        parent = self._store.live(adapter)
        held = await asyncio.to_thread(self._store.samples, adapter, parent)
        samples = lessons.union(held, asked.samples, asked.withdraw or ())
        if not samples:
            raise Unprocessable(
                "No sample would be left. Make version 0 live instead: it is the base model."
            )
        # What is taken back may be in the parent's weights, so the rest is learned afresh.
        afresh = not parent or lessons.forgets(held, asked.samples, asked.withdraw or ())
        mine = {id(sample): number for number, sample in enumerate(asked.samples, start=1)}
        template = await answering.template()
        local = _speaks_errata(asked)
        job = TrainJob(
            base_gguf=answering.weights.path,
            cache_dir=self._cache,
            parent=None if afresh else self._store.version_folder(adapter, parent),
            out=self._store.place(adapter),
            samples=[
                lessons.rendered(
                    sample,
                    f"number {mine.get(id(sample), 0)}",
                    template,
                    counted=id(sample) in mine,
                )
                for sample in samples
            ],
            rank=adapter.rank,
            learning_rate=adapter.learning_rate,
            seed=asked.seed or 0,
            max_seconds=asked.max_seconds or (MAX_SECONDS if local else PLAIN_SECONDS),
            context=usable_context(answering.weights),
            local=local,
            still=local and asked.scope is Scope.EVERYWHERE,
        )

        def hear(progress: Progress) -> None:
            run.begun = True
            run.change(progress=progress, losses=_losses(run, progress))

        result = await self._teacher.teach(job, hear)
        if asked.samples and not result.trainable_tokens:
            await asyncio.to_thread(shutil.rmtree, job.out)
            raise Unprocessable("There is nothing to learn: no sample has a token to train on.")
        run.change(progress=_progress(run, "swapping"))
        made = _made(self._store.next_number(adapter), parent, run, job, result)
        version = await asyncio.to_thread(self._store.add, adapter, job.out, made, samples)
        try:
            await self._scopes.prepare(adapter, made.number, asked.scope)
            if asked.scope is not None:
                self._store.set_scope(adapter, made.number, asked.scope)
            await answering.load(version)
        except EngineError:
            await asyncio.to_thread(self._store.delete_version, adapter, made.number)
            raise
        if asked.go_live is not False:
            await asyncio.to_thread(self._store.make_live, adapter, made.number)
        places = {id(sample): i for i, sample in enumerate(asked.samples)}
        learned = FineTuned(
            number_of_trainable_tokens=result.trainable_tokens,
            sum_loss=result.sum_loss,
            run_id=run.status.id,
            version=made.number,
            final_loss=result.final_loss,
            seconds=time.monotonic() - began,
            not_learned=sorted(
                places[id(samples[i])] for i in result.not_learned if id(samples[i]) in places
            ),
        )
        run.change(state=RunState.DONE, result=learned, losses=result.losses)

    def _keep(self, run: Run) -> None:
        kept = Kept(workspace_id=run.workspace_id, status=run.status)
        name = hashlib.sha256(run.status.id.encode()).hexdigest()[:32]
        files.write(self._folder / f"{name}.json", kept.model_dump_json())

    def _read(self, path: Path) -> None:
        try:
            kept = Kept.model_validate_json(path.read_bytes())
        except (OSError, ValidationError):
            log.exception("The run in %s cannot be read; it is left out.", path)
            return
        run = Run(kept.workspace_id, kept.status)
        if not run.over:
            run.fail(TeachingStopped(INTERRUPTED))
        self._runs[run.status.id] = run


def _check(asked: FineTune) -> None:
    if not asked.samples and not asked.withdraw:
        said = "There is nothing to learn: samples is empty."
        raise BodyNotUnderstood(said, {"validationError": said, "formattedValidationError": said})
    for i, sample in enumerate(asked.samples):
        if isinstance(sample.inputs, str) or sample.auto_template:
            continue
        if all(segment.trainable is False for segment in sample.inputs):
            raise Unprocessable(f"There is nothing to learn in samples.{i}: nothing is trainable.")


def _speaks_errata(asked: FineTune) -> bool:
    """Whether the client knows more than Gradient's API; others get plain LoRA."""
    return asked.run_id is not None or asked.scope is not None


def _progress(run: Run, state: str) -> Progress:
    before = run.status.progress or Progress(state=state)
    return before.model_copy(update={"state": state})


def _losses(run: Run, progress: Progress) -> list[float]:
    losses = run.status.losses
    if progress.loss is None or (losses and losses[-1] == progress.loss):
        return losses
    return [*losses, progress.loss]


def _made(number: int, parent: int, run: Run, job: TrainJob, result: TrainResult) -> Made:
    return Made(
        number=number,
        parent=parent,
        created=datetime.now(UTC),
        run_id=run.status.id,
        seed=job.seed,
        max_seconds=job.max_seconds,
        local=job.local,
        samples=len(job.samples),
        number_of_trainable_tokens=result.trainable_tokens,
        sum_loss=result.sum_loss,
        final_loss=result.final_loss,
        losses=result.losses,
        seconds=result.seconds,
        not_learned=result.not_learned,
        sha256=result.sha256,
    )


def _stop(run: Run) -> None:
    """End a run whose task was called off."""
    if run.cancelled:
        run.fail(TeachingStopped(CANCELLED), RunState.CANCELLED)
    else:
        run.fail(TeachingStopped(INTERRUPTED))


def _end(run: Run, error: TeachingError) -> None:
    """End a run whose training did not get through."""
    match error:
        case TrainingCancelled():
            run.fail(TeachingStopped(CANCELLED), RunState.CANCELLED)
        case Unteachable():
            run.fail(Unprocessable(error.message))
        case NanLoss():
            run.fail(LossIsNan(error.message))
        case _:
            run.fail(EngineError(error.message))
