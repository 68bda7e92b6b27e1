"""What leaves in a format comes back from it; what is not understood is refused line by line."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.teaching.exchange_formats import Example, Format, write
from lib.teaching.exchange_reading import Reading, Refused, read
from lib.teaching.tables import UnreadableTable
from lib.teaching.templates import DEFAULT, MissingVariables, question_of, render

TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0")).filter(str.strip)
TEMPLATES = ["{question}", DEFAULT, "{{}} Q: {question}", "{question}\n\nA:"]
TABLES = [Format.CSV, Format.PARQUET]


@st.composite
def examples(draw: st.DrawFn, template: str) -> list[Example]:
    pairs = draw(st.lists(st.tuples(TEXT, TEXT), min_size=1, max_size=4, unique=True))
    return [
        Example(question, render(template, question=question), answer) for question, answer in pairs
    ]


@pytest.mark.parametrize("template", TEMPLATES)
@pytest.mark.parametrize("form", Format)
@settings(max_examples=30, deadline=None)  # the first one imports what reads Parquet
@given(data=st.data())
def test_questions_prompts_and_answers_come_back(
    form: Format, template: str, data: st.DataObject
) -> None:
    sent = data.draw(examples(template))
    came = read(write(sent, form), f"file.{form.ending}", template)
    assert (came.examples, came.refused) == (tuple(sent), ())


@pytest.mark.parametrize("form", TABLES)
@settings(deadline=None)
@given(question=TEXT, prompt=TEXT, answer=TEXT, wrong=st.none() | TEXT, auto=st.booleans())
def test_tables_keep_everything_else_too(
    form: Format, question: str, prompt: str, answer: str, wrong: str | None, *, auto: bool
) -> None:
    sent = Example(question, prompt, answer, wrong or "", auto, {"state": "ready", "by": "Ada"})
    assert read(write([sent], form), f"file.{form.ending}", DEFAULT).examples == (sent,)


@pytest.mark.parametrize("template", TEMPLATES)
@given(question=TEXT)
def test_a_question_is_found_in_its_prompt(template: str, question: str) -> None:
    assert question_of(template, render(template, question=question)) == question


@pytest.mark.parametrize("prompt", ["Question: \n\nAnswer: ", "Question: Who?", "", "\n\nAnswer: "])
def test_a_prompt_of_another_template_has_no_question(prompt: str) -> None:
    assert question_of(DEFAULT, prompt) is None


@pytest.mark.parametrize(
    "entry",
    [
        {"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me"}]},
        {
            "messages": [
                {"role": "user", "content": [{"type": "text", "text": "Who?"}]},
                {"role": "assistant", "content": "Me"},
            ]
        },
        {"conversations": [{"from": "human", "value": "Who?"}, {"from": "gpt", "value": "Me"}]},
        {"instruction": "Who?", "output": "Me"},
        {"inputs": [{"value": "Who?", "trainable": False}, {"value": " Me"}]},
        {"inputs": "Question: Who?\n\nAnswer: Me"},
        {"question": "Who?", "answer": "Me"},
    ],
)
def test_what_other_tools_write_gets_the_chosen_template(entry: dict[str, object]) -> None:
    reading = read(json.dumps(entry).encode(), "file.jsonl", DEFAULT)
    assert reading == Reading((Example("Who?", "Question: Who?\n\nAnswer: ", "Me"),), (), (1,))


def test_a_system_opens_the_question_and_an_input_follows_its_instruction() -> None:
    talk = {
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Who?"},
            {"role": "assistant", "content": "Me"},
        ]
    }
    task = {"instruction": "Add.", "input": "1, 2", "output": "3"}
    reading = read(json.dumps([talk, task]).encode(), "file.json", "{question}")
    assert [one.question for one in reading.examples] == ["Be brief.\n\nWho?", "Add.\n\n1, 2"]


@pytest.mark.parametrize(
    ("line", "why"),
    [
        ("{", "It is not a JSON object."),
        ("[]", "It is not a JSON object."),
        ("{}", "It has neither"),
        ('{"instruction": " ", "output": "x"}', "It has no question."),
        ('{"instruction": "x", "output": ""}', "It has no answer."),
        ('{"instruction": 3, "output": ""}', "It has no question."),
        ('{"question": "x"}', "It has no answer."),
        ('{"question": "x", "prompt": "y"}', "It has no answer."),
        ('{"messages": "x"}', "Its turns are not a list of objects."),
        ('{"messages": []}', "It is not one question and one answer."),
        ('{"inputs": "x"}', "It is one text"),
        ('{"inputs": 3}', "Its inputs are neither"),
        ('{"inputs": [{"value": "x"}]}', "It has no question."),
    ],
)
def test_a_line_that_is_not_understood_is_refused_and_the_rest_taken(line: str, why: str) -> None:
    good = '{"question": "Who?", "answer": "Me"}'
    reading = read(f"{good}\n{line}\n{good}".encode(), "file.jsonl", DEFAULT)
    assert len(reading.examples) == 1
    first, second = reading.refused
    assert first.number == 2
    assert first.why.startswith(why)
    assert second == Refused(3, "It is the same as number 1.")


@pytest.mark.parametrize(
    "turns",
    [
        [("user", "a"), ("assistant", "b"), ("user", "c"), ("assistant", "d")],
        [("assistant", "a"), ("user", "b")],
        [("user", "a"), ("tool", "b")],
    ],
)
def test_only_one_question_with_one_answer_is_taken(turns: list[tuple[str, str]]) -> None:
    entry = {"messages": [{"role": role, "content": text} for role, text in turns]}
    assert read(json.dumps(entry).encode(), "a.jsonl", DEFAULT).examples == ()


@pytest.mark.parametrize(
    ("raw", "name", "says"),
    [
        (b"", "a.jsonl", "nothing in this file"),
        (b"[{", "a.json", "not a JSON list"),
        (b"x,y\n1,2\n", "a.csv", "question or answer"),
        (b"PAR1", "a.parquet", "not Parquet"),
    ],
)
def test_a_file_that_cannot_be_read_is_told_in_one_sentence(
    raw: bytes, name: str, says: str
) -> None:
    with pytest.raises(UnreadableTable, match=says):
        read(raw, name, DEFAULT)


def test_a_template_with_more_variables_needs_the_prompts() -> None:
    with pytest.raises(MissingVariables):
        read(b'{"question": "Who?", "answer": "Me"}', "a.jsonl", "{place}: {question}")


@settings(deadline=None)
@given(st.binary(), st.sampled_from(["a.csv", "a.jsonl", "a.parquet"]))
def test_any_bytes_are_read_or_refused_in_a_sentence(raw: bytes, name: str) -> None:
    with suppress(UnreadableTable):
        reading = read(raw, name, DEFAULT)
        assert all(refused.why.endswith(".") for refused in reading.refused)
