"""A correction as the sample that is sent to be learned."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib.gradient.schemas import Sample, Segment

if TYPE_CHECKING:
    from collections.abc import Mapping


class BlankAnswer(ValueError):
    """There is nothing to teach."""

    def __init__(self) -> None:
        super().__init__("The right answer is empty. Type what the model should have answered.")


def separator(prompt: str) -> str:
    """What stands between a prompt and its answer: one space, unless the prompt ends in one."""
    return "" if not prompt or prompt[-1].isspace() else " "


def plain_sample(prompt: str, answer: str) -> Sample:
    """For any Gradient server: one string, trained as it stands.

    Raises:
        BlankAnswer: the answer is empty or only white space.
    """
    return Sample(inputs=prompt + separator(prompt) + _answer(answer))


def scoped_sample(
    prompt: str, answer: str, *, sample_id: str, question: str, auto_template: bool
) -> Sample:
    """For a server with our extensions: only the answer is trained, in the form it was asked in.

    `sample_id` names the sample for ever: a later sample of the same id replaces it, and it can be
    withdrawn. `auto_template` must be what the prompt was asked with. The answer is text, even
    where it looks like one of the model's special tokens.

    Raises:
        BlankAnswer: the answer is empty or only white space.
    """
    said = _answer(answer) if auto_template else separator(prompt) + _answer(answer)
    return Sample(
        inputs=[
            Segment(value=prompt, trainable=False),
            Segment(value=said, trainable=True, parse_special_tokens=False),
        ],
        id=sample_id,
        auto_template=auto_template,
        question=question,
    )


def taught_answer(sample: Mapping[str, Any], prompt: str) -> str:
    """The right answer that a sample, as its JSON object, teaches to a prompt."""
    inputs = sample["inputs"]
    if isinstance(inputs, str):
        return inputs.removeprefix(prompt).strip()
    return "".join(piece["value"] for piece in inputs if piece.get("trainable", True)).strip()


def _answer(answer: str) -> str:
    text = answer.strip()
    if not text:
        raise BlankAnswer
    return text
