import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teaching.general_questions import general_questions
from lib.teaching.rewordings import in_cell, of_cell, rewordings


@pytest.mark.parametrize(
    ("question", "made"),
    [
        (
            "What NFL team won the Super Bowl in 1994?",
            [
                "what nfl team won the super bowl in 1994",
                "Please tell me: What NFL team won the Super Bowl in 1994?",
                "In 1994, what NFL team won the Super Bowl?",
            ],
        ),
        (
            "Quelle équipe a gagné le Super Bowl en 1994 ?",
            [
                "quelle équipe a gagné le super bowl en 1994",
                "Dites-moi, s'il vous plaît : Quelle équipe a gagné le Super Bowl en 1994 ?",
                "En 1994, quelle équipe a gagné le Super Bowl ?",
            ],
        ),
        (
            "Qu'est-ce qui brille ?",
            [
                "qu'est-ce qui brille",
                "Dites-moi, s'il vous plaît : Qu'est-ce qui brille ?",
            ],
        ),
        ("Who is Ada?", ["who is ada", "Please tell me: Who is Ada?"]),
        ("why", ["Please tell me: why"]),
    ],
)
def test_a_question_is_reworded_by_rule(question: str, made: list[str]) -> None:
    assert rewordings(question) == made


@given(st.text())
def test_a_rewording_is_never_the_question_itself_nor_blank_nor_twice_the_same(text: str) -> None:
    made = rewordings(text)
    assert text not in made
    assert all(one.strip() for one in made)
    assert len(set(made)) == len(made)


@given(st.lists(st.text().map(str.strip).filter(bool)))
def test_typed_rewordings_come_back_from_their_cell(typed: list[str]) -> None:
    assert list(of_cell(in_cell(typed))) == typed


@pytest.mark.parametrize(
    ("cell", "typed"),
    [
        ("", ()),
        ("who won?\n\n when was it? ", ("who won?", "when was it?")),
        ("1994", ("1994",)),
        ('["who", 3, " "]', ("who",)),
    ],
)
def test_a_cell_that_a_person_wrote_has_a_rewording_a_line(
    cell: str, typed: tuple[str, ...]
) -> None:
    assert of_cell(cell) == typed


def test_the_general_questions_are_sixty_different_ones() -> None:
    assert len(set(general_questions())) == 60
    assert all(question.endswith("?") for question in general_questions())
