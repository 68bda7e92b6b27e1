"""What was changed in a text, word by word."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum

_WORD = re.compile(r"\s*\S+|\s+$")
"""A word with the space before it, so that words joined are the text."""


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

    All but the added are `before`, all but the removed are `after`. Space counts with the word
    behind it; where only that differs, the word is removed and added.
    """
    old, new = _WORD.findall(before), _WORD.findall(after)
    pieces: list[Piece] = []
    for what, i, j, k, m in SequenceMatcher(None, old, new).get_opcodes():
        if what == "equal":
            pieces.append(Piece(Part.SAME, "".join(old[i:j])))
            continue
        if i < j:
            pieces.append(Piece(Part.REMOVED, "".join(old[i:j])))
        if k < m:
            pieces.append(Piece(Part.ADDED, "".join(new[k:m])))
    return pieces
