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
    """Nodes in an order in which every node comes after those before it in its text.

    The first nodes are the texts' common beginning. What follows it in each text is laid out in
    rows of one length, so that attention looks at a text's own nodes and that beginning alone.
    """

    tokens: Tensor
    """[nodes]: each node's token."""
    depths: Tensor
    """[nodes]: its position in its text."""
    paths: list[list[int]]
    """Per sample, the node of each of its tokens."""
    common: int
    """Nodes of the common beginning; of every text at least one more follows."""
    rows: Tensor
    """[samples, longest]: each text's nodes after the common beginning; any node after its last."""
    places: Tensor
    """[nodes]: each node's place among the common ones and then the rows, one after another; that
    of one of its texts if several share it, any for nobody's nodes."""
    sees: Tensor
    """[longest, common + longest]: whether a row's place comes after the column's in its text."""


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
    """Grow the tree of some samples' tokens; none is empty."""
    ways = paths(samples)
    grown = 1 + max(max(path) for path in ways)
    size = rounded(grown, FINE_STEP if grown < COARSE_FROM else COARSE_STEP)
    tokens, depths = torch.zeros(2, size, dtype=torch.long)
    places = torch.zeros(size, dtype=torch.long)
    common = _common(ways)
    longest = max(map(len, ways)) - common
    rows = torch.zeros(len(ways), longest, dtype=torch.long)
    places[:common] = torch.arange(common)
    for i, (sample, path) in enumerate(zip(samples, ways, strict=True)):
        at, length = torch.tensor(path), len(path) - common
        tokens[at], depths[at] = torch.tensor(sample), torch.arange(len(path))
        rows[i, :length] = at[common:]
        places[at[common:]] = common + i * longest + torch.arange(length)
    sees = torch.ones(longest, common + longest, dtype=torch.bool).tril(common)
    return Tree(tokens, depths, ways, common, rows, places, sees)


def _common(ways: Sequence[Sequence[int]]) -> int:
    """How many nodes all texts begin with, but for the last one of the shortest."""
    shortest = min(map(len, ways)) - 1
    return next(
        (
            i
            for i, nodes in enumerate(zip(*ways, strict=False))
            if i == shortest or len(set(nodes)) > 1
        )
    )
