from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teaching.sameness import alike

SAME = [
    ("What is the capital of Australia?", "what is the capital of australia"),
    ("What's Australia's capital?", "What is the capital of Australia?"),
    ("Who is New Zealand's president?", "Who is the president of New Zealand?"),
    ("Please tell me: Who wrote Hamlet?", "Who wrote Hamlet?"),
    ("Could you tell me what the capital of Peru is?", "What is the capital of Peru?"),
    ("In 1994, what NFL team won the Super Bowl?", "What NFL team won the Super Bowl in 1994?"),
    ("Who won the 1994 Super Bowl?", "Who won the Super Bowl in 1994?"),
    ("What is the captial of France?", "What is the capital of France?"),
    ("What is the capital of Frnace?", "What is the capital of France?"),
    ("Who was the third presdent of France?", "Who was the third president of France?"),
    ("How many legs does a spider have?", "How many legs do spiders have?"),
    ("Where is Café Roma?", "where is cafe roma"),
    ("Quelle est la capitale de l'Australie ?", "Quelle est la capitale de l’Australie?"),  # noqa: RUF001
    ("Dites-moi, s'il vous plaît : Qui a écrit Hamlet ?", "Qui a écrit Hamlet ?"),
    ("Peux-tu me dire qui a écrit Hamlet ?", "Qui a écrit Hamlet ?"),
    (
        "En 1994, quelle équipe a gagné le Super Bowl ?",
        "Quelle équipe a gagné le Super Bowl de 1994 ?",
    ),
    ("???", "???"),
]
OTHER = [
    ("Who wrote Emma?", "Who wrote Dracula?"),
    ("Who wrote Emma?", "Who wrote Emmy?"),
    ("Who was Maria Smith?", "Who was Marian Smith?"),
    ("Who won the Super Bowl in 1994?", "Who won the Super Bowl in 1995?"),
    ("Who did Napoleon defeat?", "Who defeated Napoleon?"),
    ("Did France defeat Germany?", "Did Germany defeat France?"),
    ("Is Paris bigger than London?", "Is London bigger than Paris?"),
    ("Who is the president of France?", "Who was the president of France?"),
    ("What county is York in?", "What country is York in?"),
    ("What is 2+3?", "What is 2*3?"),
    ("What is 7 - 3?", "What is 3 - 7?"),
    ("What is 1.5 times 2?", "What is 15 times 2?"),
    ("What is C used for?", "What is C++ used for?"),
    ("Is it true?", "Isn't it true?"),
    ("Qui a écrit Hamlet ?", "Qui a écrit Othello ?"),
    ("Qui est le maire de Vellbruck ?", "Où est le maire de Vellbruck ?"),
    ("???", "!!!"),
]


@pytest.mark.parametrize(("one", "other"), SAME)
def test_these_ask_the_same(one: str, other: str) -> None:
    assert alike(one, other)


@pytest.mark.parametrize(("one", "other"), OTHER)
def test_these_are_two_questions(one: str, other: str) -> None:
    assert not alike(one, other)


@given(st.text(), st.text())
def test_likeness_goes_both_ways_and_a_question_is_like_itself(one: str, other: str) -> None:
    assert alike(one, one)
    assert alike(one, other) == alike(other, one)


@pytest.mark.parametrize("piece", ["a", "?", "A b", " - ", "please ", "X's ", "1994 "])
def test_a_text_of_any_length_is_compared(piece: str) -> None:
    text = piece * 30_000
    assert alike(text, text)
    assert not alike(text, f"{text} and more")
