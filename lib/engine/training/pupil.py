"""What the teaching process holds and does: one base model, and one training at a time."""

from __future__ import annotations

import math
import shutil
import time
from typing import TYPE_CHECKING

import torch
from safetensors import SafetensorError

from lib.engine.training.encoding import Encoder
from lib.engine.training.export import write_gguf
from lib.engine.training.frozen import fastest
from lib.engine.training.graft import Graft
from lib.engine.training.job import (
    CANCELLED,
    TrainingCancelled,
    TrainingFailed,
    TrainResult,
    Unteachable,
    partial,
)
from lib.engine.training.llama import PROJECTIONS, Llama
from lib.engine.training.loop import Loop
from lib.engine.training.lora import Lora
from lib.engine.training.neutral import TEXTS, neutral, neutral_samples
from lib.engine.training.rewordings import reworded_apart
from lib.engine.training.weights import dequantised
from lib.gradient.schemas import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.training.encoding import Encoded
    from lib.engine.training.job import TrainJob

RANK, RANK_OF_MANY, MANY = 16, 32, 100
"""Of a fresh LoRA, and of one that begins with more samples than so many: there, steps undo each
other less at twice the rank, and fewer are needed than each takes longer."""
LEARNING_RATE, RATE_OF_FEW, FEW = 3e-3, 4.5e-3, 10
"""Of Muon, and up to so many samples: a step is towards all of them then, and undoes none."""
LAYERS, LAYERS_OF_ONE = 1 / 2, 1 / 3
"""The upper share of a model's layers that is taught, and of a lone sample. Those below are run
once per text. A third takes three quarters of the time, but gets one to three in a hundred other
wordings fewer right; for one sample alone, which somebody waits for, that is well spent."""


class Pupil:
    """A base model that is taught, kept between trainings.

    Args:
        neutral_texts: what is to stay as it is where that is asked for.
    """

    def __init__(self, neutral_texts: Path = TEXTS) -> None:
        self._neutral_texts = neutral_texts
        self._folder: Path | None = None
        self._model: Llama | None = None
        self._encoder: Encoder | None = None

    def load(self, base_gguf: Path, cache_dir: Path) -> tuple[Llama, Encoder]:
        """Have a base model's weights in memory.

        Raises:
            TrainingFailed: they cannot be read, or are of a kind that is not taught here.
        """
        folder = dequantised(base_gguf, cache_dir)
        if self._model is None or self._encoder is None or folder != self._folder:
            self._model = self._encoder = None  # so that never two are in memory
            self._model = Llama.load(folder, fastest(torch.cpu.get_capabilities()))
            self._encoder = Encoder(folder)
            self._folder = folder
        return self._model, self._encoder

    def learn(
        self,
        job: TrainJob,
        cancelled: Callable[[], bool],
        report: Callable[[Progress], None],
    ) -> TrainResult:
        """Do a training, and write its folder.

        Raises:
            TeachingError: any of its kinds; `job.out` is not made.
        """
        started = time.monotonic()
        report(Progress(state="preparing", samples=len(job.samples)))
        model, encoder = self.load(job.base_gguf, job.cache_dir)
        samples = [encoder.encode(sample) for sample in job.samples]
        _check(job, samples, min(model.shape.context, job.context or model.shape.context))
        course = self._course(job, samples, cancelled, report)
        try:
            course.run()
        finally:
            Lora.detach(model)
        report(
            Progress(
                state="exporting",
                samples=len(samples),
                learned=len(samples) - len(course.not_learned()),
                loss=course.mean_loss(),
                seconds=time.monotonic() - started,
            )
        )
        lora = course.lora()
        _write(job, lora, model, encoder.architecture)
        return TrainResult(
            trainable_tokens=sum(len(sample.targets) for sample in samples if sample.counted),
            sum_loss=course.sum_loss,
            final_loss=course.mean_loss(),
            losses=course.losses,
            not_learned=course.not_learned(),
            seconds=time.monotonic() - started,
            sha256=lora.sha256(),
        )

    def _course(
        self,
        job: TrainJob,
        samples: list[Encoded],
        cancelled: Callable[[], bool],
        report: Callable[[Progress], None],
    ) -> Loop | Graft:
        """The way to do a training, not begun yet."""
        model, encoder = self.load(job.base_gguf, job.cache_dir)
        still = neutral_samples(job.samples, self._neutral_texts) if job.still else []
        if still:
            folder = dequantised(job.base_gguf, job.cache_dir)

            def go_on(read: int) -> None:
                if cancelled():
                    raise TrainingCancelled(CANCELLED)
                report(Progress(state="reading", step=read, samples=len(still)))

            return Graft(
                model=model,
                samples=samples,
                rewordings=_reworded(job, encoder),
                neutral=neutral(model, encoder, job, still, folder=folder, go_on=go_on),
                rank=job.rank,
                seed=job.seed,
                max_seconds=job.max_seconds,
                cancelled=cancelled,
                report=report,
            )
        lora = _begun(job, model)
        lora.attach(model)
        return Loop(
            model=model,
            lora=lora,
            samples=samples,
            rewordings=_rewordings(job, encoder),
            learning_rate=job.learning_rate
            or (RATE_OF_FEW if len(samples) <= FEW else LEARNING_RATE),
            seed=job.seed,
            max_seconds=job.max_seconds,
            cancelled=cancelled,
            report=report,
        )


