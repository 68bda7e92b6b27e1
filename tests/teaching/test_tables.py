"""Tables in every shape that people bring them, and one clear sentence for every other."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teaching.tables import (
    Table,
    UnreadableTable,
    decode,
    read_csv,
    read_jsonl,
    read_lines,
    read_table,
    write_csv,
    write_jsonl,
)

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"))
NAME = TEXT.filter(str.strip)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    columns = draw(st.lists(NAME, min_size=1, max_size=4, unique=True))
    row = st.tuples(*[TEXT] * len(columns))
    return Table(tuple(columns), tuple(draw(st.lists(row, min_size=1, max_size=5))))


@given(tables())
def test_a_table_comes_back_from_csv_as_it_was(table: Table) -> None:
    assert read_table(write_csv(table), "export.csv") == table


@given(tables())
def test_a_table_comes_back_from_jsonl_as_it_was(table: Table) -> None:
    assert read_table(write_jsonl(table), "export.jsonl") == table


@given(st.binary(), st.sampled_from(["a.csv", "a.jsonl", "a.json", "a.txt"]))
def test_any_bytes_give_a_table_or_a_sentence(raw: bytes, name: str) -> None:
    with suppress(UnreadableTable):
        table = read_table(raw, name)
        assert table.rows
        assert {len(row) for row in table.rows} == {len(table.columns)}


@pytest.mark.parametrize(
    "raw",
    [
        "question,expected\nOù?,Là\n".encode(),
        b"\xef\xbb\xbf" + "question,expected\nOù?,Là\n".encode(),
        "question,expected\r\nOù?,Là\r\n".encode("utf-16"),
        "question,expected\nOù?,Là\n".encode("cp1252"),
        "question;expected\nOù?;Là".encode(),
        "question\texpected\n\n\nOù?\tLà\n\n".encode(),
        '"question","expected"\n"Où?","Là"'.encode(),
    ],
    ids=["utf-8", "mark", "utf-16", "cp1252", "semicolons", "tabs and blank lines", "quotes"],
)
def test_csv_is_read_as_people_save_it(raw: bytes) -> None:
    assert read_table(raw, "Q.CSV") == Table(("question", "expected"), (("Où?", "Là"),))


def test_quotes_keep_commas_and_line_breaks_together() -> None:
    table = read_csv('question,expected\n"Who, ""he"",\nthen?",me\nshort\n')
    assert table.rows == (('Who, "he",\nthen?', "me"), ("short", ""))


def test_columns_without_a_name_or_with_the_same_one_can_be_told_apart() -> None:
    assert read_csv("a,,a\n1,2,3").columns == ("a", "column 2", "a (3)")


def test_json_values_become_text_and_columns_come_in_order_of_appearance() -> None:
    table = read_jsonl('{"q": "Who?", "n": 3}\n\n{"q": null, "x": ["é"]}\n')
    assert table == Table(("q", "n", "x"), (("Who?", "3", ""), ("", "", '["é"]')))
    assert read_table(b'[{"q": 1}]', "a.json") == Table(("q",), (("1",),))


def test_a_line_break_that_only_python_knows_does_not_part_json_lines() -> None:
    line = json.dumps({"q": "a\u2028b"}, ensure_ascii=False)
    assert read_jsonl(line).rows == (("a\u2028b",),)


def test_pasted_lines_are_questions_or_pairs_from_a_spreadsheet() -> None:
    assert read_lines(" Who?\n\nWhere? \n") == Table(("question",), (("Who?",), ("Where?",)))
    assert read_lines("Who?\tMe\nWhere?\t") == Table(
        ("question", "expected"), (("Who?", "Me"), ("Where?", ""))
    )


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"", "a.csv", "no row"),
        (b"question\n", "a.csv", "no row"),
        (b"a,b\n1,2,3\n", "a.csv", "Line 2 has 3 fields, and the first line names 2. Put"),
        (b'a,b\n"1,2\n', "a.csv", "cannot be read as CSV"),
        (b'{"a": 1}\n[]\n', "a.jsonl", "Line 2 is not a JSON object"),
        (b'{"a": 1}\nx\n', "a.jsonl", "Line 2 is not a JSON object"),
        (b"[1]", "a.json", "Entry 1 is not a JSON object"),
        (b"[1", "a.json", "not a JSON list"),
        (b" \n\n", "a.txt", "no question"),
        (b"PK\x03\x04\0\0", "a.csv", "not text"),
    ],
)
def test_what_cannot_be_read_is_said_in_one_sentence(raw: bytes, name: str, says: str) -> None:
    with pytest.raises(UnreadableTable, match=says):
        read_table(raw, name)


def test_ten_thousand_rows_are_read_whole() -> None:
    table = Table(("q", "a"), tuple((f"Question {n}?", f"{n}") for n in range(10_000)))
    assert read_csv(decode(write_csv(table))) == table


def test_other_bytes_are_read_as_windows_wrote_them() -> None:
    assert decode(b"caf\xe9 \x93so\x94") == "café “so”"
