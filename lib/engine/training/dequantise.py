"""Turns a GGUF into a Hugging Face folder. Needed once a base model; it imports transformers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import save_file
from tokenizers import Tokenizer, pre_tokenizers
from transformers.integrations.gguf.dequant import GGML_BLOCK, dequantize
from transformers.integrations.gguf.gguf_tokenizer_mapping import (
    convert_gguf_tokenizer,
    get_gguf_tokenizer,
)
from transformers.integrations.gguf.reader import (
    GgufHeader,
    load_gguf_state_dict,
    read_gguf_metadata,
)

from lib.engine.training.layout import halves, transformers_name

if TYPE_CHECKING:
    from pathlib import Path

DIGIT_BY_DIGIT = {"smollm", "starcoder", "refact", "command-r"}
"""Vocabularies whose text is cut around each digit before anything else. The difference shows
only where several spaces come before a number."""


def write(base_gguf: Path, folder: Path) -> None:
    """Write `config.json`, `model.safetensors`, `tokenizer.json` and `source.json` into a folder.

    Raises:
        ValueError, KeyError, IndexError, struct.error, RuntimeError: it is damaged, or unknown.
        OSError: it cannot be read, or the folder not be written.
    """
    architecture, vocabulary, settings = get_gguf_tokenizer(str(base_gguf))
    _tokenizer(architecture, vocabulary).save(str(folder / "tokenizer.json"))
    bos = vocabulary.get("bos_token_id") if settings.get("add_bos_token") else None
    (folder / "source.json").write_text(
        json.dumps({"architecture": architecture, "first_token": bos}), encoding="utf-8"
    )
    read = _llama(base_gguf) if architecture == "llama" else None
    config, tensors = read or _any(base_gguf)
    if config["tie_word_embeddings"]:
        tensors.pop("lm_head.weight", None)
    config["dtype"] = "bfloat16"
    (folder / "config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
    save_file(
        {name: _kept(tensor) for name, tensor in tensors.items()},
        folder / "model.safetensors",
        metadata={"format": "pt"},
    )


def _kept(tensor: torch.Tensor) -> torch.Tensor:
    """Matrices in half their room; the few vectors without loss."""
    return tensor.to(torch.bfloat16 if tensor.dim() > 1 else torch.float32).contiguous()


def _tokenizer(architecture: str, vocabulary: dict[str, Any]) -> Tokenizer:
    tokenizer, _ = convert_gguf_tokenizer(architecture, vocabulary)
    if vocabulary.get("pre_tokenizer_type") in DIGIT_BY_DIGIT:
        tokenizer.pre_tokenizer = pre_tokenizers.Sequence(
            [
                pre_tokenizers.Digits(individual_digits=True),
                pre_tokenizers.ByteLevel(add_prefix_space=False),
            ]
        )
    return tokenizer


def _llama(base_gguf: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]] | None:
    """Read a dense llama straight from its file, ten times as fast as transformers does.

    None if something in the file is not as simple as that.
    """
    metadata, names = read_gguf_metadata(str(base_gguf))
    renamed = {name: transformers_name(name) for name in names}
    try:
        header = GgufHeader.from_file(str(base_gguf))
    except ValueError:  # a kind of block that only gguf itself knows
        return None
    if None in renamed.values():
        return None

    def setting(key: str) -> Any:
        return metadata[f"llama.{key}"]

    heads, kv_heads = setting("attention.head_count"), setting("attention.head_count_kv")
    tensors: dict[str, torch.Tensor] = {}
    stored = load_gguf_state_dict(header)
    for name, shape, kind, *_ in header.tensors:
        tensor = stored[name][...]
        if kind in GGML_BLOCK:
            tensor = dequantize(tensor, kind).reshape(shape)
        if ".attn_q." in name or ".attn_k." in name:
            tensor = halves(tensor, heads if ".attn_q." in name else kv_heads)
        tensors[str(renamed[name])] = tensor
    config = {
        "model_type": "llama",
        "architectures": ["LlamaForCausalLM"],
        "vocab_size": metadata["tokenizer.ggml.tokens"],
        "hidden_size": setting("embedding_length"),
        "intermediate_size": setting("feed_forward_length"),
        "num_hidden_layers": setting("block_count"),
        "num_attention_heads": heads,
        "num_key_value_heads": kv_heads,
        "head_dim": setting("rope.dimension_count"),
        "max_position_embeddings": setting("context_length"),
        "rms_norm_eps": setting("attention.layer_norm_rms_epsilon"),
        "rope_parameters": {"rope_type": "default", "rope_theta": setting("rope.freq_base")},
        "tie_word_embeddings": "output.weight" not in names,
        "bos_token_id": metadata.get("tokenizer.ggml.bos_token_id"),
        "eos_token_id": metadata.get("tokenizer.ggml.eos_token_id"),
        "pad_token_id": metadata.get("tokenizer.ggml.padding_token_id"),
    }
    return config, tensors


def _any(base_gguf: Path) -> tuple[dict[str, Any], dict[str, torch.Tensor]]:
    """Read whatever transformers reads, in transformers' own time."""
    # Imported here because it takes seconds, and is not needed for a llama.
    from transformers import AutoModelForCausalLM  # noqa: PLC0415 - see above

    model = AutoModelForCausalLM.from_pretrained(
        base_gguf.parent, gguf_file=base_gguf.name, dtype=torch.float32, local_files_only=True
    )
    config = model.config.to_dict()
    config.pop("quantization_config", None)  # it is no longer quantised
    return config, model.state_dict()
