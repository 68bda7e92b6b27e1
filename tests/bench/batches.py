"""How many corrections the whole bench teaches at a time, and from which shuffles."""

from __future__ import annotations

SIZES = (1, 10, 50, 100, 200)
QUICK_SIZES = (1, 5)
SINGLES = 20
"""One correction says little: it is taken of this many rows, each by itself."""

Batch = tuple[int, int | None]
"""A number of corrections, and the seed of the shuffle they come from; None: the file's order."""


def batches(rows: int, seeds: list[int], *, quick: bool) -> list[Batch]:
    """Every batch to teach from a file of that many rows, each size in each order."""
    sizes = sorted({min(n, rows) for n in (QUICK_SIZES if quick else SIZES)})
    shuffles = {1: list(range(1, SINGLES))} if not quick else {}
    return [(n, seed) for n in sizes for seed in [None, *shuffles.get(n, seeds)]]
