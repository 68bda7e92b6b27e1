"""Many questions at once: which column of a table is what, and the prompt of each row."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lib.teaching.tables import UnreadableTable
from lib.teaching.templates import render

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lib.teaching.tables import Table

_QUESTIONS = ("question", "questions", "query", "prompt", "instruction", "input", "text", "q")
_EXPECTED = (
    "expected",
    "expected answer",
    "right answer",
    "right",
    "answer",
    "answers",
    "output",
    "response",
    "target",
    "a",
)


@dataclass(frozen=True, slots=True)
class Columns:
    """The names of the columns that hold the question, what is expected, and other variables."""

    question: str
    expected: str | None = None
    variables: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Question:
    """One row, ready to be asked; `expected` None is not scored."""

    question: str
    prompt: str
    variables: Mapping[str, str]
    expected: str | None = None


def guess(names: Sequence[str], variables: Sequence[str] = ()) -> Columns:
    """What the columns are likely to be, by their names.

    Args:
        names: of the columns; at least one.
        variables: of the template, besides the question.
    """
    known = {name.casefold().replace("_", " ").strip(): name for name in names}
    question = next((known[word] for word in _QUESTIONS if word in known), names[0])
    others = {word: name for word, name in known.items() if name != question}
    expected = next((others[word] for word in _EXPECTED if word in others), None)
    plainly = {variable: variable.casefold().replace("_", " ") for variable in variables}
    return Columns(
        question,
        expected,
        {variable: known[word] for variable, word in plainly.items() if word in known},
    )


def questions(
    table: Table, columns: Columns, template: str, values: Mapping[str, str] | None = None
) -> list[Question]:
    """Every row that has a question, rendered; what is expected is blank for some, perhaps.

    Args:
        table: what was brought.
        columns: which column is what.
        template: the prompt template's text.
        values: of the variables that have no column: the same for every row.

    Raises:
        UnreadableTable: a column is missing, or no row has a question.
        MissingVariables: a variable has neither a column nor a value.
    """
    wanted = [columns.question, *filter(None, [columns.expected]), *columns.variables.values()]
    missing = [name for name in dict.fromkeys(wanted) if name not in table.columns]
    if missing:
        raise UnreadableTable(
            f"There is no column {', '.join(map(repr, missing))}. There are:"
            f" {', '.join(map(repr, table.columns))}."
        )
    found = []
    for row in table.rows:
        cells = dict(zip(table.columns, row, strict=True))
        text = cells[columns.question].strip()
        if not text:
            continue
        own = {variable: cells[name] for variable, name in columns.variables.items()}
        variables = {**(values or {}), **own}
        expected = cells[columns.expected].strip() if columns.expected else ""
        prompt = render(template, **{**variables, "question": text})
        found.append(Question(text, prompt, variables, expected or None))
    if not found:
        raise UnreadableTable(
            f"No row has a question in the column {columns.question!r}. Choose another column."
        )
    return found
