"""A peer's adapter for llama.cpp, so that all are asked on the engine that answers."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from transformers import AutoConfig

from lib.engine.training.export import write_gguf
from lib.engine.training.llama import Shape
from lib.engine.training.lora import Lora

if TYPE_CHECKING:
    from pathlib import Path


def to_gguf(base_gguf: Path, folder: Path) -> tuple[Path, float]:
    """Writes the twin of a PEFT folder into it, and tells in how many seconds; runs in a worker.

    Learning the weights' shape is left out: it can be known before.
    """
    config = AutoConfig.from_pretrained(base_gguf.parent, gguf_file=base_gguf.name)
    shape = Shape(
        layers=config.num_hidden_layers,
        hidden=config.hidden_size,
        heads=config.num_attention_heads,
        kv_heads=config.num_key_value_heads,
        head=config.hidden_size // config.num_attention_heads,
        vocabulary=config.vocab_size,
        context=config.max_position_embeddings,
        epsilon=config.rms_norm_eps,
    )
    twin = folder / "adapter.gguf"
    started = time.perf_counter()
    write_gguf(Lora.read(folder), twin, config.model_type, shape)
    return twin, time.perf_counter() - started
