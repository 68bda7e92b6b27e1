"""Corrections as answers by look-up, before any model has learned them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lib.teaching.conflicts import agree
from lib.teaching.sameness import Questions

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime


@dataclass(frozen=True, slots=True)
class Learned:
    """The version whose proof showed that it knows a correction. Only one that is `live` answers.

    Of several, a live one, or else the newest; `version` is None on a server without versions.
    """

    adapter_name: str
    version: int | None
    live: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Patch:
    """A correction that answers its question."""

    correction_id: str
    exchange_id: str | None
    question: str
    variables: Mapping[str, str]
    answer: str
    since: datetime
    learned_in: Learned | None = None

    @property
    def learned(self) -> bool:
        """Whether what answers now has proved that it knows it."""
        return self.learned_in is not None and self.learned_in.live

    def changes(self, said: str) -> bool:
        """Whether it says something else than the model said."""
        return not agree(said, self.answer)


class Patches:
    """Patches, found by what they answer. Of two for one question, the later one answers.

    Args:
        patches: all there are.
        answering: whether they answer; what was learned is known of them all the same.
    """

    def __init__(self, patches: Iterable[Patch], *, answering: bool = True) -> None:
        self.answering = answering
        self._questions: Questions[Patch] = Questions()
        self._by_correction: dict[str, Patch] = {}
        for patch in patches:
            self._by_correction[patch.correction_id] = patch
            self._questions.add(patch.question, patch)

    def made_of(self, correction_id: str) -> Patch | None:
        """The patch that a correction is; None where it is none."""
        return self._by_correction.get(correction_id)

    def of(
        self, question: str, variables: Mapping[str, str], *, exchange_id: str, asked_at: datetime
    ) -> Patch | None:
        """What answers a question, or would had nothing learned it; None where nothing does.

        A correction answers what was asked after it was begun, with the same other variables; under
        its own exchange it stands already.
        """
        if not self.answering:
            return None
        found = [
            patch
            for patch in self._questions.like(question)
            if patch.variables == variables
            and patch.exchange_id != exchange_id
            and patch.since <= asked_at
        ]
        return max(found, key=lambda patch: patch.since, default=None)
