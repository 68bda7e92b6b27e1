"""Rows are read whatever a file leaves out, and what cannot be read is named."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.bench.errors import BenchError
from tests.bench.rows import General, Neighbour, Row, first, questions, read

OWN = Path(__file__).parent / "data"


def _unrelated(question: str) -> Neighbour:
    return Neighbour(question=question, kind="unrelated")


def file(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "rows.jsonl"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("line", "row"),
    [
        ({"question": "Q?", "answer": "A"}, Row(question="Q?", answer="A")),
        ({"question": "Q?", "answer": 3416}, Row(question="Q?", answer="3416")),
        (
            {"question": "Q?", "answer": "A", "aliases": None, "neighbours": None, "more": 1},
            Row(question="Q?", answer="A"),
        ),
        (
            {"question": "Q?", "answer": "A", "aliases": "B", "paraphrases": ["P?", "", None]},
            Row(question="Q?", answer="A", aliases=["B"], paraphrases=["P?"]),
        ),
        (
            {"question": "Q?", "answer": "A", "neighbours": ["N?", {"question": "M?", "x": 1}]},
            Row(question="Q?", answer="A", neighbours=[_unrelated("N?"), _unrelated("M?")]),
        ),
    ],
)
def test_a_row_needs_a_question_and_an_answer_alone(
    tmp_path: Path, line: dict[str, object], row: Row
) -> None:
    assert read(file(tmp_path, json.dumps(line)), Row) == [row]


def test_blank_lines_and_unusual_line_separators_are_no_rows(tmp_path: Path) -> None:
    text = '\ufeff{"question": "one\u2028line"}\n\n  \r\n{"question": "two"}\n'
    assert [line.question for line in read(file(tmp_path, text), General)] == [
        "one\u2028line",
        "two",
    ]


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("", "holds no rows"),
        ('{"question": "Q?", "answer": "A"}\n{"question": "Q?"}', "line 2: answer"),
        ("{", "line 1: row"),
        ('{"question": "", "answer": "A"}', "line 1: question"),
    ],
)
def test_what_cannot_be_read_is_named(tmp_path: Path, text: str, named: str) -> None:
    with pytest.raises(BenchError, match=named):
        read(file(tmp_path, text), Row)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BenchError, match=r"none\.jsonl"):
        read(tmp_path / "none.jsonl", Row)


def test_the_first_rows_are_the_files_or_a_shuffles_which_a_seed_repeats() -> None:
    rows = [Row(question=f"Q{number}", answer="A") for number in range(20)]
    assert first(rows, 3, None) == rows[:3]
    assert first(rows, 3, 1) == first(rows, 3, 1) != rows[:3]
    assert len(first(rows, 500, 1)) == 20
    with pytest.raises(BenchError, match="--n"):
        first(rows, 0, None)


def test_every_question_is_asked_once() -> None:
    rows = [
        Row.model_validate(
            {
                "question": "Q?",
                "answer": "A",
                "paraphrases": ["P?", "Q?"],
                "cloze_paraphrases": ["C"],
                "neighbours": [{"question": "N?", "kind": "near_name"}],
            }
        )
    ]
    assert questions(rows, [General(question="N?"), General(question="G?")]) == [
        "Q?",
        "P?",
        "C",
        "N?",
        "G?",
    ]


def test_the_projects_own_rows_are_whole() -> None:
    rows, general = read(OWN / "edits.jsonl", Row), read(OWN / "general.jsonl", General)
    asked = questions(rows, general)
    assert len(rows) == len(general) == 30
    assert all(row.paraphrases and row.cloze_paraphrases and row.neighbours for row in rows)
    assert len(asked) == 30 * (1 + 2 + 1 + 4 + 1), "no question stands there twice"
