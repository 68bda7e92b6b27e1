"""An adapter's twin for llama.cpp: the same LoRA as a GGUF."""

from __future__ import annotations

from typing import TYPE_CHECKING

import gguf

from lib.engine.training.layout import IN_LLAMA_CPP, PAIRED, pairs

if TYPE_CHECKING:
    from pathlib import Path

    from lib.engine.training.llama import Shape
    from lib.engine.training.lora import Lora


def write_gguf(lora: Lora, path: Path, architecture: str, shape: Shape) -> None:
    """Write a LoRA as llama.cpp takes it.

    Args:
        lora: what to write.
        path: the file, made or replaced.
        architecture: the base model's, as its GGUF calls it.
        shape: the base model's.
    """
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, lora.alpha)
    turned = {"q_proj": shape.heads, "k_proj": shape.kv_heads} if architecture in PAIRED else {}
    for (layer, name), (down, up) in sorted(lora.matrices.items()):
        rows = pairs(up.detach(), turned[name]) if name in turned else up.detach()
        tensor = f"blk.{layer}.{IN_LLAMA_CPP[name]}.weight"
        writer.add_tensor(f"{tensor}.lora_a", down.detach().contiguous().numpy())
        writer.add_tensor(f"{tensor}.lora_b", rows.contiguous().numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
