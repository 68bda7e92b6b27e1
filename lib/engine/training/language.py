"""What `rewordings` knows of a language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

Rule = tuple[re.Pattern[str], tuple[str, ...]]
"""The whole of a question without its mark, and what its parts make."""


class Language(NamedTuple):
    """The words and forms of a language."""

    little_words: frozenset[str]
    """In small letters; they are in every question, and tell none from another."""
    asking: tuple[str, ...]
    """What is said around a question."""
    naming: tuple[str, ...]
    """What is said of a subject alone."""
    doers: tuple[Rule, ...]
    """Of who does something, and what they do; what they make is in this order."""
    rules: tuple[Rule, ...]
    """The particular ones first; what they make is in any order."""
    same: tuple[tuple[str, str], ...]
    """Words that mean the same."""


def ruled(pairs: Iterable[tuple[str, tuple[str, ...]]]) -> tuple[Rule, ...]:
    """Rules of patterns that are blind to capitals, and to how an apostrophe is written."""
    return tuple(
        (re.compile(pattern.replace("'", "['\u2019]"), re.IGNORECASE), made)
        for pattern, made in pairs
    )
