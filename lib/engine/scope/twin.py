"""The sentence model as llama.cpp reads it: its safetensors written once as a GGUF.

Large matrices are kept in eight bits: half the time and a quarter of the memory, and vectors that
differ from the original's by less than a thousandth (as a cosine).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import gguf
from safetensors.numpy import load_file

if TYPE_CHECKING:
    from pathlib import Path

EIGHT_BITS = gguf.GGMLQuantizationType.Q8_0
UNUSED = ("pooler.", "embeddings.position_ids")
SPECIAL = {"unk": "[UNK]", "sep": "[SEP]", "pad": "[PAD]", "bos": "[CLS]", "mask": "[MASK]"}
INSIDE = "##"
"""Begins a vocabulary entry that continues a word."""


def write(model: Path, path: Path) -> None:
    """Write the BERT model in the folder `model` as a GGUF, beside `path` and then renamed.

    Raises:
        OSError: a file is missing, or `path` cannot be written; nothing is left there.
    """
    config = json.loads((model / "config.json").read_bytes())
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}")
    writer = gguf.GGUFWriter(beside, gguf.MODEL_ARCH_NAMES[gguf.MODEL_ARCH.BERT])
    try:
        _describe(writer, config)
        _add_vocabulary(writer, (model / "vocab.txt").read_text("utf-8").splitlines())
        _add_tensors(writer, load_file(model / "model.safetensors"), config["num_hidden_layers"])
        writer.write_header_to_file()
        writer.write_kv_data_to_file()
        writer.write_tensors_to_file()
        writer.close()
        beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def _describe(writer: Any, config: dict[str, Any]) -> None:
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_head_count(config["num_attention_heads"])
    writer.add_layer_norm_eps(config["layer_norm_eps"])
    writer.add_causal_attention(False)
    writer.add_pooling_type(gguf.PoolingType.MEAN)
    writer.add_token_type_count(config["type_vocab_size"])


def _add_vocabulary(writer: Any, words: list[str]) -> None:
    special = set(SPECIAL.values())
    kinds = gguf.TokenType
    writer.add_tokenizer_model("bert")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([_token(word, special) for word in words])
    writer.add_token_types([kinds.CONTROL if w in special else kinds.NORMAL for w in words])
    for name, word in SPECIAL.items():
        getattr(writer, f"add_{name}_token_id")(words.index(word))


def _token(word: str, special: set[str]) -> str:
    """llama.cpp marks where a word begins, and not where it goes on."""
    if word in special:
        return word
    return word.removeprefix(INSIDE) if word.startswith(INSIDE) else f"\u2581{word}"


def _add_tensors(writer: Any, tensors: dict[str, Any], layers: int) -> None:
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH.BERT, layers)
    for theirs, tensor in tensors.items():
        if theirs.startswith(UNUSED):
            continue
        name = str(names.get_name(theirs, try_suffixes=(".weight", ".bias")))
        if name.startswith(("blk.", "token_embd.")) and tensor.ndim > 1:
            small = gguf.quants.quantize(tensor, EIGHT_BITS)
            writer.add_tensor(name, small, raw_dtype=EIGHT_BITS)
        else:
            writer.add_tensor(name, tensor)
