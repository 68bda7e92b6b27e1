"""Frozen matrices, and the LoRA beside them."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.frozen import IN_EIGHT_BITS, Full, Rounded, fastest
from lib.engine.training.llama import Projection

KINDS = [pytest.param(Full, 1e-5, id="float32"), pytest.param(Rounded, 0.02, id="eight-bits")]


def matrix(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def error(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Relative, over all entries together."""
    return float(((found - expected).norm() / expected.norm().clamp_min(1e-12)).detach())


@given(
    rows=st.integers(1, 9),
    width=st.sampled_from([2, 5, 24, 64, 96, 576]),
    out=st.integers(1, 40),
    seed=st.integers(0, 99),
)
def test_a_product_in_eight_bits_is_float32s_up_to_rounding(
    rows: int, width: int, out: int, seed: int
) -> None:
    x, weight = matrix(rows, width, seed=seed), matrix(out, width, seed=seed + 1)
    found = Rounded(weight).times(Rounded.ready(x))
    # Against what could come out, not against what does: a sum may happen to be next to zero.
    most = x.norm(dim=-1, keepdim=True) * weight.norm(dim=-1)
    assert float(((found - x @ weight.T).abs() / most).max()) < 0.03


def test_a_column_that_outweighs_all_others_leaves_them_their_steps() -> None:
    x, weight = matrix(40, 576), matrix(100, 576, seed=1)
    x[:, 7] *= 100
    weight[:, 7] = 0
    rounded = (x / (steps := x.abs().amax(-1, keepdim=True) / 127)).round() * steps
    assert error(rounded @ weight.T, x @ weight.T) > 0.2, "rounded as it stands, nothing is left"
    assert error(Rounded(weight).times(Rounded.ready(x)), x @ weight.T) < 0.1


@pytest.mark.parametrize(("kind", "most"), KINDS)
def test_nothing_times_a_frozen_matrix_is_nothing(kind: type[Full | Rounded], most: float) -> None:
    nothing = torch.zeros(3, 64)
    assert error(kind(matrix(5, 64)).times(kind.ready(nothing)), torch.zeros(3, 5)) <= most
    assert torch.equal(kind(matrix(64, 5)).back(nothing), torch.zeros(3, 5))


@pytest.mark.parametrize(("kind", "most"), KINDS)
@pytest.mark.parametrize("lora", [False, True], ids=["alone", "with-a-lora"])
@pytest.mark.parametrize("biased", [False, True], ids=["unbiased", "biased"])
def test_a_projections_gradients_are_those_of_its_parts(
    kind: type[Full | Rounded], most: float, *, lora: bool, biased: bool
) -> None:
    weight, bias = matrix(48, 64), matrix(48, seed=1) if biased else None
    factors = [matrix(4, 64, seed=2), matrix(48, 4, seed=3)] if lora else []
    x, grad = matrix(7, 64, seed=4), matrix(7, 48, seed=5)
    one, other = ([t.clone().requires_grad_() for t in (x, *factors)] for _ in range(2))

    projection = Projection(kind(weight), bias)
    if lora:
        projection.down, projection.up, projection.scale = one[1], one[2], 0.5
    found = projection(one[0])
    expected = F.linear(other[0], weight, bias)
    if lora:
        expected = expected + 0.5 * (other[0] @ other[1].T @ other[2].T)
    torch.autograd.backward([found, expected], [grad, grad])

    assert error(found, expected) <= most
    for mine, theirs in zip(one, other, strict=True):
        assert mine.grad is not None
        assert theirs.grad is not None
        assert error(mine.grad, theirs.grad) <= most


def test_what_is_ready_already_is_not_made_ready_again() -> None:
    x, weight = matrix(3, 64), matrix(5, 64, seed=1)
    projection = Projection(Rounded(weight), None)
    assert torch.equal(projection(x), projection(x, Rounded.ready(x)))


@pytest.mark.parametrize("able", [*IN_EIGHT_BITS, None])
def test_eight_bits_are_for_processors_that_multiply_them(able: str | None) -> None:
    assert fastest({"avx2": True, able or "avx": True}) is (Rounded if able else Full)
