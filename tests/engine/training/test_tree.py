"""Samples grown together, and what each of them sees of the others: nothing."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.engine.training.llama import Shape, attended
from lib.engine.training.tree import grow
from tests.engine.training.material import matrix

texts = st.lists(st.lists(st.integers(0, 3), min_size=1, max_size=12), min_size=1, max_size=6)
beginnings = st.lists(st.integers(0, 3), max_size=6)


@given(beginning=beginnings, ends=texts)
def test_every_text_can_be_read_off_the_tree(beginning: list[int], ends: list[list[int]]) -> None:
    samples = [beginning + end for end in ends]
    tree = grow(samples)
    for sample, path, row in zip(samples, tree.paths, tree.rows.tolist(), strict=True):
        assert tree.tokens[path].tolist() == sample
        assert tree.depths[path].tolist() == list(range(len(sample)))
        assert [*range(tree.common), *row][: len(path)] == path
    laid = torch.cat([torch.arange(tree.common), tree.rows.flatten()])
    nodes = sorted({node for path in tree.paths for node in path})
    assert laid[tree.places[nodes]].tolist() == nodes
    assert len({(tree.tokens[n].item(), *p[: p.index(n)]) for p in tree.paths for n in p}) == len(
        nodes
    ), "what begins alike is there once"


@settings(deadline=None)  # the first call of a kernel takes a while
@given(beginning=beginnings, ends=texts)
@pytest.mark.parametrize("kv_heads", [1, 2, 4])
def test_a_node_attends_to_its_own_text_as_if_that_were_alone(
    beginning: list[int], ends: list[list[int]], kv_heads: int
) -> None:
    shape = Shape(1, 32, 4, kv_heads, 8, 4, 64, 1e-5)
    tree = grow([beginning + end for end in ends])
    heads, grads = 4 + 2 * kv_heads, matrix(len(tree.tokens), 32, seed=1)
    together = matrix(len(tree.tokens), heads, 8).requires_grad_()
    found = attended(together, shape, tree)

    alone = together.detach().clone().requires_grad_()
    expected = torch.zeros_like(found)
    for path in tree.paths:
        q, k, v = torch.split(alone[path].transpose(0, 1), [4, kv_heads, kv_heads])
        k, v = (t.repeat_interleave(4 // kv_heads, 0) for t in (k, v))
        seen = (q @ k.mT / 8**0.5).masked_fill(torch.ones(len(path), len(path)).triu(1) > 0, -1e9)
        expected = expected.index_put(
            (torch.tensor(path),), (seen.softmax(-1) @ v).transpose(0, 1).flatten(1)
        )
    nodes = sorted({node for path in tree.paths for node in path})
    torch.autograd.backward([found[nodes], expected[nodes]], [grads[nodes], grads[nodes]])
    assert torch.allclose(found[nodes], expected[nodes], atol=1e-5)
    assert together.grad is not None
    assert alone.grad is not None
    assert torch.allclose(together.grad, alone.grad, atol=1e-5)
