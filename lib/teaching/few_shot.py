"""Few-shot examples: questions with their right answers, shown before the one that is asked.

A template says where they stand with `{examples}`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from lib.teaching.samples import separator
from lib.teaching.templates import render

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

EXAMPLES = "examples"
"""The variable's name."""


def few_shot(template: str, shown: Iterable[tuple[str, str]], values: Mapping[str, str]) -> str:
    """What `{examples}` becomes: each question as the template asks it, with its answer behind.

    Args:
        template: its text.
        shown: questions with their right answers, in the order in which they are shown.
        values: of the template's other variables.

    Raises:
        MissingVariables: a variable has no value.
    """
    blocks = []
    for question, answer in shown:
        prompt = render(template, **{**values, EXAMPLES: "", "question": question}).lstrip()
        blocks.append(prompt + separator(prompt) + answer.strip())
    return "\n\n".join(blocks)
