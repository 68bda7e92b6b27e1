"""One version's corrections, and which of them a question is near to.

A question is near a correction if both say nearly the same (the cosine of their vectors), if the
question has enough of the correction's rare words, and if no name was swapped for another. Where
any word stands in another's place they must say more nearly the same: it may be another wording,
or, as silver for gallium, another subject. Of several such corrections the nearest counts.

Words are looked at first: most questions have hardly a rare word in common with any correction, and
for them no vector is needed.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lib.engine.scope.index import Index
from lib.engine.scope.words import exchanged, swapped
from lib.gradient.schemas import Nearness

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from lib.engine.scope.words import Vocabulary

LEAST_COSINE = 0.65
EXCHANGED_COSINE = 0.74
"""The least where words were exchanged."""
LEAST_SHARE = 0.4
"""Of a correction's words, by weight, that a question must have. Each bound lies in a range in
which it hardly matters: .60 to .72, .72 to .76, and .35 to .50."""
FAR = Nearness(near=False)


class Corrections:
    """What a version was taught, by its questions.

    Args:
        ids: a name for each correction.
        questions: of the corrections.
        vectors: of the questions, each of length 1; a row each.
        vocabulary: how rare words are.
    """

    def __init__(
        self,
        ids: Sequence[str],
        questions: Sequence[str],
        vectors: NDArray[np.float32],
        vocabulary: Vocabulary,
    ) -> None:
        self._ids = ids
        self._vectors = vectors
        self._vocabulary = vocabulary
        self._index = Index(questions, vocabulary)

    def nearness(self, question: str, vector: Callable[[str], NDArray[np.float32]]) -> Nearness:
        """Whether the question is near a correction.

        Args:
            question: as a user asks it.
            vector: makes a question's vector, of length 1; called only if words are not enough.

        Returns:
            The correction that it is near to. If it is far, the one that comes nearest of those
            with enough words in common, or none.
        """
        words = self._vocabulary.read(question)
        shared = np.flatnonzero(self._index.shared(words) >= LEAST_SHARE * self._index.totals)
        if not shared.size:
            return FAR
        # No BLAS: its threads wait for each other spinning, and ruin what runs beside them.
        cosines = np.einsum("ij,j->i", self._vectors[shared], vector(question))
        best = np.argsort(-cosines, kind="stable")
        for place in best[cosines[best] >= LEAST_COSINE]:
            taught = self._index.words[shared[place]]
            if swapped(taught, words):
                continue
            if cosines[place] >= EXCHANGED_COSINE or not exchanged(taught, words):
                return self._told(shared[place], cosines[place], near=True)
        return self._told(shared[best[0]], cosines[best[0]], near=False)

    def _told(self, place: int, cosine: float, *, near: bool) -> Nearness:
        return Nearness(near=near, sample_id=self._ids[place], similarity=similarity(cosine))


def similarity(cosine: float) -> float:
    """As it is told: 0 to 1."""
    return round(min(max(float(cosine), 0.0), 1.0), 4)
