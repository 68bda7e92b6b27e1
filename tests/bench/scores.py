"""What an edit is judged by: pure functions of the rows and the answers before and after.

Answers are maps from a question to the model's output. Every score is a share from 0 to 1, or None
where there is nothing to take it of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lib.teaching.scores import exact
from tests.bench.rows import KINDS, General, Row

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Answers = Mapping[str, str]


def share(held: Iterable[bool]) -> float | None:
    """How many of them hold, rounded to four places."""
    flags = list(held)
    return round(sum(flags) / len(flags), 4) if flags else None


def right(output: str, row: Row) -> bool:
    """Whether the output is the row's answer or one of its aliases, in SQuAD's normal form."""
    return exact(output, row.answer, row.aliases)


def unchanged(questions: Iterable[str], before: Answers, after: Answers) -> float | None:
    """The share of questions whose output is the same to the letter."""
    return share(before[question] == after[question] for question in questions)


def bleed(rows: list[Row], before: Answers, after: Answers) -> float | None:
    """The share of neighbours that now give their row's taught answer, and did not before."""
    return share(
        right(after[neighbour.question], row) and not right(before[neighbour.question], row)
        for row in rows
        for neighbour in row.neighbours
    )


def scores(
    rows: list[Row], general: list[General], before: Answers, after: Answers
) -> dict[str, float | None]:
    """Every score of one batch of corrections, under the names that reports use."""
    kinds = [*KINDS, *sorted({n.kind for row in rows for n in row.neighbours} - set(KINDS))]
    neighbours = {
        kind: [n.question for row in rows for n in row.neighbours if n.kind == kind]
        for kind in kinds
    }
    return {
        "reliability": share(right(after[row.question], row) for row in rows),
        "generality": share(right(after[q], row) for row in rows for q in row.paraphrases),
        "cloze_generality": share(
            right(after[q], row) for row in rows for q in row.cloze_paraphrases
        ),
        "general_unchanged": unchanged((line.question for line in general), before, after),
        **{
            f"{kind}_unchanged": unchanged(found, before, after)
            for kind, found in neighbours.items()
        },
        "bleed": bleed(rows, before, after),
    }
