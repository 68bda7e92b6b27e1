from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.engine.scope.question import Form, compared, forms, question
from lib.gradient.schemas import Sample, Segment

TEXT = st.text(min_size=1, max_size=30)


def taught(prompt: str, asked: str | None, answer: str = "Yes.") -> Sample:
    return Sample(
        inputs=[Segment(value=prompt, trainable=False), Segment(value=answer)], question=asked
    )


@given(before=TEXT, after=TEXT, known=TEXT, asked=TEXT)
def test_what_stands_in_a_taught_prompts_form_is_found_whatever_it_is(
    before: str, after: str, known: str, asked: str
) -> None:
    form = Form(before, after)
    assert form.inside(f"{before}{asked}{after}") == asked
    assert question(f"{before}{asked}{after}", [form]) == asked
    found = forms([taught(f"{before}{known}{after}", known)])
    assert [f"{f.before}{known}{f.after}" for f in found] == [f"{before}{known}{after}"]


@given(query=TEXT, before=TEXT, after=TEXT)
def test_a_query_is_never_changed_and_a_question_is_never_empty(
    query: str, before: str, after: str
) -> None:
    found = question(query, [Form(before, after)])
    assert found
    assert query in {found, f"{before}{found}{after}"}


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("Question: Who?\n\nAnswer: ", "Who?"),
        ("Question: Who?\n\nAnswer:", "Question: Who?\n\nAnswer:"),
        ("Question: \n\nAnswer: ", "Question: \n\nAnswer: "),
        ("Be brief. Question: Who?\n\nAnswer: ", "Who?"),
        ("Who?", "Who?"),
    ],
)
def test_the_most_particular_form_that_fits_says_where_the_question_is(
    query: str, expected: str
) -> None:
    known = forms(
        [
            taught("Question: Where?\n\nAnswer: ", "Where?"),
            taught("Be brief. Question: When?\n\nAnswer: ", "When?"),
            taught("Why?", "Why?"),
            taught("No question here", "Absent"),
            Sample(inputs="How? So.", question="How?"),
        ]
    )
    assert question(query, known) == expected


@pytest.mark.parametrize(
    ("sample", "expected"),
    [
        (taught("Question: Who?\n\nAnswer: ", "Who?"), "Who?"),
        (taught("Who wrote it?", None), "Who wrote it?"),
        (Sample(inputs="Ann wrote it."), "Ann wrote it."),
        (Sample(inputs=[Segment(value="Ann "), Segment(value="wrote it.")]), "Ann wrote it."),
    ],
)
def test_a_sample_is_compared_by_its_question_else_its_prompt_else_its_text(
    sample: Sample, expected: str
) -> None:
    assert compared(sample) == expected
