"""Neutral texts: what is to stay as it is, whatever is taught.

Questions as people type them, made of patterns and words (`tests/bench/neutral.py`), with what the
default model answers. They are put into the frame that samples come in. How an answer begins counts
most, for there it is decided what is asked; so there are many of them, and they are short.
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

from lib.engine.training.job import Piece, TrainingFailed
from lib.engine.training.reading import Reader
from lib.engine.training.rewordings import telling_words

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lib.engine.training.encoding import Encoder
    from lib.engine.training.job import TrainJob, TrainSample
    from lib.engine.training.llama import Llama

TEXTS = Path(__file__).with_name("neutral.jsonl")


class Neutral(NamedTuple):
    """What the last layer's feed-forward block does in neutral answers."""

    fed: Tensor
    """[positions, hidden]: what it reads."""
    together: Tensor
    """[neurons, neurons]: the mean product of every two of its neurons."""
    told: Tensor
    """[hidden, hidden]: a change of what it adds changes a token's score by the square root of this
    form, in the mean over all tokens."""


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
                    "question": question,
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
    job: TrainJob,
    samples: Sequence[TrainSample],
    *,
    folder: Path,
    go_on: Callable[[int], None],
) -> Neutral:
    """Read these samples under the base model, or read what was found before from `folder`.

    What asks for the same as a sample of the job is left out: that is to change.

    Args:
        model: has no LoRA attached.
        encoder: the model's.
        job: what is taught.
        samples: from `neutral_samples`.
        folder: where it is kept.
        go_on: told how many of them were read, before each batch; what it raises is raised.

    Raises:
        TrainingFailed: it cannot be kept, or what was kept is damaged.
    """
    said = json.dumps([sample.segments for sample in samples])
    kept = folder / f"neutral-{hashlib.sha256(said.encode()).hexdigest()[:12]}.safetensors"
    if not kept.exists():
        _keep(_read(model, encoder, samples, go_on), kept)
    try:
        found = load_file(kept)
    except (OSError, SafetensorError) as error:
        raise TrainingFailed(
            f"The file {kept} is damaged. Delete it and teach again: it is made anew.", repr(error)
        ) from error
    taught = {telling_words(sample.question or "") for sample in job.samples}
    stay = [telling_words(sample.question or "") not in taught for sample in samples]
    fed = found["fed"][torch.tensor(stay)[found["texts"]]]
    return Neutral(fed.float(), found["together"], found["told"])


def _read(
    model: Llama, encoder: Encoder, samples: Sequence[TrainSample], go_on: Callable[[int], None]
) -> dict[str, Tensor]:
    texts = [encoder.encode(sample) for sample in samples]
    reader = Reader(model, 0, texts)
    last = model.layers[-1]
    neurons, hidden = model.last_feed["gate_proj"].shape
    together = torch.zeros(neurons, neurons)
    targets = torch.tensor([len(text.targets) for text in texts])
    # In one piece from the start: small pieces would keep what lies between them from being used.
    read = torch.empty(int(targets.sum()), hidden, dtype=torch.bfloat16)
    end = done = 0
    for batch in reader.batches(range(len(texts))):
        go_on(done)
        fed = last.fed(reader.before_feed(batch))
        gated = last.gated(fed)
        together += gated.T @ gated
        start, end, done = end, end + len(fed), done + len(batch)
        read[start:end] = fed
    return {
        "fed": read,
        "texts": torch.arange(len(texts)).repeat_interleave(targets),
        "together": together / len(read),
        "told": _told(model),
    }


def _told(model: Llama) -> Tensor:
    """See `Neutral.told`."""
    outputs = model.outputs.float() * model.norm
    return torch.cov(outputs.T, correction=0)


def _keep(found: dict[str, Tensor], path: Path) -> None:
    beside = path.with_name(f"{path.name}.partial")
    try:
        save_file(found, beside)
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
