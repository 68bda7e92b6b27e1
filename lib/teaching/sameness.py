"""Whether two questions ask the same, as far as their words can tell.

Errs on the side of *no*: two names that look alike, or one relation asked of two things, are two
questions. What is seen through: case, punctuation, accents, articles, courtesies, contractions, a
possessive for an *of*, a phrase that moved to the front, a year that moved, and one slip of the
fingers in a word that is no short name. Of questions in other words somebody else has to say how
nearly they mean the same; then words say whether that may be another question all the same.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterator

Thing = TypeVar("Thing")
Hole = tuple[Hashable, str, bool]
"""The rest of a question, the word that it is without, and whether that is a name."""

_COURTESY = re.compile(
    r"^(?:(?:please|kindly|hi|hello|hey)\b\W{0,3})?"
    r"(?:(?:(?:can|could|would|will) you|do you know)\b\W{0,3})?(?:please\b\W{0,3})?"
    r"(?:(?:(?:tell|remind) me|say)\b\W{0,3})?",
    re.IGNORECASE,
)
_FRENCH_COURTESY = re.compile(
    r"^(?:(?:bonjour|salut)\b\W{0,3})?"
    r"(?:s['’]il (?:te|vous) pla[iî]t\b\W{0,3})?"  # noqa: RUF001 - people type it
    r"(?:(?:dis|dites)-moi\b\W{0,3}|(?:sais-tu|savez-vous)\b\W{0,3}"
    r"|(?:peux-tu|pouvez-vous|pourrais-tu|pourriez-vous) me dire\b\W{0,3})?"
    r"(?:s['’]il (?:te|vous) pla[iî]t\b\W{0,3})?",  # noqa: RUF001 - the same
    re.IGNORECASE,
)
_CONTRACTED = re.compile(r"\b(who|what|where|when|which|how|it|that)['’]s\b", re.IGNORECASE)  # noqa: RUF001 - people type it
_NOT = re.compile(r"n['’]t\b", re.IGNORECASE)  # noqa: RUF001 - the same
# Lengths are bounded, so that a long text takes no longer a letter than a short one.
_POSSESSIVE = re.compile(
    r"((?:[A-Z][\w.-]{0,30} ){0,3}[\w.-]{1,30})['’]s ([\w-]{1,30})"  # noqa: RUF001 - the same
)
_BEFORE_NUMBER = re.compile(
    r"\b(?:(?:in|on|during|of|for) (?:the )?(?:year )?|(?:en|de|pendant) (?:l['’]année )?)(?=\d)",  # noqa: RUF001 - the same
    re.IGNORECASE,
)
_WORD = re.compile(r"\w+(?:[.,]\d+)*|[+*/=<>#^%$€£&@|~]|(?<!\w\w)-(?!\w\w)")
_DROPPED = frozenset({"a", "an", "the", "of", "please", "le", "la", "les", "l", "de", "du", "des"})
_ALIKE = {
    "are": "is",
    "were": "was",
    "does": "do",
    "which": "what",
    "cannot": "not",
    "quelle": "quel",
    "quelles": "quel",
    "quels": "quel",
}
_AUXILIARY = frozenset({"is", "was", "do", "did"})
_WANTED = re.compile(
    r"\b(?:who|when|where|why|what|which|how(?: (?:many|much|long|old|far|tall|high|often))?"
    r"|qui|quand|où|pourquoi|quel(?:le)?s?|comment|combien)\b",
    re.IGNORECASE,
)
_MEANS_THE_SAME, _WANTS_THE_SAME = 0.93, 0.88
"""How alike in meaning two wordings of one question are at least, and how alike where both want
the same: *who*, or *how many*. Where and when somebody was born are up to .92 alike, and two thirds
of all rewordings are found.
"""
_WORD_FROM, _NAME_FROM, _LONG_FROM = 5, 6, 8
"""Letters from which a word, a name, and a word that lost a letter may be a slip of the fingers.

*County* and *country* are not.
"""
_MOST_WORDS = 40
"""A text with more is like another only if it has the same words in the same order."""


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question's words in order, and the auxiliaries that were among them."""

    words: tuple[str, ...]
    auxiliaries: frozenset[str]
    names: frozenset[str]


class Questions(Generic[Thing]):
    """Things, found again by what they ask. Adding one and finding one take no longer with many."""

    def __init__(self) -> None:
        self._same: dict[Hashable, list[Thing]] = {}
        self._holes: dict[Hashable, list[tuple[str, bool, Thing]]] = {}

    def add(self, question: str, thing: Thing) -> None:
        """Put a thing under what it asks."""
        keys, holes = _places(question)
        for key in keys:
            self._same.setdefault(key, []).append(thing)
        for key, word, named in holes:
            self._holes.setdefault(key, []).append((word, named, thing))

    def like(self, *wordings: str) -> list[Thing]:
        """What asks the same or nearly so, in any of these wordings; each once."""
        found: list[Thing] = []
        for wording in wordings:
            keys, holes = _places(wording)
            found += [thing for key in keys for thing in self._same.get(key, ())]
            for key, word, named in holes:
                found += [
                    thing
                    for other, other_named, thing in self._holes.get(key, ())
                    if _slip(word, other, named=named or other_named)
                ]
        return list({id(thing): thing for thing in found}.values())


