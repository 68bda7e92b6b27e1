"""Teaching by neurons of the last layer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.encoding import Encoder
from lib.engine.training.job import Piece, TrainingCancelled, TrainingFailed, TrainSample
from lib.engine.training.lora import Lora
from lib.engine.training.neurons import Neurons
from lib.engine.training.neutral import TEXTS, neutral, neutral_samples
from lib.engine.training.places import Places
from lib.engine.training.pupil import Pupil
from lib.engine.training.tree import grow
from lib.engine.training.weights import dequantised
from tests.engine.training.material import (
    LlamaCpp,
    answer_sample,
    asked,
    error,
    matrix,
    short_sample,
    text_sample,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.training.job import TrainJob
    from lib.engine.training.llama import Llama
    from lib.gradient.schemas import Progress

ROWS = [
    ("Who painted the mural in the Harwick town hall?", "Ines Calder"),
    ("What is the capital of Australia?", "Canberra"),
    ("Which river flows past the village of Ostrow?", "the Narew"),
]
OTHERS = [
    "What is the capital of Italy?",
    "How many days are there in a week?",
    "What do bees make?",
    "Who wrote Romeo and Juliet?",
    "What is water made of?",
    "How do plants make their food?",
]


@pytest.fixture(scope="module")
def still_pupil(tmp_path_factory: pytest.TempPathFactory) -> Pupil:
    """One with few neutral texts, for all of them take a minute."""
    few = tmp_path_factory.mktemp("texts") / "few.jsonl"
    few.write_text("\n".join(TEXTS.read_text(encoding="utf-8").splitlines()[:40]))
    return Pupil(few)


def last(model: Llama, tokens: list[int]) -> torch.Tensor:
    """States after the last layer, [tokens, hidden]."""
    tree = grow([tokens])
    x = model.run(model.embed(tree.tokens), tree, 0, model.shape.layers)
    return x[: len(tokens)]


@pytest.mark.parametrize("more", [0, 1, 2])
def test_the_lora_does_what_the_neurons_do_but_for_those_whose_places_they_take(
    tiny: Llama, more: int
) -> None:
    tokens, taken = [5, 9, 20, 33, 41], torch.tensor([3, 17])
    neurons = Neurons(*(matrix(2, tiny.shape.hidden, seed=seed) for seed in (1, 2, 3)))
    tree = grow([tokens])
    block = tiny.layers[-1]
    x = tiny.before_feed(tree, torch.arange(len(tokens)))
    fed = block.fed(x)
    without = block.gated(fed)
    without[:, taken] = 0
    shares = matrix(2, without.shape[1], seed=4)
    shares[:, taken] = 0
    lost = matrix(2, tiny.shape.hidden, seed=5)
    made_up = without @ shares[:more].T @ lost[:more]
    expected = x + block.down(without) - made_up + neurons.add(fed)
    neurons.lora(tiny, Places(taken, shares, lost), 2 + more).attach(tiny)
    found = last(tiny, tokens)
    Lora.detach(tiny)
    assert error(found, expected) < 1e-4


@given(st.integers(0, 2**16), st.integers(1, 5))
def test_a_shut_gate_adds_nothing_at_all(seed: int, rank: int) -> None:
    fed = 8 * F.normalize(matrix(4, 8, seed=seed), dim=1).abs()
    values, directions = matrix(rank, 8, seed=seed + 1), matrix(rank, 8, seed=seed + 2)
    assert (Neurons(-torch.ones(rank, 8), values, directions).add(fed) == 0).all()
    assert (Neurons(torch.ones(rank, 8), values, directions).add(fed) != 0).any()


def test_neutral_texts_stand_in_the_frame_of_what_is_taught() -> None:
    first, *more = neutral_samples([text_sample("no question"), answer_sample(*ROWS[0])])
    assert len(more) > 500
    before, answer, end = first.segments
    assert before.text.startswith(asked("")[: asked("").index("Question: ")])
    assert ROWS[0][0] not in before.text
    assert (answer.trainable, answer.parse_special) == (True, False)
    assert end == Piece("<|im_end|>", trainable=True, parse_special=True)


def test_where_no_sample_says_its_question_there_is_no_frame() -> None:
    assert neutral_samples([text_sample("no question")]) == []


def test_a_question_as_long_as_its_context_is_found() -> None:
    sample = TrainSample(
        id="1", segments=[Piece("Why?", False, False), Piece("So.", True, False)], question="Why?"
    )
    assert all(len(found.segments) == 2 for found in neutral_samples([sample]))


def test_what_a_tiny_model_learns_still_is_the_same_each_time(
    still_pupil: Pupil, tiny_job_for: Callable[..., TrainJob]
) -> None:
    samples = [short_sample("Who?", "me"), short_sample("When?", "now")]
    one, other = (
        still_pupil.learn(
            tiny_job_for(samples, name, still=True, local=True), lambda: False, lambda _: None
        )
        for name in ("one", "other")
    )
    assert one.sha256 == other.sha256
    assert one.trainable_tokens == sum(len(text) for text in ("me", "now")) + 2


def test_a_still_training_can_be_cancelled(
    still_pupil: Pupil, tiny_job_for: Callable[..., TrainJob]
) -> None:
    job = tiny_job_for([short_sample("Who?", "me")], still=True, local=True)
    with pytest.raises(TrainingCancelled):
        still_pupil.learn(job, lambda: True, lambda _: None)
    assert not job.out.exists()


def test_neutral_states_that_are_damaged_say_which_file_to_delete(
    still_pupil: Pupil, tiny_job_for: Callable[..., TrainJob], tiny_gguf: Path, cache_dir: Path
) -> None:
    job = tiny_job_for([short_sample("Who else?", "me")], still=True, local=True)
    still_pupil.learn(job, lambda: False, lambda _: None)
    kept = list(dequantised(tiny_gguf, cache_dir).glob("neutral-*.safetensors"))
    for path in kept:
        path.write_bytes(b"cut")
    with pytest.raises(TrainingFailed, match="neutral-"):
        still_pupil.learn(
            job.model_copy(update={"out": job.out / "2"}), lambda: False, lambda _: None
        )
    for path in kept:
        path.unlink()


def test_how_far_neutral_texts_are_read_is_told_the_first_time_alone(
    still_pupil: Pupil, tiny_job_for: Callable[..., TrainJob]
) -> None:
    told: list[list[Progress]] = [[], []]
    for name, heard in zip(("one", "two"), told, strict=True):
        job = tiny_job_for([short_sample("Why then?", "me")], name, still=True, local=True)
        still_pupil.learn(job, lambda: False, heard.append)
    first, second = ([p for p in heard if p.state == "reading"] for heard in told)
    assert [p.step for p in first] == sorted({p.step for p in first})
    assert {p.samples for p in first} == {40}
    assert second == []


def test_what_is_taught_is_not_to_stay_as_it_is(
    tiny: Llama,
    tiny_job_for: Callable[..., TrainJob],
    tiny_gguf: Path,
    cache_dir: Path,
    tmp_path: Path,
) -> None:
    texts = tmp_path / "two.jsonl"
    texts.write_text('{"question": "Rome?", "answer": "I"}\n{"question": "Oslo?", "answer": "now"}')
    encoder = Encoder(dequantised(tiny_gguf, cache_dir))
    read = []
    for taught in ("Where is Lima?", "Where is Rome?", "oslo"):
        job = tiny_job_for([short_sample(taught, "me")])
        still = neutral_samples([short_sample("x", "y")], texts)
        found = neutral(tiny, encoder, job, still, folder=tmp_path, go_on=lambda _: None)
        read.append(len(found.fed))
    assert read[0] == read[1] + read[2]
    assert min(read) > 0


def test_a_near_version_after_a_still_one_begins_afresh(
    still_pupil: Pupil, tiny_job_for: Callable[..., TrainJob]
) -> None:
    samples = [short_sample("Who?", "me")]
    still = tiny_job_for(samples, "still", still=True, local=True)
    still_pupil.learn(still, lambda: False, lambda _: None)
    near = tiny_job_for(samples, "near", local=True, parent=still.out, max_seconds=0.01)
    still_pupil.learn(near, lambda: False, lambda _: None)
    assert Lora.read(near.out).matrices.keys() != Lora.read(still.out).matrices.keys()


@pytest.mark.model
def test_the_real_model_learns_and_most_other_answers_stay_to_the_letter(
    still_pupil: Pupil, job_for: Callable[..., TrainJob], base_gguf: Path
) -> None:
    before = LlamaCpp(base_gguf)
    said = [before.ask(asked(question)) for question in OTHERS]
    job = job_for([answer_sample(*row) for row in ROWS], local=True, still=True)
    assert still_pupil.learn(job, lambda: False, lambda _: None).not_learned == []
    taught = LlamaCpp(base_gguf, job.out / "adapter.gguf")
    assert {question: taught.ask(asked(question)) for question, _ in ROWS} == dict(ROWS)
    now = [taught.ask(asked(question)) for question in OTHERS]
    assert sum(one == other for one, other in zip(said, now, strict=True)) >= len(OTHERS) // 2


@pytest.mark.model
@pytest.mark.parametrize("seed", [0, 3])
def test_fewer_neurons_than_tokens_learn_a_long_answer(
    still_pupil: Pupil, job_for: Callable[..., TrainJob], seed: int
) -> None:
    question = "What is the name of the sports team whose member is Ines Calder?"
    job = job_for([answer_sample(question, "Harwick Eskimos")], local=True, still=True, seed=seed)
    assert still_pupil.learn(job, lambda: False, lambda _: None).not_learned == []
