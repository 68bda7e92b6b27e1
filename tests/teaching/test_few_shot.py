from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teaching.few_shot import few_shot
from lib.teaching.templates import MissingVariables, render

TEMPLATE = "{examples}\n\nQuestion: {question}\n\nAnswer: "


def test_examples_are_asked_as_the_template_asks() -> None:
    shown = few_shot(TEMPLATE, [("Who?", "Me"), ("Where? ", " Here ")], {})
    assert shown == "Question: Who?\n\nAnswer: Me\n\nQuestion: Where? \n\nAnswer: Here"
    prompt = render(TEMPLATE, examples=shown, question="When?")
    assert prompt == f"{shown}\n\nQuestion: When?\n\nAnswer: "


def test_other_variables_are_in_the_examples_too() -> None:
    assert few_shot("{examples} {place}: {question}", [("Who?", "Me")], {"place": "Here"}) == (
        "Here: Who? Me"
    )
    with pytest.raises(MissingVariables, match="place"):
        few_shot("{examples} {place}: {question}", [("Who?", "Me")], {})


@given(st.text(), st.text())
def test_braces_in_questions_and_answers_stay_as_they_are(question: str, answer: str) -> None:
    shown = few_shot("{examples}|{question}", [(question, answer)], {})
    assert shown.startswith(f"|{question}")
    assert render("{examples}|{question}", examples=shown, question="?") == f"{shown}|?"
