"""Hidden states before the layers that are trained.

Those layers change and the ones below them do not, so what texts are there is computed once. Texts
that begin alike are alike there so far: the states of each distinct beginning are kept, as a `tree`
has them.
"""

from __future__ import annotations

from itertools import chain, islice
from typing import TYPE_CHECKING

import torch

from lib.engine.training.tree import grow, paths

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from torch import Tensor

    from lib.engine.training.llama import Llama
    from lib.engine.training.tree import Tree

KEPT_BYTES = 350 * 2**20
"""Most memory for states: those of a thousand short questions, six rewordings each."""


class Below:
    """The hidden states of texts before a layer.

    Args:
        model: its layers below that one never change.
        layer: the one that the states are before.
        texts: the tokens of each.
        most: bytes that are kept. What would be more is computed each time it is asked for.
    """

    def __init__(
        self, model: Llama, layer: int, texts: Sequence[Sequence[int]], most: int = KEPT_BYTES
    ) -> None:
        self._model = model
        self._layer = layer
        self._texts = texts
        self._ways = paths(texts)
        nodes = 1 + max(chain.from_iterable(self._ways), default=-1)
        bytes_each = model.shape.hidden * torch.float32.itemsize
        self._kept = torch.empty(min(nodes, most // bytes_each), model.shape.hidden)
        self._places: dict[int, int] = {}
        """By node, in the order in which they were computed: where its states are kept."""

    @torch.no_grad()
    def states(self, batch: Sequence[int], tree: Tree) -> Tensor:
        """[nodes, hidden] of the tree of these texts; zero at nobody's nodes."""
        found = torch.zeros(len(tree.tokens), self._kept.shape[1])
        at = dict(zip(batch, tree.paths, strict=True))
        new = [i for i in batch if self._ways[i][-1] not in self._places]
        old = [i for i in batch if self._ways[i][-1] in self._places]
        if old:
            kept = [self._places[node] for i in old for node in self._ways[i]]
            found[_joined(at[i] for i in old)] = self._kept[kept]
        if new:
            found[_joined(at[i] for i in new)] = self._computed(new)
        return found

    def _computed(self, new: Sequence[int]) -> Tensor:
        """Each token's of these texts, one text after another; kept as far as there is room."""
        tree = grow([self._texts[i] for i in new])
        x = self._model.run(self._model.embed(tree.tokens), tree, 0, self._layer)
        found = {
            node: at
            for i, path in zip(new, tree.paths, strict=True)
            for node, at in zip(self._ways[i], path, strict=True)
            if node not in self._places
        }
        taken = len(self._places)
        fitting = list(islice(found, len(self._kept) - taken))
        self._kept[taken : taken + len(fitting)] = x[[found[node] for node in fitting]]
        self._places |= {node: place for place, node in enumerate(fitting, taken)}
        return x[_joined(tree.paths)]


def _joined(paths: Iterable[Sequence[int]]) -> list[int]:
    return list(chain.from_iterable(paths))
