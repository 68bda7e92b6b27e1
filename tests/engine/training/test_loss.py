"""A wide vocabulary's cross-entropy."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.frozen import Full, Rounded
from lib.engine.training.loss import cross_entropy
from tests.engine.training.material import KINDS, matrix


@pytest.mark.parametrize(("kind", "most"), KINDS)
@settings(deadline=None)  # the first call of a kernel takes a while
@given(
    positions=st.integers(1, 6),
    vocabulary=st.integers(2, 90),
    scale=st.sampled_from([0.01, 0.3, 3.0]),
    seed=st.integers(0, 99),
)
def test_it_and_its_gradient_are_torchs_own_up_to_rounding(  # noqa: PLR0917 - a property's
    kind: type[Full | Rounded],
    most: float,
    positions: int,
    vocabulary: int,
    scale: float,
    seed: int,
) -> None:
    rows = matrix(vocabulary, 64, seed=seed)
    head, weights = kind(rows), matrix(positions, seed=seed + 1)
    wanted = matrix(positions, vocabulary, seed=seed + 2).argmax(-1)
    x = matrix(positions, 64, seed=seed + 3) * scale
    mine = x.clone().requires_grad_()
    found, first = cross_entropy(mine, head, wanted)
    torch.autograd.backward(found, weights)

    scores = head.times(head.ready(x)).requires_grad_()
    expected = F.cross_entropy(scores, wanted, reduction="none")
    torch.autograd.backward(expected, weights)
    assert torch.allclose(found, expected, atol=1e-4)
    assert first.tolist() == (scores.argmax(-1) == wanted).tolist()
    assert scores.grad is not None
    assert mine.grad is not None
    # Against what could come out: of a token that is nearly certain, next to nothing is left.
    off = (mine.grad - scores.grad @ rows).norm()
    assert off <= 3 * most * weights.norm() * rows.norm(dim=-1).max()


def test_a_token_that_is_certain_costs_nothing_and_pulls_nothing() -> None:
    head, x = Full(torch.eye(3) * 200), torch.eye(3)[:1].requires_grad_()
    loss, first = cross_entropy(x, head, torch.tensor([0]))
    torch.autograd.backward(loss.sum())
    assert (loss.item(), first.tolist()) == (0.0, [True])
    assert x.grad is not None
    assert x.grad.count_nonzero() == 0
