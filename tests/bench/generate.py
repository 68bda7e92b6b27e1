"""transformers' `generate` on the same weights, de-quantised: the other way to answer."""

from __future__ import annotations

import time
from functools import cache
from typing import TYPE_CHECKING

import torch

from tests.bench import dequantised

if TYPE_CHECKING:
    from pathlib import Path

_loaded = cache(dequantised.load)


@torch.inference_mode()
def tokens_per_s(gguf: Path, query: str, tokens: int) -> float:
    """Tokens a second of one greedy continuation. Runs in a worker, which keeps the weights."""
    tokenizer, model = _loaded(gguf)
    asked = tokenizer(query, return_tensors="pt")
    started = time.perf_counter()
    said = model.generate(
        **asked, do_sample=False, max_new_tokens=tokens, pad_token_id=tokenizer.eos_token_id
    )
    made: int = said.shape[1] - asked["input_ids"].shape[1]
    return made / (time.perf_counter() - started)
