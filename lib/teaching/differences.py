"""What was changed in a text, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"(\s*)(\S+)|(\s+)$")
"""A word and the space before it; at last, the space behind them all."""


class Part(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True)
class Piece:
    """Words in a row of which the same became, with the space around them."""

    part: Part
    text: str


def differences(before: str, after: str) -> list[Piece]:
    """The pieces of both texts in order.

    All but the added are `before`, all but the removed are `after`. Space goes with the word behind
    it; where the same word has other space before it, only that space is removed and added.
    """
    old, new = _words(before), _words(after)
    words = SequenceMatcher(None, [word for _, word in old], [word for _, word in new])
    pieces: list[Piece] = []
    for what, i, j, k, m in words.get_opcodes():
        if what != "equal":
            _add(pieces, Part.REMOVED, "".join(map("".join, old[i:j])))
            _add(pieces, Part.ADDED, "".join(map("".join, new[k:m])))
            continue
        for (space, word), (other, _) in zip(old[i:j], new[k:m], strict=True):
            if space != other:
                _add(pieces, Part.REMOVED, space)
                _add(pieces, Part.ADDED, other)
            _add(pieces, Part.SAME, word if space != other else space + word)
    return pieces


def _words(text: str) -> list[tuple[str, str]]:
    found = [match.groups(default="") for match in _WORD.finditer(text)]
    return [(space + last, word) for space, word, last in found]


def _add(pieces: list[Piece], part: Part, text: str) -> None:
    if pieces and pieces[-1].part is part:
        pieces[-1] = Piece(part, pieces[-1].text + text)
    elif text:
        pieces.append(Piece(part, text))
