"""What a re-asked question shows: a correction learned, an answer kept, or neither."""

from __future__ import annotations

from collections import Counter
from enum import StrEnum
from typing import TYPE_CHECKING

from lib.teaching.scores import exact, f1, norm

if TYPE_CHECKING:
    from collections.abc import Iterable

PARTLY = 0.5
"""Token F1 from which an answer that is not the right one is partly right."""


class Kind(StrEnum):
    """What was asked: corrected questions should change, the others should not."""

    CORRECTION = "correction"
    REWORDING = "rewording"
    GUARD = "guard"
    GENERAL = "general"

    @property
    def should_change(self) -> bool:
        """Whether the right outcome is a new answer."""
        return self in {Kind.CORRECTION, Kind.REWORDING}


class Outcome(StrEnum):
    """Of a corrected question: fixed, partly, not fixed. Of any other: same, changed."""

    FIXED = "fixed"
    PARTLY = "partly"
    NOT_FIXED = "not_fixed"
    SAME = "same"
    CHANGED = "changed"


def correction_outcome(after: str, expected: str) -> Outcome:
    """*Fixed* if only the expected answer is said, *partly* if it is within or much of it is."""
    if exact(after, expected):
        return Outcome.FIXED
    within = f" {norm(expected)} " in f" {norm(after)} " and norm(expected) != ""
    return Outcome.PARTLY if within or f1(after, expected) >= PARTLY else Outcome.NOT_FIXED


def guard_outcome(after: str, before: str) -> Outcome:
    """*Same* to the letter, or *changed*."""
    return Outcome.SAME if after == before else Outcome.CHANGED


def outcome(kind: Kind, *, before: str, expected: str, after: str) -> Outcome:
    """The outcome of one re-asked question; `expected` matters only where it should change."""
    return (
        correction_outcome(after, expected) if kind.should_change else guard_outcome(after, before)
    )


def summary(outcomes: Iterable[tuple[Kind, Outcome]], *, out_of_scope: int = 0) -> str:
    """One line, such as "3 of 3 fixed · 4 of 5 rewordings fixed · 12 of 12 others unchanged".

    `out_of_scope` counts those of the others that needed no asking, which the line then says.
    """
    counted: Counter[tuple[str, bool]] = Counter()
    for kind, found in outcomes:
        row = kind.value if kind.should_change else "other"
        counted[row, found in {Outcome.FIXED, Outcome.SAME}] += 1
    words = {"correction": "fixed", "rewording": "rewordings fixed", "other": "others unchanged"}
    totals = {row: counted[row, True] + counted[row, False] for row in words}
    line = " · ".join(
        f"{counted[row, True]} of {totals[row]} {word}"
        for row, word in words.items()
        if totals[row]
    )
    return f"{line}, {out_of_scope} of them out of scope" if out_of_scope else line
