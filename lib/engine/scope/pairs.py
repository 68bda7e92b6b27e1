"""Which questions are near which others in meaning, whatever any version was taught.

By the rule of a correction's nearness, but that each must have half of the other's words: there are
many, and a vector takes as long as a hundred comparisons of words. Each is made for itself, so that
a question that somebody asks meanwhile need not wait for all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from lib.engine.scope.corrections import EXCHANGED_COSINE, LEAST_COSINE, similarity
from lib.engine.scope.index import Index, total
from lib.engine.scope.words import exchanged, swapped
from lib.gradient.schemas import Pair

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lib.engine.scope.sentences import Sentences

LEAST_SHARE = 0.5


def pairs(questions: Sequence[str], among: Sequence[str], sentences: Sentences) -> Iterator[Pair]:
    """Each question with each of the others that it is near to, but for its own text.

    Raises:
        EngineError: the sentence model is not installed, or cannot read them.
    """
    vocabulary = sentences.vocabulary()
    index = Index(among, vocabulary)
    for place, question in enumerate(questions):
        words = vocabulary.read(question)
        needed = LEAST_SHARE * np.maximum(index.totals, total(words))
        for other in map(int, np.flatnonzero(index.shared(words) >= needed)):
            if among[other] == question or swapped(index.words[other], words):
                continue
            (one,), (two,) = sentences.vectors([question]), sentences.vectors([among[other]])
            cosine = float(np.einsum("i,i->", one, two))
            least = EXCHANGED_COSINE if exchanged(index.words[other], words) else LEAST_COSINE
            if cosine >= least:
                yield Pair(question=place, other=other, similarity=similarity(cosine))
