"""Neutral texts: what is to stay as it is, whatever is taught.

Questions that the default model thought of and answered itself, at random: nearer to what it says
elsewhere than what anybody would think of for it. They are put into the frame that samples come in.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from itertools import takewhile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import torch
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from lib.engine.training.job import CANCELLED, Piece, TrainingCancelled, TrainingFailed
from lib.engine.training.reading import LOOKED_AT_ONCE, Reader

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lib.engine.training.encoding import Encoder
    from lib.engine.training.job import TrainSample
    from lib.engine.training.llama import Llama

TEXTS = Path(__file__).with_name("neutral.jsonl")


class Neutral(NamedTuple):
    """What the last layer's feed-forward block does in neutral answers."""

    fed: Tensor
    """[positions, hidden]: what it reads."""
    least: Tensor
    """[neurons]: its neurons, those first that add least."""


def neutral_samples(samples: Sequence[TrainSample], texts: Path = TEXTS) -> list[TrainSample]:
    """Neutral texts in the frame of the first of these samples that says what its question is.

    None if there is no such sample, for there is no frame then.

    Args:
        samples: what is taught.
        texts: JSON Lines with a `question` and an `answer` each.
    """
    for sample in samples:
        context = list(takewhile(lambda piece: not piece.trainable, sample.segments))
        at = [i for i, piece in enumerate(context) if (sample.question or "\0") in piece.text]
        if not at:
            continue
        end = [piece for piece in sample.segments[-1:] if piece.trainable and piece.parse_special]
        before, _, after = context[at[-1]].text.rpartition(sample.question or "")
        special = context[at[-1]].parse_special
        return [
            sample.model_copy(
                update={
                    "id": f"neutral {number}",
                    "segments": [
                        *context[: at[-1]],
                        Piece(before + question + after, trainable=False, parse_special=special),
                        *context[at[-1] + 1 :],
                        Piece(answer, trainable=True, parse_special=False),
                        *end,
                    ],
                }
            )
            for number, (question, answer) in enumerate(_read_texts(texts))
        ]
    return []


def neutral(
    model: Llama,
    encoder: Encoder,
    samples: Sequence[TrainSample],
    folder: Path,
    cancelled: Callable[[], bool],
) -> Neutral:
    """Read these samples under the base model, or read what was found before from `folder`.

    Args:
        model: has no LoRA attached.
        encoder: the model's.
        samples: from `neutral_samples`.
        folder: where it is kept.
        cancelled: asked before each batch.

    Raises:
        TrainingCancelled: `cancelled` said so.
        TrainingFailed: it cannot be kept, or what was kept is damaged.
    """
    said = json.dumps([sample.segments for sample in samples])
    kept = folder / f"neutral-{hashlib.sha256(said.encode()).hexdigest()[:12]}.safetensors"
    if not kept.exists():
        _keep(_read(model, encoder, samples, cancelled), kept)
    try:
        found = load_file(kept)
    except (OSError, SafetensorError) as error:
        raise TrainingFailed(
            f"The file {kept} is damaged. Delete it and teach again: it is made anew.", repr(error)
        ) from error
    return Neutral(found["fed"].float(), found["least"])


def _read(
    model: Llama, encoder: Encoder, samples: Sequence[TrainSample], cancelled: Callable[[], bool]
) -> Neutral:
    reader = Reader(model, 0, [encoder.encode(sample) for sample in samples])
    last = model.layers[-1]
    read = []
    for batch in reader.batches(range(len(samples)), LOOKED_AT_ONCE):
        if cancelled():
            raise TrainingCancelled(CANCELLED)
        read.append(last.fed(reader.before_feed(batch)))
    fed = torch.cat(read)
    squares = sum(last.gated(part).square().sum(0) for part in read)
    adds = torch.as_tensor(squares).sqrt() * model.last_feed["down_proj"].float().norm(dim=0)
    return Neutral(fed, adds.argsort())


def _keep(found: Neutral, path: Path) -> None:
    beside = path.with_name(f"{path.name}.partial")
    try:
        save_file({"fed": found.fed.bfloat16(), "least": found.least}, beside)
        beside.rename(path)
    except (OSError, SafetensorError) as error:  # a full disk comes as either
        beside.unlink(missing_ok=True)
        raise TrainingFailed(
            f"Nothing more can be kept in {path.parent}: {error}. Make room there and teach again.",
            repr(error),
        ) from error


@cache
def _read_texts(path: Path) -> list[tuple[str, str]]:
    with path.open(encoding="utf-8") as lines:
        return [(text["question"], text["answer"]) for text in map(json.loads, lines)]
