"""Files of questions with their answers, read in whatever format `exchange_formats` writes.

The question is what the chosen template has around it. A text without that template around it is a
question itself, and gets it.
"""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lib.teaching.exchange_formats import OWN, Example
from lib.teaching.question_lists import guess
from lib.teaching.samples import separator
from lib.teaching.tables import Table, UnreadableTable, as_text, decode, read_csv
from lib.teaching.templates import around, question_of, render

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Refused:
    """A line, row or entry, counted from 1, that was not taken, and why."""

    number: int
    why: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: examples, and what was refused of it. `numbers` are the examples'."""

    examples: tuple[Example, ...]
    refused: tuple[Refused, ...]
    numbers: tuple[int, ...]


class _NotTaken(Exception):
    """Why one line is refused."""


def read(raw: bytes, name: str, template: str) -> Reading:
    """What a file holds, in whatever format it is; no two examples of it are the same.

    Args:
        raw: the file.
        name: of the file: its ending says CSV or Parquet, or else it is JSON.
        template: the prompt template's text, see above.

    Raises:
        UnreadableTable: the file as a whole cannot be read, or has nothing in it.
        MissingVariables: the template needs more than a question, and the file has no prompts.
    """
    ending = name.lower().rpartition(".")[2]
    if ending in {"csv", "tsv"}:
        numbered = _rows(read_csv(decode(raw)))
    elif ending == "parquet":
        numbered = _rows(_from_parquet(raw))
    else:
        numbered = list(_entries(decode(raw)))
    if not numbered:
        raise UnreadableTable("There is nothing in this file.")
    taken: dict[tuple[str, str], tuple[int, Example]] = {}
    refused = []
    for number, entry in numbered:
        try:
            example = _example(entry, template)
            first, _ = taken.get((example.prompt, example.answer), (None, None))
            if first is not None:
                raise _NotTaken(f"It is the same as number {first}.")  # noqa: TRY301 - told below
        except _NotTaken as error:
            refused.append(Refused(number, str(error)))
        else:
            taken[example.prompt, example.answer] = number, example
    return Reading(
        tuple(example for _, example in taken.values()),
        tuple(refused),
        tuple(number for number, _ in taken.values()),
    )


def _entries(text: str) -> Iterator[tuple[int, Any]]:
    if text.lstrip().startswith("["):
        try:
            yield from enumerate(json.loads(text), 1)
        except ValueError as error:
            raise UnreadableTable(f"This file is not a JSON list: {error}.") from error
        return
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError:
                yield number, None


def _from_parquet(raw: bytes) -> Table:
    # pyarrow takes a moment to import, and is needed for this alone.
    import pyarrow as pa  # noqa: PLC0415 - see above
    import pyarrow.parquet as pq  # noqa: PLC0415 - see above

    try:
        columns = pq.read_table(io.BytesIO(raw)).to_pydict()
    except (pa.ArrowException, OSError) as error:
        raise UnreadableTable("This file is not Parquet, or is damaged.") from error
    texts = ([_cell(value) for value in column] for column in columns.values())
    return Table(tuple(columns), tuple(zip(*texts, strict=True)))


def _cell(value: Any) -> str:
    return as_text(value if isinstance(value, bool | list | None) else str(value))


def _rows(table: Table) -> list[tuple[int, Any]]:
    """A table's rows, with the columns that hold question and answer called so."""
    columns = guess(table.columns)
    if "question" not in table.columns and columns.expected is None:
        raise UnreadableTable(
            "No column of this table is called question or answer. Rename them, and try again."
        )
    names = {columns.question: "question", columns.expected: "answer"}
    called = [names.get(name, name) for name in table.columns]
    return [
        (number, dict(zip(called, row, strict=True))) for number, row in enumerate(table.rows, 1)
    ]


def _example(entry: Any, template: str) -> Example:
    if not isinstance(entry, dict):
        raise _NotTaken("It is not a JSON object.")
    for key, read_one in _READERS.items():
        if key in entry:
            return read_one(entry, template)
    raise _NotTaken(
        "It has neither messages, conversations, inputs, an instruction nor a question."
    )


