"""Which part of a query is the question, and by which words a sample is compared with it."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lib.gradient.schemas import Sample


class Form(NamedTuple):
    """What a prompt says around its question."""

    before: str
    after: str

    def inside(self, query: str) -> str | None:
        """The question in a query of this form; None for any other query."""
        whole = len(query) > len(self.before) + len(self.after)
        if whole and query.startswith(self.before) and query.endswith(self.after):
            return query[len(self.before) : len(query) - len(self.after)]
        return None


def compared(sample: Sample) -> str:
    """The words that stand for a sample: its question, else its prompt, else its whole text."""
    return sample.question or _prompt(sample) or _text(sample)


def forms(samples: Iterable[Sample]) -> list[Form]:
    """The forms that these samples' prompts have, the most particular first.

    A sample that is one string has none: where its prompt ends is not known.
    """
    found = set()
    for sample in samples:
        before, question, after = _prompt(sample).partition(sample.question or "\0")
        if question and (before or after):
            found.add(Form(before, after))
    return sorted(found, key=lambda form: (-len(form.before) - len(form.after), form))


def question(query: str, known: Iterable[Form]) -> str:
    """The question in a query: what is inside the first form that fits, else all of it."""
    return next((found for form in known if (found := form.inside(query)) is not None), query)


def _prompt(sample: Sample) -> str:
    """The leading context, which is not trained."""
    if isinstance(sample.inputs, str):
        return ""
    context = takewhile(lambda segment: segment.trainable is False, sample.inputs)
    return "".join(segment.value for segment in context)


def _text(sample: Sample) -> str:
    if isinstance(sample.inputs, str):
        return sample.inputs
    return "".join(segment.value for segment in sample.inputs)
