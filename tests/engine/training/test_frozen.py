"""Frozen matrices."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from lib.engine.training.frozen import IN_EIGHT_BITS, Full, Rounded, fastest
from tests.engine.training.material import KINDS, error, matrix


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


@pytest.mark.parametrize("able", [*IN_EIGHT_BITS, None])
def test_eight_bits_are_for_processors_that_multiply_them(able: str | None) -> None:
    assert fastest({"avx2": True, able or "avx": True}) is (Rounded if able else Full)
