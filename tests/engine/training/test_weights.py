"""De-quantised weights and the forward pass over them."""

from __future__ import annotations

import shutil
from typing import TYPE_CHECKING

import pytest
import torch
from transformers import AutoModelForCausalLM

from lib.engine.training import dequantise
from lib.engine.training.frozen import Full, Rounded
from lib.engine.training.job import TrainingFailed
from lib.engine.training.llama import Llama
from lib.engine.training.tree import grow
from lib.engine.training.weights import dequantised
from tests.engine.training.material import scores

if TYPE_CHECKING:
    from pathlib import Path


def test_weights_are_read_as_transformers_reads_them(tiny_gguf: Path) -> None:
    quick = dequantise._llama(tiny_gguf)
    assert quick is not None
    config, tensors = quick
    their_config, their_tensors = dequantise._any(tiny_gguf)
    for name, tensor in their_tensors.items():
        if name != "lm_head.weight":
            assert torch.equal(tensor, tensors[name]), name
    for key in ("num_hidden_layers", "head_dim", "rope_parameters", "rms_norm_eps", "vocab_size"):
        assert config[key] == their_config[key]


def test_weights_are_kept_until_the_file_changes(tiny_gguf: Path, tmp_path: Path) -> None:
    weights, kept = tmp_path / "w.gguf", tmp_path / "kept"
    shutil.copy(tiny_gguf, weights)
    first = dequantised(weights, kept)
    made = (first / "model.safetensors").stat().st_mtime_ns
    assert dequantised(weights, kept) == first
    assert (first / "model.safetensors").stat().st_mtime_ns == made
    with weights.open("ab") as file:
        file.write(b"\0")
    assert dequantised(weights, kept) != first
    assert sum(1 for _ in kept.iterdir()) == 2


@pytest.mark.parametrize("kept_bytes", [0, 3, 100, 5_000, 60_000])
def test_a_file_cut_short_is_a_failed_training(
    tiny_gguf: Path, tmp_path: Path, kept_bytes: int
) -> None:
    weights, kept = tmp_path / "cut.gguf", tmp_path / "kept"
    weights.write_bytes(tiny_gguf.read_bytes()[:kept_bytes])
    with pytest.raises(TrainingFailed, match="damaged"):
        dequantised(weights, kept)
    assert list(kept.iterdir()) == []


def test_a_file_that_is_gone_is_a_failed_training(tmp_path: Path) -> None:
    with pytest.raises(TrainingFailed, match="gone"):
        dequantised(tmp_path / "none.gguf", tmp_path)


@pytest.mark.parametrize("split", [0, 1, 2])
@pytest.mark.parametrize(("kind", "most"), [(Full, 1e-4), (Rounded, 0.05)])
def test_the_forward_pass_is_transformers_own_up_to_rounding(
    tiny_gguf: Path, cache_dir: Path, split: int, kind: type[Full | Rounded], most: float
) -> None:
    folder = dequantised(tiny_gguf, cache_dir)
    ours, theirs = (
        Llama.load(folder, kind),
        AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32),
    )
    texts = [[*range(3, 13), *range(20, 20 + length)] for length in (8, 5)] + [[3, 4, 90, 91]]
    tree = grow(texts)
    with torch.no_grad():
        below = ours.run(ours.embed(tree.tokens), tree, 0, split)
        nodes = scores(ours, ours.run(below, tree, split, 2))
        mine = torch.cat([nodes[path] for path in tree.paths])
        expected = torch.cat([theirs(torch.tensor([text])).logits[0] for text in texts])
    assert torch.allclose(mine, expected, atol=most * float(expected.abs().max()))


@pytest.mark.parametrize("kind", [Full, Rounded])
def test_where_few_tokens_are_wanted_they_come_out_as_among_all(
    tiny_gguf: Path, cache_dir: Path, kind: type[Full | Rounded]
) -> None:
    model = Llama.load(dequantised(tiny_gguf, cache_dir), kind)
    tree = grow([list(range(3, 20)), [*range(3, 9), 40, 41]])
    wanted = torch.tensor([16, 2, 2])
    with torch.no_grad():
        every = model.run(model.embed(tree.tokens), tree, 0, 2)
        some = model.run(model.embed(tree.tokens), tree, 0, 2, wanted)
    assert torch.allclose(some, every[wanted], atol=1e-4 * float(every.abs().max()))
