"""What two questions have in common, word by word.

Sentence vectors alone cannot tell "When was Ann Lee born?" from "When was Tom Ray born?": they are
alike, and about different people. So words count by how rare they are, and names twice over: a
question that leaves out a correction's name and brings one of its own is about something else.
"""

from __future__ import annotations

import math
import re
import unicodedata
from collections import defaultdict
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from collections.abc import Set as AbstractSet

WORD = re.compile(r"[^\W\d_]+|\d+")
"""Letters or digits: of "X200" the number is a name by itself."""
POSSESSIVE = re.compile(r"['\u2019]s\b")
FIRST_WORD = "the"
"""The commonest English word: with it the vocabulary's whole words begin."""
COMMON_RANK, RARE_RANK = 300, 30_000
"""Words up to the first rank weigh least, and those from the second on 1."""
LEAST, NAME = 0.15, 0.5
"""The least that a word weighs, and the least that a name does."""
HEADLINE = 0.7
"""In a text with a greater share of capitalised words than this, capitals say nothing."""
ALIKE = 0.84
"""Of two longer words' letters, so many in the same order are one word spelt in two ways."""
HEAD, LONG, ENDING = 2, 5, 2
"""Two spellings of one word begin with as many same letters, have at least as many letters, and
differ in length by at most as many."""
SHORT = range(2, 6)
"""How many names initials stand for."""
FUNCTION_WORDS = frozenset(
    {"a", "an", "the", "this", "that", "it", "its", "and", "or", "as"}
    | {"at", "by", "for", "from", "in", "of", "on", "to", "with"}
    | {"am", "are", "be", "been", "is", "was", "were"}
    | {"did", "do", "does", "had", "has", "have", "i"}
    | {"how", "what", "when", "where", "which", "who", "whom", "whose", "why"}
    | {"many", "much", "name"}
)
"""They are in every question, whatever it is about."""
FRENCH_FUNCTION_WORDS = frozenset(
    {"l", "le", "la", "les", "un", "une", "d", "de", "du", "des", "c", "ce", "cet", "cette", "ces"}
    | {"a", "au", "aux", "dans", "en", "et", "par", "pour", "sur", "y"}
    | {"est", "ete", "etait", "etaient", "etre", "sont", "ai", "as", "avait", "ont", "fut"}
    | {"elle", "elles", "il", "ils", "je", "on", "s", "sa", "se", "ses", "son", "t"}
    | {"combien", "comment", "ou", "quand", "qu", "que", "quel", "quelle", "quelles", "quels"}
    | {"pourquoi", "qui", "quoi", "appelle", "nom"}
)
"""The same of French, folded. They count as such in a text that has more of them than of the
English ones: "son" and "comment" say something in English."""
CALENDAR = frozenset(
    {"monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"}
    | {"january", "february", "april", "june", "july"}
    | {"august", "september", "october", "november", "december"}
    | {"lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche"}
    | {"janvier", "février", "avril", "juin", "juillet"}
    | {"août", "septembre", "octobre", "novembre", "décembre"}
)
"""Names also where they are written small; "march", "may", "mars", "mai" are other words, too."""


class Words(NamedTuple):
    """A question's words, folded and without their plural s."""

    weights: Mapping[str, float]
    """How much each says, 0 to 1; function words are left out."""
    names: frozenset[str]
    """Those that are names or numbers, as far as their looks tell."""
    initials: Mapping[str, AbstractSet[str]]
    """Of names that stand side by side: what they may be shortened to, and which they are."""