def _made(text: Any, answer: Any, template: str) -> Example:
    """An example of a text that is a prompt of the template, or else a question."""
    if not isinstance(text, str) or not text.strip():
        raise _NotTaken("It has no question.")
    if not isinstance(answer, str) or not answer.strip():
        raise _NotTaken("It has no answer.")
    question = question_of(template, text)
    if question is None:
        return Example(text, render(template, question=text), answer)
    return Example(question, text, answer)


def _from_messages(entry: dict[str, Any], template: str) -> Example:
    return _conversation(entry["messages"], "role", "content", template)


def _from_conversations(entry: dict[str, Any], template: str) -> Example:
    return _conversation(entry["conversations"], "from", "value", template)


def _conversation(turns: Any, who: str, what: str, template: str) -> Example:
    """One question, one answer, and perhaps a system's words, which then open the question."""
    if not isinstance(turns, list) or not all(isinstance(turn, dict) for turn in turns):
        raise _NotTaken("Its turns are not a list of objects.")
    said = [(str(turn.get(who)), _content(turn.get(what))) for turn in turns]
    system = [text for role, text in said if role in {"system", "developer"}]
    rest = [(role, text) for role, text in said if role not in {"system", "developer"}]
    if len(rest) != 2 or rest[0][0] not in {"user", "human"}:  # noqa: PLR2004 - the two of them
        raise _NotTaken("It is not one question and one answer.")
    if rest[1][0] not in {"assistant", "gpt", "model", "chatgpt"}:
        raise _NotTaken("Its last turn is not a model's.")
    question = "\n\n".join([*system, rest[0][1]]) if rest[0][1].strip() else ""
    return _made(question, rest[1][1], template)


def _content(content: Any) -> str:
    if isinstance(content, list):
        parts = [part.get("text") if isinstance(part, dict) else None for part in content]
        if any(not isinstance(part, str) for part in parts):
            raise _NotTaken("It holds something else than text.")
        return "".join(part for part in parts if part)
    return content if isinstance(content, str) else ""


def _from_instruction(entry: dict[str, Any], template: str) -> Example:
    given = [text for text in (entry["instruction"], entry.get("input")) if text]
    if not all(isinstance(text, str) for text in given):
        raise _NotTaken("It has no question.")
    return _made("\n\n".join(given), entry.get("output"), template)


def _from_inputs(entry: dict[str, Any], template: str) -> Example:
    inputs = entry["inputs"]
    if isinstance(inputs, str):
        before, after = around(template) or ("", "")
        place = inputs.find(after, len(before)) if after else -1
        if place < 0 or not inputs.startswith(before):
            raise _NotTaken(
                "It is one text, and where its answer begins cannot be told. Choose the template"
                " that it was made with."
            )
        prompt = inputs[: place + len(after)]
        return _made(prompt, inputs[len(prompt) :].strip(), template)
    if not isinstance(inputs, list) or not all(isinstance(piece, dict) for piece in inputs):
        raise _NotTaken("Its inputs are neither a text nor a list of pieces.")
    parts = {True: "", False: ""}
    for piece in inputs:
        parts[piece.get("trainable") is not False] += str(piece.get("value", ""))
    prompt, said = parts[False], parts[True]
    return _made(prompt, said.removeprefix(separator(prompt)), template)


def _from_row(entry: dict[str, Any], template: str) -> Example:
    question, answer, prompt = (entry.get(name) for name in ("question", "answer", "prompt"))
    if not prompt or not isinstance(prompt, str):
        made = _made(question, answer, template)
        question, prompt = made.question, made.prompt
    elif not isinstance(question, str) or not question.strip():
        raise _NotTaken("It has no question.")
    if not isinstance(answer, str) or not answer.strip():
        raise _NotTaken("It has no answer.")
    return Example(
        question,
        prompt,
        answer,
        str(entry.get("wrong_answer") or ""),
        str(entry.get("auto_template", "true")).lower() != "false",
        {name: as_text(value) for name, value in entry.items() if name not in OWN},
    )


_READERS = {
    "messages": _from_messages,
    "conversations": _from_conversations,
    "inputs": _from_inputs,
    "instruction": _from_instruction,
    "question": _from_row,
}
