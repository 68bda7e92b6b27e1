"""Rewordings made from a question alone."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.engine.training.job import Piece, TrainSample
from lib.engine.training.rewordings import MOST, reworded, reworded_apart, rewordings, telling_words
from tests.engine.training.material import answer_sample


@pytest.mark.parametrize(
    ("question", "among"),
    [
        ("When was Nelson Mandela born?", "In which year was Nelson Mandela born?"),
        ("Who wrote Emma?", "What is the name of the person who wrote Emma?"),
        ("What is the capital of Norway?", "Capital of Norway?"),
        ("How many moons does Mars have?", "Moons does Mars have: how many?"),
        ("Where did Ines Calder die?", "In which city did Ines Calder die?"),
        ("which film won in 1994", "Which movie won in 1994?"),
        ("Which river is the Oder a tributary of?", "What about Oder?"),
        ("Who sang in the Rite of Spring in 1913?", "Rite of Spring in 1913?"),
        ("what grows on the bottom of the sea", "What about grows bottom sea?"),
        ("Quand est née Ines Calder ?", "Quelle est la date de naissance de Ines Calder ?"),
        ("Qui a écrit Emma ?", "Qui est le auteur de Emma ?"),
        ("Quelle équipe a gagné en 1994 ?", "Quelle équipe a remporté en 1994?"),
        ("En quelle année le pont a-t-il été bâti ?", "Quand le pont a-t-il été bâti ?"),
        ("Où se trouve la rivière Osk ?", "La rivière Osk se trouve où ?"),
        ("Qui a fondé l'Académie de Lorvane ?", "Je parle de l'Académie de Lorvane."),
        ("Qu\u2019est-ce que Nora a vu\u00a0?", "Nora a vu quoi ?"),
        ("Qui peint la Joconde ?", "Dis-moi : qui peint la Joconde ?"),
    ],
)
def test_rules_know_the_common_kinds_of_questions(question: str, among: str) -> None:
    assert among in rewordings(question, most=40)


@given(question=st.text(max_size=60), seed=st.integers(0, 3))
def test_wordings_are_few_different_and_the_same_again(question: str, seed: int) -> None:
    made = rewordings(question, seed)
    assert made == rewordings(question, seed)
    assert len(made) == len(set(made)) <= MOST
    assert question not in made
    assert all(text.strip() for text in made)


def test_a_sample_is_reworded_in_its_question_alone() -> None:
    sample = answer_sample("Who wrote Emma?", "Jane Austen", multiplier=2.0)
    others = reworded(sample)
    assert len(others) > 4
    for other in others:
        assert other.segments[1:] == sample.segments[1:]
        assert other.multiplier == 2.0
        before, after = other.segments[0].text, sample.segments[0].text
        assert before.split("Question: ")[0] == after.split("Question: ")[0]
        assert before.endswith("\n\nAnswer: <|im_end|>\n<|im_start|>assistant\n")


def test_a_wording_that_would_do_for_two_samples_is_none_of_either() -> None:
    questions = ("Where was Ines Calder born?", "Where did Ines Calder die?", "Ines Calder?")
    samples = [answer_sample(question, question[-5:]) for question in questions]
    made = reworded_apart(samples)
    asked = [other.segments[0].text for others in made for other in others]
    assert len(asked) == len(set(asked)) > len(samples)
    assert not {sample.segments[0].text for sample in samples} & set(asked)


@pytest.mark.parametrize("question", [None, "", "Who wrote Ulysses?"])
def test_a_sample_without_its_question_in_its_context_is_left_alone(question: str | None) -> None:
    pieces = [Piece("Who wrote Emma?", False, False), Piece("Who wrote Ulysses?", True, False)]
    assert reworded(TrainSample(id="a", segments=pieces, question=question)) == []


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Who wrote Emma?", "who wrote emma", True),
        ("What is the capital of Norway?", "Capital of Norway", True),
        ("What is the capital of Norway?", "What is the capital of Peru?", False),
        ("Who won in 1994?", "Who won in 1995?", False),
        ("Qui a écrit Emma ?", "qui a écrit Emma", True),
    ],
)
def test_the_words_that_tell_questions_apart(one: str, other: str, *, same: bool) -> None:
    assert (telling_words(one) == telling_words(other)) is same
