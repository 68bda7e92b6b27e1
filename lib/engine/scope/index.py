"""Questions by their words: how much each has in common with another."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import numpy as np

from lib.engine.scope.words import alike, head

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from lib.engine.scope.words import Vocabulary, Words


class Index:
    """Compares with many questions without reading each. `words` and `totals` are theirs.

    Args:
        questions: to be found.
        vocabulary: how rare words are.
    """

    def __init__(self, questions: Sequence[str], vocabulary: Vocabulary) -> None:
        self.words = [vocabulary.read(question) for question in questions]
        self.totals = np.array([total(words) for words in self.words])
        found: dict[str, list[tuple[int, float]]] = defaultdict(list)
        for place, words in enumerate(self.words):
            for word, weight in words.weights.items():
                found[word].append((place, weight))
        self._places = {
            word: (np.array([p for p, _ in hits]), np.array([w for _, w in hits]))
            for word, hits in found.items()
        }
        self._spellings: dict[str, list[str]] = defaultdict(list)
        for word in found:
            self._spellings[head(word)].append(word)

    def shared(self, words: Words) -> NDArray[np.float64]:
        """The weight of the words that each question has in common with these."""
        shared = np.zeros(len(self.words))
        known = {
            spelling
            for word in words.weights
            for spelling in self._spellings.get(head(word), ())
            if alike(spelling, word)
        }
        for word in sorted(known):
            places, weights = self._places[word]
            shared[places] += weights
        return shared + 1e-9  # what adds up to all of it is all of it, however it was rounded


def total(words: Words) -> float:
    """The weight of all of a question's words."""
    return sum(words.weights.values())
