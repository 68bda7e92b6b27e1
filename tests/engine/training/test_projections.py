"""Maps of the same states, and the LoRA beside each."""

from __future__ import annotations

import pytest
import torch
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.frozen import Full, Rounded
from lib.engine.training.projections import Projections
from tests.engine.training.material import KINDS, error, matrix

OUTS = [48, 16, 24]


@pytest.mark.parametrize(("kind", "most"), KINDS)
@pytest.mark.parametrize("taught", [[], [0], [1], [0, 2], [0, 1, 2]])
@pytest.mark.parametrize("biased", [[], [1], [0, 1, 2]], ids=["unbiased", "one-biased", "biased"])
def test_gradients_are_those_of_each_map_by_itself(
    kind: type[Full | Rounded], most: float, taught: list[int], biased: list[int]
) -> None:
    weights = [matrix(out, 64, seed=i) for i, out in enumerate(OUTS)]
    biases = [matrix(out, seed=9) if i in biased else None for i, out in enumerate(OUTS)]
    factors = [m for i in taught for m in (matrix(4, 64, seed=i), matrix(OUTS[i], 4, seed=i))]
    x, grad = matrix(7, 64, seed=4), matrix(7, sum(OUTS), seed=5)
    one, other = ([t.clone().requires_grad_() for t in (x, *factors)] for _ in range(2))

    projections = Projections(weights, biases, kind)
    for place, i in enumerate(taught):
        part = projections.parts[i]
        part.down, part.up, part.scale = one[1 + 2 * place], one[2 + 2 * place], 0.5
    found = projections(one[0])
    expected = [F.linear(other[0], *both) for both in zip(weights, biases, strict=True)]
    for place, i in enumerate(taught):
        down, up = other[1 + 2 * place], other[2 + 2 * place]
        expected[i] = expected[i] + 0.5 * (other[0] @ down.T @ up.T)
    torch.autograd.backward([found, torch.cat(expected, 1)], [grad, grad])

    assert error(found, torch.cat(expected, 1)) <= most
    for mine, theirs in zip(one, other, strict=True):
        assert mine.grad is not None
        assert theirs.grad is not None
        assert error(mine.grad, theirs.grad) <= most


def test_each_map_knows_its_own_widths() -> None:
    parts = Projections([matrix(out, 64) for out in OUTS], [None] * 3, Full).parts
    assert [(part.into, part.out) for part in parts] == [(64, out) for out in OUTS]
