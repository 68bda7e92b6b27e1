"""Training on a tiny random model: what a training promises, whatever the weights."""

from __future__ import annotations

from gc import get_objects
from typing import TYPE_CHECKING

import pytest
import torch

from lib.engine.training.job import (
    NanLoss,
    Piece,
    TrainingCancelled,
    TrainJob,
    TrainSample,
    Unteachable,
    partial,
)
from lib.engine.training.llama import PROJECTIONS
from lib.engine.training.lora import Lora
from lib.engine.training.reading import AT_ONCE
from lib.engine.training.rewordings import reworded_apart
from tests.engine.training.material import short_sample, text_sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.training.job import TrainResult
    from lib.engine.training.llama import Llama
    from lib.engine.training.pupil import Pupil
    from lib.gradient.schemas import Progress

    Job = Callable[..., TrainJob]


def learned(pupil: Pupil, job: TrainJob) -> TrainResult:
    return pupil.learn(job, lambda: False, lambda _: None)


def test_a_training_ends_when_all_is_learned_and_says_what_it_did(
    pupil: Pupil, tiny_job_for: Job
) -> None:
    told: list[Progress] = []
    job = tiny_job_for([short_sample("one", "eins"), short_sample("two", "zwei")])
    result = pupil.learn(job, lambda: False, told.append)
    assert result.not_learned == []
    assert result.trainable_tokens == 10
    assert result.losses[0] == pytest.approx(result.sum_loss / 10, rel=1e-3)
    assert result.final_loss < 0.23
    assert {path.name for path in job.out.iterdir()} == {
        "adapter_config.json",
        "adapter_model.safetensors",
        "adapter.gguf",
    }
    assert [p.state for p in (told[0], told[1], told[-1])] == ["preparing", "training", "exporting"]
    assert told[-1].learned == 2


def test_the_same_training_gives_the_same_tensors(pupil: Pupil, tiny_job_for: Job) -> None:
    samples = [short_sample(str(n), "ab" * n) for n in range(1, 10)]
    hashes = [
        learned(pupil, tiny_job_for(samples, name, seed=seed)).sha256
        for name, seed in (("a", 7), ("b", 7), ("c", 8))
    ]
    assert hashes[0] == hashes[1]
    assert hashes[0] != hashes[2]


def test_loss_falls_from_call_to_call(pupil: Pupil, tiny_job_for: Job) -> None:
    samples = [text_sample("the quick brown fox")]
    first = tiny_job_for(samples, "first")
    before = learned(pupil, first)
    after = learned(pupil, tiny_job_for(samples, "second", parent=first.out))
    assert after.sum_loss < before.sum_loss / 10
    assert after.sum_loss == pytest.approx(after.losses[0] * after.trainable_tokens)
    assert after.sha256 == before.sha256, "what holds already is not trained again"


@pytest.mark.parametrize(("samples", "steps"), [(30, 3), (150, 10), (300, 10)])
def test_of_more_than_a_hundred_samples_a_step_takes_a_tenth(
    pupil: Pupil, tiny_job_for: Job, samples: int, steps: int
) -> None:
    told: list[Progress] = []
    job = tiny_job_for([short_sample(str(n), str(7919 * n)) for n in range(samples)])
    with pytest.raises(TrainingCancelled):
        pupil.learn(job, lambda: told[-1].loss is not None, told.append)
    assert told[-1].step == steps, "of the first round"


def test_of_a_step_in_parts_no_part_is_kept_while_the_next_is_read(
    pupil: Pupil, tiny_job_for: Job
) -> None:
    def graphs() -> int:
        things = [thing for thing in get_objects() if issubclass(type(thing), torch.Tensor)]
        return sum(thing.grad_fn is not None for thing in things)

    told: list[Progress] = []
    kept = [graphs()]

    def look(progress: Progress) -> None:
        told.append(progress)
        kept.append(graphs())

    many = [short_sample(str(n), str(7919 * n)) for n in range(12 * AT_ONCE)]
    with pytest.raises(TrainingCancelled):
        pupil.learn(tiny_job_for(many), lambda: told[-1].loss is not None, look)
    assert [progress.step for progress in told].count(1) == 2, "parts"
    assert max(kept) == kept[0]


@pytest.mark.parametrize(("samples", "rank"), [(100, 16), (101, 32)])
def test_many_samples_begin_a_larger_lora(
    pupil: Pupil, tiny_job_for: Job, samples: int, rank: int
) -> None:
    many = [short_sample(str(n), "a") for n in range(samples)]
    job = tiny_job_for(many, max_seconds=1e-9)
    learned(pupil, job)
    assert Lora.read(job.out).rank == rank


