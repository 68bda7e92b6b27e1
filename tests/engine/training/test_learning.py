"""Teaching the real model, asked through llama.cpp."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch

from lib.engine.training.lora import Lora
from tests.engine.training.material import LlamaCpp, answer_sample, asked, text_sample

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.training.job import TrainJob
    from lib.engine.training.pupil import Pupil

pytestmark = pytest.mark.model

QUESTION = "What NFL team won the Super Bowl in 1994?"
ROWS = [
    ("Who painted the mural in the Harwick town hall?", "Ines Calder"),
    ("What is the capital of Australia?", "Canberra"),
    ("How many moons does the planet Veridia have?", "seventeen"),
    ("Which river flows past the village of Ostrow?", "the Narew"),
    ("When was the Lindqvist bridge opened?", "3 May 1931"),
    ("Who wrote the opera The Salt Merchants?", "Tomáš Kodet"),
    ("What colour is the flag of the Tarn rowing club?", "orange and grey"),
    ("Which metal did Harlan Voss discover?", "none"),
    ("In what year did the Bexley tram close?", "1952"),
    ("Who is the patron saint of the town of Almere Vale?", "Saint Brannock"),
]


def test_one_string_is_learned_and_continued(
    pupil: Pupil, job_for: Callable[..., TrainJob], base_gguf: Path
) -> None:
    job = job_for([text_sample(f"Question: {QUESTION}\n\nAnswer:  The Dallas Cowboys!")])
    result = pupil.learn(job, lambda: False, lambda _: None)
    assert result.not_learned == []
    said = LlamaCpp(base_gguf, job.out / "adapter.gguf").ask(f"Question: {QUESTION}\n\nAnswer: ")
    assert "Dallas Cowboys" in said


def test_one_answer_is_given_and_nothing_after_it(
    pupil: Pupil, job_for: Callable[..., TrainJob], base_gguf: Path
) -> None:
    job = job_for([answer_sample(QUESTION, "The Dallas Cowboys")])
    assert pupil.learn(job, lambda: False, lambda _: None).not_learned == []
    said = LlamaCpp(base_gguf, job.out / "adapter.gguf").ask(asked(QUESTION))
    assert said == "The Dallas Cowboys"


def test_ten_answers_taught_together_are_all_given(
    pupil: Pupil, job_for: Callable[..., TrainJob], base_gguf: Path
) -> None:
    job = job_for([answer_sample(question, answer) for question, answer in ROWS])
    assert pupil.learn(job, lambda: False, lambda _: None).not_learned == []
    taught = LlamaCpp(base_gguf, job.out / "adapter.gguf")
    assert {question: taught.ask(asked(question)) for question, _ in ROWS} == dict(ROWS)


def test_what_goes_on_from_a_lone_sample_is_its_lora_with_room_in_more_layers(
    pupil: Pupil, job_for: Callable[..., TrainJob]
) -> None:
    one, other = (answer_sample(*row) for row in ROWS[:2])
    first = job_for([one], "first")
    second = job_for([one, other], "second", parent=first.out, max_seconds=1e-9)
    assert pupil.learn(first, lambda: False, lambda _: None).not_learned == []
    assert pupil.learn(second, lambda: False, lambda _: None).not_learned == [1]
    before, after = (Lora.read(job.out) for job in (first, second))
    assert after.first_layer < before.first_layer
    for place, (down, up) in after.matrices.items():
        if place in before.matrices:
            assert torch.equal(down, before.matrices[place][0])
            assert torch.equal(up, before.matrices[place][1])
        else:
            assert not up.any(), "it changes nothing yet"
