"""The same corrections taught by others, on the same questions: `plain_lora` and `lookup`."""

from __future__ import annotations

import dataclasses
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tests.bench import direct, lookup, plain_lora, trl_sft
from tests.bench.rows import General, Row, questions
from tests.bench.scores import scores, unchanged
from tests.bench.twin import to_gguf
from tests.bench.weights import default_gguf
from tests.bench.worker import worker

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tests.bench.plain_lora import Trained


Figures = dict[str, Any]

TRAINERS = {"plain_lora": plain_lora.train, "trl_sft": trl_sft.train}
OPTIONAL = {"trl_sft": trl_sft.installed, "lookup": lookup.installed}


def measure(
    peer: str,
    rows: list[Row],
    general: list[General],
    before: Mapping[str, str],
    *,
    reliability: float,
    seed: int,
) -> Figures | None:
    """A peer's scores and costs; None where it is not installed.

    `before` holds the base model's answers to every question. `reliability` (0 to 1) is ours: the
    time a peer takes to get there is what our time is held against.
    """
    if peer in OPTIONAL and not OPTIONAL[peer]():
        return None
    if peer in TRAINERS:
        return _trained(TRAINERS[peer], rows, general, before, reliability=reliability, seed=seed)
    return _looked_up(rows, general, before)


def _looked_up(rows: list[Row], general: list[General], before: Mapping[str, str]) -> Figures:
    with worker() as process:
        after = process.run(lookup.answers, rows, before)
    return {**scores(rows, general, before, after), "near_enough": lookup.NEAR_ENOUGH}


def _trained(
    train: Callable[..., Trained],
    rows: list[Row],
    general: list[General],
    before: Mapping[str, str],
    *,
    reliability: float,
    seed: int,
) -> Figures:
    """Trained and answered in processes of their own, by llama.cpp called directly.

    What changed is told against what llama.cpp answered there without the adapter;
    `base_same_as_ours` is how often that was what our engine answered. As our time is, a peer's
    `teach_seconds` and `seconds_to_same_reliability` are until its version can be asked: what it
    trained is written for llama.cpp, and loaded beside the weights.
    """
    gguf, asked = default_gguf(), questions(rows, general)
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as folder:
        out = Path(folder, "plain-lora")
        with worker() as asker:
            prompts = asker.run(direct.prompts, gguf, [row.question for row in rows])
            base = asker.run(direct.answers, gguf, asked)
        pairs = [(prompt, row.answer) for prompt, row in zip(prompts, rows, strict=True)]
        with worker() as trainer:
            cost = trainer.run(train, gguf, pairs, out, reliability=reliability, seed=seed)
            lora, write_seconds = trainer.run(to_gguf, gguf, out)
        with worker() as asker:
            until_asked = write_seconds + asker.run(direct.load_s, gguf, lora)
            after = asker.run(direct.answers, gguf, asked, lora)
    reached = cost.training_seconds_to_same_reliability
    return {
        **scores(rows, general, base, after),
        **dataclasses.asdict(cost),
        "teach_seconds": round(cost.training_seconds + until_asked, 2),
        "seconds_to_same_reliability": None if reached is None else round(reached + until_asked, 2),
        "epochs": plain_lora.EPOCHS,
        "base_same_as_ours": unchanged(asked, before, base),
    }
