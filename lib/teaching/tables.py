"""Tables of text as people bring them: CSV, JSONL, or one question a line; and back again.

UnreadableTable   what was given is no such table; the message says where and what to do
"""

from __future__ import annotations

import codecs
import csv
import io
import json
from dataclasses import dataclass
from typing import Any

QUESTION, EXPECTED = "question", "expected"
_DELIMITERS = ",;\t"
_BYTE_ORDER_MARKS = {
    codecs.BOM_UTF8: "utf-8",
    codecs.BOM_UTF16_LE: "utf-16-le",
    codecs.BOM_UTF16_BE: "utf-16-be",
}


class UnreadableTable(ValueError):
    """The message is a sentence for the person whose table it is."""


@dataclass(frozen=True, slots=True)
class Table:
    """Named columns, and rows of as many texts each."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def read_table(raw: bytes, name: str) -> Table:
    """A file's table, as its name says: `.csv`, `.tsv`, `.jsonl`, `.json`; else one row a line.

    Raises:
        UnreadableTable: it has no row, or is not what its name says.
    """
    text = decode(raw)
    ending = name.lower().rpartition(".")[2]
    if ending in {"csv", "tsv"}:
        return read_csv(text)
    if ending in {"jsonl", "ndjson", "json"}:
        return read_jsonl(text)
    return read_lines(text)


def decode(raw: bytes) -> str:
    """Text in UTF-8, in UTF-16 with a byte order mark, or as older programs on Windows write it.

    Raises:
        UnreadableTable: it is no text.
    """
    mark = next((mark for mark in _BYTE_ORDER_MARKS if raw.startswith(mark)), b"")
    if not mark and b"\0" in raw:
        raise UnreadableTable("This file is not text. Save it as CSV or JSONL, in UTF-8.")
    try:
        return raw.removeprefix(mark).decode(_BYTE_ORDER_MARKS.get(mark, "utf-8"))
    except UnicodeDecodeError:
        return raw.decode("cp1252", errors="replace")


def read_csv(text: str) -> Table:
    """The first line names the columns; they are parted by commas, semicolons or tabs.

    Raises:
        UnreadableTable: a line cannot be read, or there is none.
    """
    delimiter = max(_DELIMITERS, key=lambda sign: len(_first_record(text, sign)))
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    header: tuple[str, ...] | None = None
    rows = []
    try:
        for fields in reader:
            if not fields:
                continue
            if header is None:
                header = _names(fields)
                continue
            if len(fields) > len(header):
                raise UnreadableTable(
                    f"Line {reader.line_num} has {len(fields)} fields, and the first line names"
                    f" {len(header)}. Put quotes around a text with a comma in it."
                )
            rows.append((*fields, *[""] * (len(header) - len(fields))))
    except csv.Error as error:
        raise UnreadableTable(
            f"Line {reader.line_num} cannot be read as CSV: {error}. Look at its quotes."
        ) from error
    if header is None or not rows:
        raise UnreadableTable(
            "There is no row in this file. Its first line names the columns; each other is a row."
        )
    return Table(header, tuple(rows))


def read_jsonl(text: str) -> Table:
    """One JSON object a line, or a JSON list of objects; columns are in order of appearance.

    What is not text becomes its JSON, and null an empty text.

    Raises:
        UnreadableTable: a line is no object, or there is none.
    """
    objects = _objects(text)
    columns = tuple(dict.fromkeys(key for one in objects for key in one))
    if not columns:
        raise UnreadableTable("There is no row in this file. Each line is one JSON object.")
    return Table(columns, tuple(tuple(as_text(one.get(key)) for key in columns) for one in objects))


def read_lines(text: str) -> Table:
    """One question a line, or a question and its answer with a tab between, as spreadsheets copy.

    Raises:
        UnreadableTable: every line is blank.
    """
    lines = [line for line in text.splitlines() if line.strip()]
    if not lines:
        raise UnreadableTable("There is no question in it. Write one question a line.")
    if all(line.count("\t") == 1 for line in lines):
        pairs = (line.split("\t") for line in lines)
        return Table(
            (QUESTION, EXPECTED), tuple((first.strip(), second.strip()) for first, second in pairs)
        )
    return Table((QUESTION,), tuple((line.strip(),) for line in lines))


def write_csv(table: Table) -> bytes:
    """In UTF-8 with its mark, by which spreadsheets know it; every text in quotes."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, quoting=csv.QUOTE_ALL)
    writer.writerow(table.columns)
    writer.writerows(table.rows)
    return codecs.BOM_UTF8 + out.getvalue().encode("utf-8", errors="replace")


def write_jsonl(table: Table) -> bytes:
    """One JSON object a line, in UTF-8."""
    lines = (json.dumps(dict(zip(table.columns, row, strict=True))) for row in table.rows)
    return "".join(f"{line}\n" for line in lines).encode()


def _first_record(text: str, delimiter: str) -> list[str]:
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return next((fields for fields in reader if fields), [])
    except csv.Error:
        return []


def _names(fields: list[str]) -> tuple[str, ...]:
    """Column names as they are, but none blank and none twice."""
    names: list[str] = []
    for number, field in enumerate(fields, 1):
        name = field if field.strip() else f"column {number}"
        while name in names:
            name = f"{name} ({number})"
        names.append(name)
    return tuple(names)


def _objects(text: str) -> list[dict[str, Any]]:
    if text.lstrip().startswith("["):
        try:
            read = json.loads(text)
        except ValueError as error:
            raise UnreadableTable(f"This file is not a JSON list: {error}.") from error
        numbered = list(enumerate(read, 1))
        what = "Entry"
    else:
        numbered = []
        what = "Line"
        for number, line in enumerate(text.split("\n"), 1):
            if line.strip():
                try:
                    numbered.append((number, json.loads(line)))
                except ValueError:
                    numbered.append((number, None))
    for number, one in numbered:
        if not isinstance(one, dict):
            raise UnreadableTable(f"{what} {number} is not a JSON object. Nothing was read.")
    return [one for _, one in numbered]


def as_text(value: Any) -> str:
    """A value as a cell's text: None is empty, and what is not text its JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False, default=str)
