from __future__ import annotations

import pytest

from lib.teaching.question_lists import Columns, Question, guess, questions
from lib.teaching.tables import Table, UnreadableTable
from lib.teaching.templates import MissingVariables

CAPITALS = Table(
    ("Question", "Answer", "Hint"),
    (("Capital of France?", "Paris", "Eiffel"), ("  ", "nobody", ""), ("Of Peru? ", " ", "Andes")),
)


@pytest.mark.parametrize(
    ("names", "columns"),
    [
        (["id", "Question", "Expected_Answer"], Columns("Question", "Expected_Answer")),
        (["prompt", "output"], Columns("prompt", "output")),
        (["answer"], Columns("answer")),
        (["x", "y"], Columns("x")),
    ],
)
def test_columns_are_guessed_by_their_names(names: list[str], columns: Columns) -> None:
    assert guess(names) == columns


def test_a_variable_is_guessed_by_its_own_name() -> None:
    assert guess(["Q", "Hint", "answer"], ["hint", "place"]) == Columns(
        "Q", "answer", {"hint": "Hint"}
    )


def test_rows_are_rendered_and_those_without_a_question_left_out() -> None:
    columns = Columns("Question", "Answer", {"hint": "Hint"})
    assert questions(CAPITALS, columns, "{place}, {hint}: {question}", {"place": "Here"}) == [
        Question(
            "Capital of France?",
            "Here, Eiffel: Capital of France?",
            {"place": "Here", "hint": "Eiffel"},
            "Paris",
        ),
        Question("Of Peru?", "Here, Andes: Of Peru?", {"place": "Here", "hint": "Andes"}, None),
    ]


def test_missing_columns_are_all_named_in_one_sentence() -> None:
    with pytest.raises(UnreadableTable) as told:
        questions(CAPITALS, Columns("q", "a"), "{question}")
    assert str(told.value) == (
        "There is no column 'q', 'a'. There are: 'Question', 'Answer', 'Hint'."
    )


def test_a_variable_without_a_column_or_a_value_is_told() -> None:
    with pytest.raises(MissingVariables, match="place"):
        questions(CAPITALS, Columns("Question"), "{place}: {question}")


def test_a_column_without_any_question_is_told() -> None:
    with pytest.raises(UnreadableTable, match="Choose another column"):
        questions(Table(("q",), ((" ",),)), Columns("q"), "{question}")