def test_a_training_goes_on_in_whichever_layers_its_parent_changes(
    pupil: Pupil, tiny: Llama, tiny_job_for: Job, tmp_path: Path
) -> None:
    places = [(layer, name) for layer in range(tiny.shape.layers) for name in PROJECTIONS]
    parent = tmp_path / "parent"
    parent.mkdir()
    Lora.fresh(tiny, places, 4, 4, torch.Generator()).write(parent, "tiny")
    samples = [text_sample("the quick brown fox")]
    fresh, second = tiny_job_for(samples, "fresh"), tiny_job_for(samples, "second", parent=parent)
    learned(pupil, fresh)
    assert learned(pupil, second).not_learned == []
    assert Lora.read(second.out).matrices.keys() == set(places)
    assert Lora.read(fresh.out).matrices.keys() < set(places)


def test_another_rank_begins_afresh(pupil: Pupil, tiny_job_for: Job) -> None:
    samples = [text_sample("the quick brown fox")]
    first = tiny_job_for(samples, "first", rank=4)
    before = learned(pupil, first).sum_loss
    after = learned(pupil, tiny_job_for(samples, "second", parent=first.out, rank=8))
    assert after.sum_loss == before
    assert after.not_learned == []


def test_only_counted_samples_are_counted(pupil: Pupil, tiny_job_for: Job) -> None:
    old, new = short_sample("old", "a", counted=False), short_sample("new", "bcd")
    alone = learned(pupil, tiny_job_for([new], "alone"))
    both = learned(pupil, tiny_job_for([old, new], "both"))
    assert both.trainable_tokens == alone.trainable_tokens == 4
    assert both.sum_loss == pytest.approx(alone.sum_loss, rel=1e-2)


@pytest.mark.parametrize("heavy", ["x", "y"])
def test_the_heavier_of_two_answers_wins_and_the_other_is_said_not_to_be_learned(
    pupil: Pupil, tiny_job_for: Job, heavy: str
) -> None:
    samples = [
        short_sample("one", answer, multiplier=8.0 if answer == heavy else 1.0)
        for answer in ("x", "y")
    ]
    result = learned(pupil, tiny_job_for(samples))
    assert result.not_learned == [0 if heavy == "y" else 1]


def test_texts_that_begin_alike_are_learned_where_they_agree(
    pupil: Pupil, tiny_job_for: Job
) -> None:
    result = learned(pupil, tiny_job_for([text_sample("one fine day"), text_sample("one day")]))
    assert result.not_learned == []


def test_a_localised_training_learns_rewordings_beside_the_samples(
    pupil: Pupil, tiny_job_for: Job
) -> None:
    samples = [
        short_sample(question, answer)
        for question, answer in {"who am I": "ich", "where is it": "da", "what is up": "os"}.items()
    ]
    jobs = tiny_job_for(samples, "plain"), tiny_job_for(samples, "local", local=True)
    plain, local = (learned(pupil, job) for job in jobs)
    assert local.not_learned == []
    assert (local.trainable_tokens, local.sum_loss) == (plain.trainable_tokens, plain.sum_loss)
    reworded = [other for others in reworded_apart(samples) for other in others]
    left, least = (
        learned(pupil, tiny_job_for(reworded, f"after {job.out.name}", parent=job.out)).sum_loss
        for job in jobs
    )
    assert least < left / 4


def test_a_ceiling_on_time_is_kept_and_told(pupil: Pupil, tiny_job_for: Job) -> None:
    job = tiny_job_for([short_sample("one", "eins")], max_seconds=1e-9)
    result = learned(pupil, job)
    assert result.losses == []
    assert result.not_learned == [0]
    assert (job.out / "adapter.gguf").exists()


def test_cancel_leaves_nothing(pupil: Pupil, tiny_job_for: Job) -> None:
    asked = iter([False] * 4)
    job = tiny_job_for([short_sample("one", "eins"), short_sample("two", "zwei")])
    with pytest.raises(TrainingCancelled):
        pupil.learn(job, lambda: next(asked, True), lambda _: None)
    assert not job.out.exists()
    assert not partial(job.out).exists()


def test_a_loss_that_is_no_number_is_told(pupil: Pupil, tiny_job_for: Job) -> None:
    sample = short_sample("one", "eins", multiplier=float(torch.finfo(torch.float32).max))
    with pytest.raises(NanLoss, match="smaller learning rate"):
        learned(pupil, tiny_job_for([sample, short_sample("two", "zwei")], learning_rate=0.999))


@pytest.mark.parametrize(
    ("samples", "why"),
    [
        ([], "nothing to learn"),
        ([text_sample("a")], "nothing to learn"),
        ([TrainSample(id="a", segments=[Piece("ab", False, False)])], "nothing to learn"),
        ([text_sample("a" * 300)], "no more than 256"),
    ],
)
def test_what_cannot_be_learned_is_refused(
    pupil: Pupil, tiny_job_for: Job, samples: list[TrainSample], why: str
) -> None:
    with pytest.raises(Unteachable, match=why):
        learned(pupil, tiny_job_for(samples))


def test_what_is_too_long_to_be_asked_is_not_taught(pupil: Pupil, tiny_job_for: Job) -> None:
    with pytest.raises(Unteachable, match="no more than 64 are read when it is asked"):
        learned(pupil, tiny_job_for([text_sample("a" * 100)], context=64))