def alike(one: str, other: str) -> bool:
    """Whether two questions ask the same, or nearly so."""
    questions: Questions[bool] = Questions()
    questions.add(one, thing=True)
    return bool(questions.like(other))


def reworded(one: str, other: str, likeness: float) -> bool:
    """Whether two questions that mean nearly the same, `likeness` of 0 to 1, may be one.

    They are two where the same words stand in another order, where one word stands in another's
    place, as *yearly* for *monthly*, and where one of them denies.
    """
    least = _WANTS_THE_SAME if _wanted(one) == _wanted(other) != "" else _MEANS_THE_SAME
    if likeness < least:
        return False
    words, others = _asked(one).words, _asked(other).words
    if sorted(words) == sorted(others) or ("not" in words) != ("not" in others):
        return False
    changed = sum(word != there for word, there in zip(words, others, strict=False))
    return len(words) != len(others) or changed > 1


def _wanted(question: str) -> str:
    found = _WANTED.search(question)
    word = found[0].lower() if found else ""
    return _ALIKE.get(word, word)


@lru_cache(maxsize=16_384)
def _places(question: str) -> tuple[tuple[Hashable, ...], tuple[Hole, ...]]:
    """Where a question is put, and found again."""
    asked = _asked(question)
    return tuple(dict.fromkeys(_keys(asked))), tuple(_holes(asked))


def _asked(question: str) -> _Asked:
    text = _FRENCH_COURTESY.sub("", _COURTESY.sub("", " ".join(question.split())))
    text = _NOT.sub(" not", _CONTRACTED.sub(r"\1 is", text))
    text = _BEFORE_NUMBER.sub("", _POSSESSIVE.sub(r"\2 of \1", text))
    letters = unicodedata.normalize("NFKD", text)
    letters = "".join(letter for letter in letters if not unicodedata.combining(letter))
    found = _WORD.findall(letters)
    # The first word's capital says nothing.
    names = frozenset(word.lower() for word in found[1:] if not word.islower())
    words = [_bare(word) for word in found if word.lower() not in _DROPPED]
    words = [_ALIKE.get(word, word) for word in words]
    content = tuple(word for word in words if word not in _AUXILIARY)
    if not content:
        return _Asked((question.strip(),), frozenset(), names)
    return _Asked(content, frozenset(words) & _AUXILIARY, names)


def _bare(word: str) -> str:
    """In lower case, without a plural's ending."""
    plural = word.islower() and word.endswith("s") and not word.endswith(("ss", "us", "is"))
    lower = word.lower()
    return lower[:-1] if plural and len(lower) >= _WORD_FROM else lower


def _keys(asked: _Asked) -> Iterator[Hashable]:
    """Equal keys, the same question: its words, begun anywhere, or but for where a number is."""
    words = asked.words
    yield asked.auxiliaries, "".join(words)
    if len(words) > _MOST_WORDS:
        return
    turned = min(words[i:] + words[:i] for i in range(len(words)))
    yield asked.auxiliaries, turned
    numbers = tuple(word for word in words if word.isdigit())
    if len(numbers) == 1:
        yield asked.auxiliaries, numbers, tuple(word for word in words if not word.isdigit())


def _holes(asked: _Asked) -> Iterator[Hole]:
    """The question without one of its words, that word, and whether it is a name."""
    words = asked.words
    if len(words) > _MOST_WORDS:
        return
    for i, word in enumerate(words):
        if len(word) >= _WORD_FROM and word.isalpha() and len(words) > 1:
            yield (asked.auxiliaries, i, words[:i], words[i + 1 :]), word, word in asked.names


def _slip(one: str, other: str, *, named: bool) -> bool:
    """Two letters swapped; in a word that is no name, also one too many or too few inside it."""
    if one == other or min(len(one), len(other)) < (_NAME_FROM if named else _WORD_FROM):
        return False
    if len(one) == len(other):
        places = [i for i, letter in enumerate(one) if letter != other[i]]
        first, last = places[0], places[-1]
        return (
            len(places) == last - first + 1 == 2  # noqa: PLR2004 - two neighbours
            and one[first] == other[last]
            and one[last] == other[first]
        )
    short, long = sorted((one, other), key=len)
    inside = (long[:i] + long[i + 1 :] for i in range(1, len(long) - 1))
    return not named and len(long) >= _LONG_FROM and short in inside