class Vocabulary:
    """How rare words are.

    Args:
        words: in the order of their frequency; what stands before `FIRST_WORD` is no word.
    """

    def __init__(self, words: Iterable[str]) -> None:
        places = {word: place for place, word in enumerate(words)}
        first = places.get(FIRST_WORD, 0)
        self._ranks = {word: place - first for word, place in places.items() if place >= first}

    def read(self, text: str) -> Words:
        """The words of a question."""
        spoken = WORD.findall(POSSESSIVE.sub("", text))
        names = frozenset(_stem(_folded(word)) for word in _names(spoken))
        weights: dict[str, float] = {}
        folded = [*map(_folded, spoken)]
        says_little = _function_words(folded)
        for word in folded:
            if word and word not in says_little:
                stem = _stem(word)
                least = NAME if stem in names else LEAST
                weights[stem] = max(weights.get(stem, 0.0), self._rarity(word), least)
        return Words(weights, names & weights.keys(), _initials(spoken))

    def _rarity(self, word: str) -> float:
        if len(word) == 1 and word.isascii():  # the vocabulary has letters before its words
            return LEAST
        rank = max(self._ranks.get(word, RARE_RANK), 1)
        return math.log(rank / COMMON_RANK) / math.log(RARE_RANK / COMMON_RANK)


def _function_words(folded: Sequence[str]) -> frozenset[str]:
    """Those of the language that a text is in, as far as they tell it."""

    def number(words: frozenset[str]) -> int:
        return sum(word in words for word in folded)

    french = number(FRENCH_FUNCTION_WORDS) > number(FUNCTION_WORDS)
    return FRENCH_FUNCTION_WORDS if french else FUNCTION_WORDS


def swapped(one: Words, other: Words) -> bool:
    """Whether each has a name that the other lacks."""
    return _lacks(other, one, one.names) and _lacks(one, other, other.names)


def exchanged(one: Words, other: Words) -> bool:
    """Whether each has a word that the other lacks, be it a name or not."""
    return _lacks(other, one, one.weights) and _lacks(one, other, other.weights)


def head(word: str) -> str:
    """Words of different heads are never alike."""
    return word[:HEAD]


@lru_cache(maxsize=2**14)
def alike(one: str, other: str) -> bool:
    """Whether two words are one, but for a slip or an ending."""
    if one == other:
        return True
    if one[0].isdigit() or min(len(one), len(other)) < LONG or abs(len(one) - len(other)) > ENDING:
        return False
    letters = len(one) + len(other)
    # Letters that only one of them has match nothing. That rules out most, at a tenth of the cost.
    if head(one) != head(other) or letters - len({*one} ^ {*other}) < ALIKE * letters:
        return False
    first, second = sorted((one, other))  # the matcher takes sides
    return SequenceMatcher(None, first, second).ratio() >= ALIKE


def _lacks(words: Words, of: Words, some: Iterable[str]) -> bool:
    """Whether there is none of `some`, words `of` a question, in other words, short or in full."""
    in_short = {
        part for short, parts in of.initials.items() if short in words.weights for part in parts
    }
    return any(
        word not in in_short
        and word not in words.initials
        and not any(alike(word, other) for other in words.weights)
        for word in some
    )


def _names(spoken: list[str]) -> Iterable[str]:
    telling = _capitals_tell(spoken)
    for place, word in enumerate(spoken):
        capital = telling and place and word[0].isupper()
        if capital or word.isdigit() or word.lower() in CALENDAR:
            yield word


def _capitals_tell(spoken: list[str]) -> bool:
    capitalised = sum(word[0].isupper() for word in spoken)
    return capitalised <= max(1, HEADLINE * len(spoken))


def _initials(spoken: list[str]) -> dict[str, set[str]]:
    """As "pm" for Prime Minister: of every stretch of names of that length."""
    found: dict[str, set[str]] = defaultdict(set)
    for capital, run in groupby(spoken if _capitals_tell(spoken) else (), lambda w: w[0].isupper()):
        names = list(run) if capital else []
        for length in SHORT:
            for place in range(len(names) - length + 1):
                stretch = [_folded(name) for name in names[place : place + length]]
                short = "".join(name[:1] for name in stretch)
                found[short].update(map(_stem, stretch))
    return found


def _folded(word: str) -> str:
    letters = unicodedata.normalize("NFKD", word.lower())
    return "".join(letter for letter in letters if not unicodedata.combining(letter))


def _stem(word: str) -> str:
    plural = len(word) > 3 and word.endswith("s") and not word.endswith("ss")  # noqa: PLR2004  "gas"
    return word[:-1] if plural else word
