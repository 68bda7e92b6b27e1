"""The service's side of the teaching process, with processes that are played."""

from __future__ import annotations

import asyncio
import sys
from typing import TYPE_CHECKING

import pytest

from lib.engine.training.job import NanLoss, TrainingCancelled, TrainingFailed, TrainJob, partial
from lib.engine.training.teacher import Teacher

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

    from lib.gradient.schemas import Progress

PROLOGUE = """
import json, sys, time
def hear(): return json.loads(sys.stdin.readline())
def say(**word): print(json.dumps(word), flush=True)
result = dict(trainable_tokens=1, sum_loss=2.0, final_loss=0.1, losses=[2.0], not_learned=[],
              seconds=0.1, sha256="ab")
"""


@pytest.fixture
async def play() -> AsyncIterator[Callable[[str], Teacher]]:
    """Makes a teacher whose process runs these lines."""
    teachers = []

    def started(lines: str) -> Teacher:
        command = (sys.executable, "-c", PROLOGUE + lines)
        teachers.append(Teacher(command=command, patience=0.3))
        return teachers[-1]

    yield started
    for teacher in teachers:
        await teacher.close()


@pytest.fixture
def job(tmp_path: Path) -> TrainJob:
    return TrainJob(
        base_gguf=tmp_path / "base.gguf", cache_dir=tmp_path, out=tmp_path / "out", samples=[]
    )


def ignore(_: Progress) -> None:
    """No interest in progress."""


async def test_progress_is_told_before_the_result(
    play: Callable[[str], Teacher], job: TrainJob
) -> None:
    teacher = play("""
assert hear()["kind"] == "teach"
say(kind="going", progress=dict(state="training", step=1))
say(kind="going", progress=dict(state="training", step=2))
say(kind="done", result=result)
hear()
""")
    told: list[int] = []
    result = await teacher.teach(job, lambda progress: told.append(progress.step))
    assert told == [1, 2]
    assert result.sum_loss == 2.0


async def test_one_process_serves_warming_and_all_trainings(
    play: Callable[[str], Teacher], job: TrainJob
) -> None:
    teacher = play("""
assert hear()["kind"] == "warm"
say(kind="ready")
for n in (1, 2):
    assert hear()["kind"] == "teach"
    say(kind="done", result=result | dict(trainable_tokens=n))
hear()
""")
    await teacher.warm(job.base_gguf, job.cache_dir)
    results = await asyncio.gather(teacher.teach(job, ignore), teacher.teach(job, ignore))
    assert [result.trainable_tokens for result in results] == [1, 2]


@pytest.mark.parametrize(
    ("error", "kind"),
    [
        ("TrainingFailed", TrainingFailed),
        ("TrainingCancelled", TrainingCancelled),
        ("NanLoss", NanLoss),
    ],
)
async def test_an_error_of_the_training_arrives_as_itself_and_the_process_lives_on(
    play: Callable[[str], Teacher], job: TrainJob, error: str, kind: type[Exception]
) -> None:
    teacher = play(f"""
hear()
say(kind="broken", error="{error}", message="Why.", detail="More.")
hear()
say(kind="done", result=result)
hear()
""")
    with pytest.raises(kind, match="Why"):
        await teacher.teach(job, ignore)
    assert (await teacher.teach(job, ignore)).trainable_tokens == 1


async def test_a_process_that_dies_is_told_with_its_last_words_and_replaced(
    play: Callable[[str], Teacher], job: TrainJob, tmp_path: Path
) -> None:
    teacher = play(f"""
from pathlib import Path
hear()
once = Path({str(tmp_path / "once")!r})
if not once.exists():
    once.touch()
    sys.exit("no more memory")
say(kind="done", result=result)
hear()
""")
    with pytest.raises(TrainingFailed, match="ended unexpectedly") as caught:
        await teacher.teach(job, ignore)
    assert "no more memory" in caught.value.detail
    assert (await teacher.teach(job, ignore)).trainable_tokens == 1


async def test_a_process_that_cannot_start_is_a_failed_training(job: TrainJob) -> None:
    teacher = Teacher(command=("/no/such/program",))
    with pytest.raises(TrainingFailed, match="could not be started"):
        await teacher.teach(job, ignore)


@pytest.mark.parametrize(
    "obeys",
    [
        'hear(); say(kind="broken", error="TrainingCancelled", message="Cancelled."); hear()',
        "time.sleep(60)",
    ],
    ids=["by itself", "by being killed"],
)
async def test_cancel_ends_the_training_and_leaves_nothing(
    play: Callable[[str], Teacher], job: TrainJob, obeys: str
) -> None:
    teacher = play(f"""
hear()
say(kind="going", progress=dict(state="training"))
{obeys}
""")
    partial(job.out).mkdir()
    with pytest.raises(TrainingCancelled):
        await teacher.teach(job, lambda _: teacher.cancel())
    assert not partial(job.out).exists()


async def test_cancel_without_a_training_does_nothing(
    play: Callable[[str], Teacher], job: TrainJob
) -> None:
    teacher = play('hear(); say(kind="done", result=result); hear()')
    teacher.cancel()
    assert (await teacher.teach(job, ignore)).trainable_tokens == 1
    teacher.cancel()


async def test_a_caller_who_goes_away_leaves_no_training_behind(
    play: Callable[[str], Teacher], job: TrainJob, tmp_path: Path
) -> None:
    teacher = play(f"""
from pathlib import Path
hear()
runs = Path({str(tmp_path / "runs")!r})
with runs.open("a") as log: log.write("x")
if len(runs.read_text()) == 1:
    say(kind="going", progress=dict(state="training"))
    time.sleep(60)
say(kind="done", result=result)
hear()
""")
    begun = asyncio.Event()
    task = asyncio.create_task(teacher.teach(job, lambda _: begun.set()))
    await begun.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert (await teacher.teach(job, ignore)).trainable_tokens == 1
