"""Texts in batches: what is read together fits into memory, and none is forgotten."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from lib.engine.training.encoding import Encoded
from lib.engine.training.reading import AT_ONCE, BATCH_TOKENS, Reader
from lib.engine.training.tree import paths

if TYPE_CHECKING:
    from lib.engine.training.llama import Llama

BEGINNING = [5] * 20


@given(lengths=st.lists(st.integers(2, BATCH_TOKENS + 50), max_size=80), alike=st.booleans())
def test_batches_have_every_text_once_and_are_no_larger_than_they_may(
    tiny: Llama, lengths: list[int], *, alike: bool
) -> None:
    texts = []
    for i, length in enumerate(lengths):
        tokens = (BEGINNING if alike else []) + [i % 200] * length
        targets = [len(tokens) - 1]
        texts.append(Encoded(tokens, targets, multiplier=1.0, counted=True, context=True))
    batches = Reader(tiny, 1, texts).batches(range(len(texts)))
    assert [i for batch in batches for i in batch] == list(range(len(texts)))
    for batch in batches:
        nodes = set(chain.from_iterable(paths([texts[i].tokens[:-1] for i in batch])))
        assert len(batch) == 1 or (len(batch) <= AT_ONCE and len(nodes) <= BATCH_TOKENS)
