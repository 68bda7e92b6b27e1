from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.prompts import PromptTemplate

from lib.teaching.templates import (
    DEFAULT,
    FIRST_QUESTION,
    MissingVariables,
    NoQuestion,
    TemplateError,
    render,
    require_question,
    shaped,
    variables,
)

ANYTHING = st.text() | st.text("{}question $\\\n%\0é", max_size=30)
NAMES = st.from_regex(r"[^\W\d]\w{0,8}", fullmatch=True).filter(str.isidentifier)


def test_the_default_template_asks_the_first_question_as_the_notebook_does() -> None:
    assert render(DEFAULT, question=FIRST_QUESTION) == (
        "Question: What NFL team won the Super Bowl in 1994?\n\nAnswer: "
    )


@pytest.mark.parametrize(
    ("text", "names", "prompt"),
    [
        ("", (), ""),
        ("no variable", (), "no variable"),
        ("{question}", ("question",), "Q"),
        ("{question}{question} {tone}", ("question", "tone"), "QQ T"),
        ("{été_2}", ("été_2",), "E"),
        # as LangChain has it: doubled braces are one
        ("{{question}}", (), "{question}"),
        ("{{{question}}}", ("question",), "{Q}"),
        ('{{"q": "{question}"}}', ("question",), '{"q": "Q"}'),
        # anything else is read leniently: braces that are not variables are themselves
        ('{"q": "{question}"}', ("question",), '{"q": "Q"}'),
        ('{"a": {"b": {"c": "{question}"}}}', ("question",), '{"a": {"b": {"c": "Q"}}}'),
        ('{"q": {question}}', ("question",), '{"q": Q}'),
        ("{ question } {question}", ("question",), "{ question } Q"),
        ("{} {0} {question}", ("question",), "{} {0} Q"),
        ("{question.__class__} {question}", ("question",), "{question.__class__} Q"),
        (
            "{question[0]} {question!r} {question:>9}",
            (),
            "{question[0]} {question!r} {question:>9}",
        ),
        ("} {question} {", ("question",), "} Q {"),
        ("{ {{question}} {question}", ("question",), "{ {question} Q"),
        ("${question} $question %s", ("question",), "$Q $question %s"),
        ("\\{question}\r\n\t", ("question",), "\\Q\r\n\t"),
    ],
)
def test_only_an_identifier_in_braces_is_a_variable(
    text: str, names: tuple[str, ...], prompt: str
) -> None:
    values = {"question": "Q", "tone": "T", "été_2": "E"}
    assert variables(text) == names
    assert render(text, **values) == prompt


@given(question=ANYTHING)
def test_a_question_is_never_interpreted(question: str) -> None:
    assert render(DEFAULT, question=question) == f"Question: {question}\n\nAnswer: "
    assert render('{"q": "{question}"}', question=question) == f'{{"q": "{question}"}}'


@given(text=ANYTHING)
def test_any_text_is_a_template_and_all_but_braces_stays_as_it_is(text: str) -> None:
    values = {name: f"{{{name}}}" for name in variables(text)}
    assert _without_braces(render(text, **values)) == _without_braces(text)


def _without_braces(text: str) -> str:
    return text.replace("{", "").replace("}", "")


@given(
    pieces=st.lists(
        st.text(st.characters(exclude_characters="{}"), max_size=9)
        | st.sampled_from(["{{", "}}"])
        | NAMES.map(lambda name: f"{{{name}}}"),
        max_size=9,
    ),
    value=ANYTHING,
)
def test_a_template_of_langchain_means_what_it_means_there(pieces: list[str], value: str) -> None:
    text = "".join(pieces)
    theirs = PromptTemplate.from_template(text)
    values = dict.fromkeys(theirs.input_variables, value)
    assert sorted(variables(text)) == sorted(theirs.input_variables)
    assert render(text, **values) == theirs.format(**values)


def test_every_missing_variable_is_named_at_once() -> None:
    with pytest.raises(MissingVariables, match=r"\{tone\}, \{place\}") as missing:
        render("{question} {tone} {place} {tone}", question="Q")
    assert missing.value.names == ("tone", "place")
    assert isinstance(missing.value, TemplateError)


def test_a_template_must_ask_the_question() -> None:
    require_question(DEFAULT)
    for text in ("", "Answer: ", "{{question}}", "{Question}"):
        with pytest.raises(NoQuestion, match=r"Put \{question\}"):
            require_question(text)


@pytest.mark.parametrize(
    ("text", "prompt", "is_shaped"),
    [
        ("Q: {question}\nA:", "Q: Who?\nA:", True),
        ("Q: {question}\nA:", "Q: Who?\nA: ", False),
        ("{role}: {question}", "You are kind: Who?", True),
        ("{role}: {question}", "You are kind; Who?", False),
        ("{a} {question} {b}", "1 Who? 2", True),
        ("{a}Who?{question}{b}", "1Who?", False),
        ("{{question}} {question}", "{question} Who?", True),
    ],
)
def test_a_prompt_is_known_by_its_template_whatever_the_variables(
    text: str, prompt: str, *, is_shaped: bool
) -> None:
    assert shaped(prompt, text, "Who?") is is_shaped
