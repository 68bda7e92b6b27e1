"""Corrections as answers by look-up, before any model has learned them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lib.teaching.conflicts import agree
from lib.teaching.sameness import Questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A correction that answers its question. `learned`: a version has proved that it knows it."""

    correction_id: str
    exchange_id: str | None
    question: str
    variables: Mapping[str, str]
    answer: str
    since: datetime
    learned: bool

    def changes(self, said: str) -> bool:
        """Whether it says something else than the model said."""
        return not agree(said, self.answer)


class Patches:
    """Patches, found by what they answer. Of two for one question, the later one answers."""

    def __init__(self, patches: Iterable[Patch]) -> None:
        self._questions: Questions[Patch] = Questions()
        self.learned: dict[str, bool] = {}
        """By a correction's id, whether a version has proved that it knows it."""
        for patch in patches:
            self.learned[patch.correction_id] = patch.learned
            self._questions.add(patch.question, patch)

    def of(
        self, question: str, variables: Mapping[str, str], *, exchange_id: str, asked_at: datetime
    ) -> Patch | None:
        """What answers a question; None where nothing does.

        A correction answers what was asked after it was begun, with the same other variables; under
        its own exchange it stands already.
        """
        found = [
            patch
            for patch in self._questions.like(question)
            if patch.variables == variables
            and patch.exchange_id != exchange_id
            and patch.since <= asked_at
        ]
        return max(found, key=lambda patch: patch.since, default=None)
