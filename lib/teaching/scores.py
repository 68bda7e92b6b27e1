"""How close an answer is to the right one, as SQuAD scores it."""

from __future__ import annotations

import re
import string
from collections import Counter
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_ARTICLES = re.compile(r"\b(a|an|the)\b")
_NO_PUNCTUATION = str.maketrans("", "", string.punctuation)


def norm(text: str) -> str:
    """Lower case, without ASCII punctuation and articles, single spaces."""
    return " ".join(_ARTICLES.sub(" ", text.lower().translate(_NO_PUNCTUATION)).split())


def exact(answer: str, expected: str, aliases: Iterable[str] = ()) -> bool:
    """Whether the answer is the expected one, or one of its aliases, after `norm`."""
    return norm(answer) in {norm(right) for right in (expected, *aliases)}


def f1(answer: str, expected: str) -> float:
    """Overlap of normalised tokens, 0 to 1; two empty texts are alike."""
    said, right = norm(answer).split(), norm(expected).split()
    if not said or not right:
        return float(said == right)
    common = (Counter(said) & Counter(right)).total()
    return 2 * common / (len(said) + len(right))
