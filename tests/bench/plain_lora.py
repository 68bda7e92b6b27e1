"""The usual way to teach corrections: LoRA on every linear layer, for a fixed number of epochs.

The peer knows the questions and answers alone, as the teacher does, and asks and trains inside the
chat template. Nothing holds the rest of the model still.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from peft import LoraConfig, get_peft_model

from tests.bench import dequantised
from tests.bench.machine import peak_mb

if TYPE_CHECKING:
    from pathlib import Path

    from peft import PeftModel
    from transformers import PreTrainedTokenizerBase

EPOCHS = 12
MOST_EPOCHS = 40
"""Where the taught questions are not right after `EPOCHS`, the clock runs on until here."""
BATCH = 8
LEARNING_RATE = 1e-3
IGNORED = -100


@dataclass(frozen=True)
class Trained:
    """Seconds are of training alone; loading the weights is told apart, checks are left out."""

    load_seconds: float
    training_seconds: float
    training_seconds_to_same_reliability: float | None
    """Until the share asked for was right, greedily and to the letter; None if it never was."""
    epochs_to_same_reliability: int | None
    peak_rss_mb: float | None


Encoded = tuple[list[int], list[int]]
"""A sample's tokens, and the same with everything but the answer and its end ignored."""


def _encode(tokenizer: PreTrainedTokenizerBase, prompt: str, answer: str) -> Encoded:
    asked = tokenizer(prompt, add_special_tokens=False)["input_ids"]
    said = [*tokenizer(answer, add_special_tokens=False)["input_ids"], tokenizer.eos_token_id]
    return asked + said, [IGNORED] * len(asked) + said


def _padded(batch: list[Encoded], pad: int) -> dict[str, torch.Tensor]:
    longest = max(len(tokens) for tokens, _ in batch)
    rows = [(t + [pad] * (longest - len(t)), len(t)) for t, _ in batch]
    return {
        "input_ids": torch.tensor([row for row, _ in rows]),
        "attention_mask": torch.tensor([[1] * n + [0] * (longest - n) for _, n in rows]),
        "labels": torch.tensor([lb + [IGNORED] * (longest - len(lb)) for _, lb in batch]),
    }


@torch.inference_mode()
def _share_right(model: PeftModel, batches: list[dict[str, torch.Tensor]]) -> float:
    """The share whose every token of the answer, its end included, is the likeliest one."""
    model.eval()
    held = []
    for batch in batches:
        labels = batch["labels"][:, 1:]
        likeliest = model(**batch).logits[:, :-1].argmax(-1)
        held += ((likeliest == labels) | (labels == IGNORED)).all(-1).tolist()
    model.train()
    return sum(held) / len(held)


def train(
    gguf: Path, pairs: list[tuple[str, str]], out: Path, *, reliability: float, seed: int
) -> Trained:
    """Trains on pairs of a rendered prompt and its answer; writes a PEFT folder to `out`.

    Runs in a process of its own. `reliability` is the share (0 to 1) whose time is asked for.
    """
    torch.manual_seed(seed)
    started = time.perf_counter()
    tokenizer, base = dequantised.load(gguf)
    config = LoraConfig(r=8, lora_alpha=16, target_modules="all-linear", task_type="CAUSAL_LM")
    model = get_peft_model(base, config)
    load_seconds = time.perf_counter() - started
    samples = [_encode(tokenizer, prompt, answer) for prompt, answer in pairs]
    in_order = [
        _padded(samples[at : at + BATCH], tokenizer.eos_token_id)
        for at in range(0, len(samples), BATCH)
    ]
    adamw = torch.optim.AdamW((p for p in model.parameters() if p.requires_grad), lr=LEARNING_RATE)
    model.train()
    seconds, whole, reached = 0.0, 0.0, None
    for epoch in range(1, MOST_EPOCHS + 1):
        if epoch > EPOCHS and reached:
            break
        began = time.perf_counter()
        order = torch.randperm(len(samples)).tolist()
        for at in range(0, len(order), BATCH):
            batch = [samples[index] for index in order[at : at + BATCH]]
            model(**_padded(batch, tokenizer.eos_token_id)).loss.backward()
            adamw.step()
            adamw.zero_grad()
        seconds += time.perf_counter() - began
        if reached is None and _share_right(model, in_order) >= reliability:
            reached = (seconds, epoch)
        if epoch == EPOCHS:
            whole = seconds
            model.save_pretrained(str(out), save_embedding_layers=False)
    return Trained(
        load_seconds=round(load_seconds, 2),
        training_seconds=round(whole, 2),
        training_seconds_to_same_reliability=round(reached[0], 2) if reached else None,
        epochs_to_same_reliability=reached[1] if reached else None,
        peak_rss_mb=peak_mb(),
    )
