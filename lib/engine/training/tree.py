"""Samples grown together into a tree of tokens.

Samples that begin alike share their beginning: each distinct beginning is one node, and is computed
once. A chat template's system message is then paid for once a step.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

if TYPE_CHECKING:
    from collections.abc import Sequence


FINE_STEP, COARSE_STEP, COARSE_FROM = 8, 32, 128
"""A tree has a multiple of so many nodes, the last ones being nobody's: of the coarse step from
`COARSE_FROM` on. Multiplication makes a program, and keeps some 15 MB, for each number of rows that
it meets."""


class Tree(NamedTuple):
    """Nodes in an order in which every node comes after those before it in its text."""

    tokens: Tensor
    """[nodes]: each node's token."""
    depths: Tensor
    """[nodes]: its position in its text."""
    sees: Tensor
    """[nodes, nodes]: whether the row's node is the column's or comes after it in the same text."""
    paths: list[list[int]]
    """Per sample, the node of each of its tokens."""


def paths(samples: Sequence[Sequence[int]]) -> list[list[int]]:
    """Per sample, the node of each of its tokens; nodes are numbered as they are met."""
    nodes: dict[tuple[int, int], int] = {}
    found = []
    for tokens in samples:
        path, node = [], -1
        for token in tokens:
            node = nodes.setdefault((node, token), len(nodes))
            path.append(node)
        found.append(path)
    return found


def new_nodes(before: Sequence[int], tokens: Sequence[int]) -> int:
    """How many nodes a text adds to another."""
    return 1 + max(paths([before, tokens])[1]) - len(before)


def rounded(number: int, step: int) -> int:
    """The next multiple of `step`."""
    return -(-number // step) * step


def grow(samples: Sequence[Sequence[int]]) -> Tree:
    """Grow the tree of some samples' tokens."""
    ways = paths(samples)
    size = 1 + max(max(path) for path in ways)
    size = rounded(size, FINE_STEP if size < COARSE_FROM else COARSE_STEP)
    tokens, depths = [0] * size, [0] * size
    sees = torch.eye(size, dtype=torch.bool)
    grown = 0
    for sample, path in zip(samples, ways, strict=True):
        for depth, (token, node) in enumerate(zip(sample, path, strict=True)):
            if node < grown:
                continue
            grown = node + 1
            tokens[node], depths[node] = token, depth
            if depth:
                sees[node] |= sees[path[depth - 1]]
    return Tree(torch.tensor(tokens), torch.tensor(depths), sees, ways)
