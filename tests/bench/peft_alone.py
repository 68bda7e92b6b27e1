"""A version's files in the hands of others: peft and transformers, without a line of ours.

Runs in a worker, so that no bench that measures memory or time has torch beside it.
"""

from __future__ import annotations

import io
import tempfile
import zipfile
from typing import TYPE_CHECKING

import torch
from peft import PeftModel

from tests.bench import dequantised
from tests.bench.asking import TOKENS

if TYPE_CHECKING:
    from pathlib import Path


@torch.inference_mode()
def answers(gguf: Path, archive: bytes, prompts: list[str]) -> list[str]:
    """The likeliest answer to each prompt.

    Args:
        gguf: of the base model.
        archive: the zip with a version's PEFT folder.
        prompts: as the model is given them, chat template and all.
    """
    tokenizer, base = dequantised.load(gguf)
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as folder:
        zipfile.ZipFile(io.BytesIO(archive)).extractall(folder)
        model = PeftModel.from_pretrained(base, folder).eval()
    said = []
    for prompt in prompts:
        asked = tokenizer(prompt, add_special_tokens=False, return_tensors="pt")
        tokens = model.generate(  # type: ignore[no-untyped-call]
            **asked, max_new_tokens=TOKENS, do_sample=False, pad_token_id=tokenizer.eos_token_id
        )[0, asked["input_ids"].shape[1] :]
        said.append(tokenizer.decode(tokens, skip_special_tokens=True))
    return said
