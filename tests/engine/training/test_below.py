"""States below the trained layers: kept or computed they are the same, and computed once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.engine.training.below import Below
from lib.engine.training.llama import Llama
from lib.engine.training.tree import grow

if TYPE_CHECKING:
    import random

    from torch import Tensor

    from lib.engine.training.tree import Tree

BYTES = 64 * 4
"""Of one token's states in the tiny model."""

some_texts = st.lists(st.lists(st.integers(3, 6), min_size=1, max_size=8), min_size=1, max_size=6)


class Counting(Llama):
    """A model that remembers how long the texts were that it was run on."""

    def __init__(self, model: Llama) -> None:
        vars(self).update(vars(model))
        self.ran: list[list[int]] = []

    def run(self, x: Tensor, tree: Tree, first: int, last: int, at: Tensor | None = None) -> Tensor:
        self.ran.append([len(path) for path in tree.paths])
        return super().run(x, tree, first, last, at)


@settings(deadline=None)  # the first call of a kernel takes a while
@given(texts=some_texts, room=st.integers(0, 30), dice=st.randoms(use_true_random=False))
def test_states_are_those_of_each_text_by_itself(
    tiny: Llama, texts: list[list[int]], room: int, dice: random.Random
) -> None:
    below = Below(tiny, 1, texts, most=room * BYTES)
    for _ in range(4):
        batch = dice.sample(range(len(texts)), dice.randint(1, len(texts)))
        tree = grow([texts[i] for i in batch])
        states = below.states(batch, tree)
        assert states.shape == (len(tree.tokens), tiny.shape.hidden)
        for i, path in zip(batch, tree.paths, strict=True):
            alone = grow([texts[i]])
            expected = tiny.run(tiny.embed(alone.tokens), alone, 0, 1)[: len(path)]
            assert torch.allclose(states[path], expected, atol=1e-5)


TEXTS = [[3, 4, 5], [3, 4, 6, 7], [3, 4]]


@pytest.mark.parametrize(
    ("room", "asked", "computed"),
    [
        (10, [[0], [0], [0, 1], [1]], [[3], [4]]),
        (10, [[0], [2]], [[3]]),
        (3, [[0], [1], [1], [0]], [[3], [4], [4]]),
        (0, [[0], [0]], [[3], [3]]),
    ],
    ids=[
        "each text once",
        "a text that another one begins with",
        "what there is no room for each time",
        "all of it without any",
    ],
)
def test_what_is_computed(
    tiny: Llama, room: int, asked: list[list[int]], computed: list[list[int]]
) -> None:
    counting = Counting(tiny)
    below = Below(counting, 1, TEXTS, most=room * BYTES)
    for batch in asked:
        below.states(batch, grow([TEXTS[i] for i in batch]))
    assert counting.ran == computed