def _rewordings(job: TrainJob, encoder: Encoder) -> list[list[Encoded]]:
    """Per sample, the other wordings it is trained in.

    A plain training takes what it is given. A lone sample needs none: with nothing to tell it
    from, its answer is given to every wording anyway.
    """
    if not job.local or len(job.samples) == 1:
        return []
    return _reworded(job, encoder)


def _reworded(job: TrainJob, encoder: Encoder) -> list[list[Encoded]]:
    return [
        [encoder.encode(other) for other in others]
        for others in reworded_apart(job.samples, job.seed)
    ]


def _check(job: TrainJob, samples: list[Encoded], context: int) -> None:
    if not any(sample.targets for sample in samples):
        raise Unteachable(
            "There is nothing to learn: no sample has a trainable token after its first."
        )
    for given, sample in zip(job.samples, samples, strict=True):
        if len(sample.tokens) > context:
            raise Unteachable(
                f"The sample {given.id} has {len(sample.tokens)} tokens, and no more than "
                f"{context} are read when it is asked. Shorten it and teach again.",
            )


def _begun(job: TrainJob, model: Llama) -> Lora:
    """A fresh LoRA; in it the parent's, to go on from, where there is one of its kind."""
    parent = _parent(job)
    rank = (
        parent.rank if parent else job.rank or (RANK_OF_MANY if len(job.samples) > MANY else RANK)
    )
    layers = model.shape.layers
    share = LAYERS_OF_ONE if len(job.samples) == 1 else LAYERS
    first = layers - math.ceil(layers * share)
    places = [(layer, name) for layer in range(first, layers) for name in PROJECTIONS]
    generator = torch.Generator().manual_seed(job.seed)
    fresh = Lora.fresh(model, places, rank, alpha=rank, generator=generator)
    return Lora(rank, rank, fresh.matrices | parent.matrices) if parent else fresh


def _parent(job: TrainJob) -> Lora | None:
    """The LoRA to go on from, in whichever layers; None where there is none of that kind."""
    if job.parent is None:
        return None
    try:
        parent = Lora.read(job.parent)
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise TrainingFailed(
            "The version to go on from cannot be read. Make another version live and teach again.",
            repr(error),
        ) from error
    # One that was taught to be still has a few neurons alone.
    alike = {name for _, name in parent.matrices} == PROJECTIONS.keys()
    return parent if alike and job.rank in (None, parent.rank) else None


def _write(job: TrainJob, lora: Lora, model: Llama, architecture: str) -> None:
    beside = partial(job.out)
    shutil.rmtree(beside, ignore_errors=True)
    try:
        beside.mkdir(parents=True)
        lora.write(beside, job.base_gguf.stem)
        write_gguf(lora, beside / "adapter.gguf", architecture, model.shape)
        beside.rename(job.out)
    except (OSError, SafetensorError) as error:  # a full disk comes as either
        shutil.rmtree(beside, ignore_errors=True)
        raise TrainingFailed(
            f"The adapter could not be written: {error}. The adapter is as it was. Make "
            "room and teach again.",
            repr(error),
        ) from error
