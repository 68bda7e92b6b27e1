"""How llama.cpp and transformers name and order the same tensors."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from torch import Tensor

NAMES = {
    "token_embd": "model.embed_tokens",
    "output_norm": "model.norm",
    "output": "lm_head",
    "attn_norm": "input_layernorm",
    "attn_q": "self_attn.q_proj",
    "attn_k": "self_attn.k_proj",
    "attn_v": "self_attn.v_proj",
    "attn_output": "self_attn.o_proj",
    "ffn_norm": "post_attention_layernorm",
    "ffn_gate": "mlp.gate_proj",
    "ffn_up": "mlp.up_proj",
    "ffn_down": "mlp.down_proj",
}
"""A dense llama's tensors: llama.cpp's word → transformers'."""

IN_LLAMA_CPP = {theirs.split(".")[1]: ours for ours, theirs in NAMES.items() if "_proj" in theirs}
"""A layer's projections: transformers' word → llama.cpp's."""

PAIRED = {"llama"}
"""Architectures whose GGUF has the rows of queries and keys in rotary pairs."""


def transformers_name(name: str) -> str | None:
    """What transformers calls a tensor of a dense llama; None if it is no such tensor."""
    if name == "rope_freqs.weight":
        return "rope_freqs"  # divides the rotary frequencies; transformers has no name for it
    match = re.fullmatch(r"(?:blk\.(\d+)\.)?(\w+)\.weight", name)
    if match is None or match[2] not in NAMES:
        return None
    layer = f"model.layers.{match[1]}." if match[1] else ""
    return f"{layer}{NAMES[match[2]]}.weight"


def halves(rows: Tensor, heads: int) -> Tensor:
    """Put the rows of llama.cpp's rotary pairs as transformers wants them: in two halves.

    Args:
        rows: [heads * head size, ...] of a llama-family query or key projection in a GGUF.
        heads: how many heads share the rows.
    """
    return rows.reshape(heads, -1, 2, *rows.shape[1:]).transpose(1, 2).reshape(rows.shape)


def pairs(rows: Tensor, heads: int) -> Tensor:
    """Undo `halves`."""
    return rows.reshape(heads, 2, -1, *rows.shape[1:]).transpose(1, 2).reshape(rows.shape)
