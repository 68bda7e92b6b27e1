"""The real teaching process, on a tiny model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.engine.training.job import TrainingCancelled, TrainingFailed
from lib.engine.training.teacher import Teacher
from tests.engine.training.material import short_sample

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from lib.engine.training.job import TrainJob
    from lib.gradient.schemas import Progress

    Job = Callable[..., TrainJob]


@pytest.fixture
async def teacher() -> AsyncIterator[Teacher]:
    teacher = Teacher()
    yield teacher
    await teacher.close()


async def test_the_process_warms_fails_is_cancelled_and_teaches(
    teacher: Teacher, tiny_job_for: Job, tmp_path: Path
) -> None:
    """One test, because starting the process is most of its time."""
    told: list[Progress] = []
    job = tiny_job_for([short_sample("one", "eins"), short_sample("two", "zwei")])

    with pytest.raises(TrainingFailed, match="gone"):
        await teacher.warm(tmp_path / "none.gguf", job.cache_dir)
    await teacher.warm(job.base_gguf, job.cache_dir)

    with pytest.raises(TrainingCancelled):
        await teacher.teach(job, lambda _: teacher.cancel())
    assert not job.out.exists()

    result = await teacher.teach(job, told.append)
    assert result.not_learned == []
    assert {progress.state for progress in told} == {"preparing", "training", "exporting"}
    assert (job.out / "adapter.gguf").exists()
