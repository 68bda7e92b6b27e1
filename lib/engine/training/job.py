"""What is asked of a training, and what comes of it. Nothing here needs torch.

Everything that goes wrong is one of:

    TeachingError
    ├── Unteachable          a sample is too long, or there is nothing to train on
    ├── TrainingFailed       the training, its weights or its process broke
    ├── TrainingCancelled    somebody asked for it
    └── NanLoss              the loss was no longer a number
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field


class TeachingError(Exception):
    """A training that made no adapter; nothing of it is left in its `out` folder.

    Attributes:
        message: one or two sentences for the user.
        detail: for the log; may be empty.
    """

    def __init__(self, message: str, detail: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail


class Unteachable(TeachingError):
    """The samples cannot be taught as they are; others can."""


class TrainingFailed(TeachingError):
    """The training, the weights or the process they live in broke."""


CANCELLED = "The training was cancelled. The adapter is as it was."


class TrainingCancelled(TeachingError):
    """Cancelled before it was done."""


class NanLoss(TeachingError):
    """The loss became infinite or no number at all; a smaller learning rate may help."""


class Piece(NamedTuple):
    """A stretch of a sample's text, as llama.cpp would be given it."""

    text: str
    trainable: bool
    """Its tokens carry loss. The first token of a sample never does: nothing precedes it."""
    parse_special: bool
    """`<|im_end|>` and its like are the token they name, and not the text they are written in."""


class TrainSample(BaseModel):
    """One text to learn, rendered: the chat template is in the pieces already."""

    model_config = ConfigDict(frozen=True)

    id: str
    segments: list[Piece]
    multiplier: Annotated[float, Field(gt=0)] = 1.0
    """Its weight in the loss."""
    question: str | None = None
    """The question inside the text, for the localised recipe."""
    counted: bool = True
    """Belongs to this call, and not to an earlier one that is trained again to be kept."""


class TrainJob(BaseModel):
    """One training: where from, what, how, and where to."""

    model_config = ConfigDict(frozen=True)

    base_gguf: Path
    cache_dir: Path
    """Where the de-quantised weights of each base model are kept."""
    parent: Path | None = None
    """PEFT folder of the version to go on from."""
    out: Path
    """Folder to be made, with `adapter_model.safetensors`, `adapter_config.json` and
    `adapter.gguf`. It is there when the training is done, and not before."""
    samples: list[TrainSample]
    rank: Annotated[int, Field(gt=0)] | None = None
    learning_rate: Annotated[float, Field(gt=0, lt=1)] | None = None
    seed: int = 0
    max_seconds: Annotated[float, Field(gt=0)] = 600.0
    context: Annotated[int, Field(gt=0)] | None = None
    """Tokens that a sample may have, where who answers reads fewer than the model could."""
    local: bool = False
    """Change as little else as possible (the localised recipe); plain LoRA otherwise."""
    still: bool = False
    """Besides that, leave other answers to the letter, as far as weights alone can. All samples are
    learned afresh, whatever the parent, and at its own rate; `rank` is how many neurons."""


class TrainResult(BaseModel):
    """What a training did. `trainable_tokens` and `sum_loss` speak of the counted samples."""

    model_config = ConfigDict(frozen=True)

    trainable_tokens: int
    sum_loss: float
    """Summed over the trainable tokens before the first update, not weighed; in nats."""
    final_loss: float
    """Mean over the trainable tokens of all samples, after the last update."""
    losses: list[float]
    """Mean over the trainable tokens of each epoch."""
    not_learned: list[int]
    """Positions in the job's samples, ascending, that were not held at the end."""
    seconds: float
    sha256: str
    """Of the adapter's tensors, by name: equal for equal jobs on one machine."""


def partial(out: Path) -> Path:
    """Where an adapter's files are written before their folder takes its name."""
    return out.with_name(f"{out.name}.partial")
