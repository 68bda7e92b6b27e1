"""llama.cpp's and transformers' order of rows."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from lib.engine.training.layout import halves, pairs, transformers_name


@given(heads=st.integers(1, 5), half=st.integers(1, 6), width=st.integers(1, 3))
def test_halves_and_pairs_undo_each_other(heads: int, half: int, width: int) -> None:
    rows = torch.arange(heads * 2 * half * width).reshape(heads * 2 * half, width)
    assert torch.equal(halves(pairs(rows, heads), heads), rows)
    assert torch.equal(pairs(halves(rows, heads), heads), rows)


def test_names_of_a_dense_llama_are_known_and_others_are_not() -> None:
    assert transformers_name("blk.7.ffn_up.weight") == "model.layers.7.mlp.up_proj.weight"
    assert transformers_name("output_norm.weight") == "model.norm.weight"
    assert transformers_name("blk.7.ffn_up_exps.weight") is None
