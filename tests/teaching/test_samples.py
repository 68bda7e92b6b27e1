from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teaching.samples import BlankAnswer, plain_sample, scoped_sample, taught_answer

PROMPT = "Question: Who?\n\nAnswer: "


@pytest.mark.parametrize(
    ("prompt", "answer", "inputs"),
    [
        (PROMPT, "The Dallas Cowboys!", "Question: Who?\n\nAnswer: The Dallas Cowboys!"),
        ("Who? Answer:", "Cowboys", "Who? Answer: Cowboys"),
        ("Who?\n", " Cowboys\n", "Who?\nCowboys"),
    ],
)
def test_a_plain_server_is_sent_prompt_and_answer_as_one_text(
    prompt: str, answer: str, inputs: str
) -> None:
    assert plain_sample(prompt, answer).wire() == {"inputs": inputs}


def test_our_server_is_sent_what_to_learn_apart_from_what_was_asked() -> None:
    sample = scoped_sample(PROMPT, " Cowboys ", sample_id="c1", question="Who?", auto_template=True)
    assert sample.wire() == {
        "inputs": [
            {"value": PROMPT, "trainable": False},
            {"value": "Cowboys", "trainable": True, "parseSpecialTokens": False},
        ],
        "id": "c1",
        "autoTemplate": True,
        "question": "Who?",
    }


@pytest.mark.parametrize(("prompt", "said"), [("Who:", " Cowboys"), ("Who: ", "Cowboys")])
def test_continued_text_has_one_space_before_the_answer(prompt: str, said: str) -> None:
    sample = scoped_sample(prompt, "Cowboys", sample_id="c1", question="?", auto_template=False)
    assert sample.wire()["inputs"][1]["value"] == said


@pytest.mark.parametrize("answer", ["", "  \n"])
def test_there_is_nothing_to_teach_in_a_blank_answer(answer: str) -> None:
    with pytest.raises(BlankAnswer, match="empty"):
        plain_sample(PROMPT, answer)
    with pytest.raises(BlankAnswer):
        scoped_sample(PROMPT, answer, sample_id="c", question="?", auto_template=True)


@given(answer=st.text().filter(lambda text: text.strip()))
def test_any_answer_is_sent_as_typed_but_for_the_white_space_around_it(answer: str) -> None:
    assert plain_sample(PROMPT, answer).inputs == PROMPT + answer.strip()


@given(prompt=st.text(min_size=1), answer=st.text().filter(lambda text: text.strip()))
@pytest.mark.parametrize("auto_template", [True, False])
def test_what_a_sample_teaches_can_be_read_from_it(
    auto_template: bool,  # noqa: FBT001 - a parameter of the table
    prompt: str,
    answer: str,
) -> None:
    plain = plain_sample(prompt, answer)
    scoped = scoped_sample(prompt, answer, sample_id="c", question="?", auto_template=auto_template)
    assert taught_answer(plain.wire(), prompt) == answer.strip()
    assert taught_answer(scoped.wire(), prompt) == answer.strip()
