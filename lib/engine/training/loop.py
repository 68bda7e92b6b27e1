"""Training until learned.

A sample is learned when each token asked of it is the likeliest by a margin. What is learned is
left out of the next epochs; when nothing is left, all samples are looked at once more, together,
and whatever was lost meanwhile is trained again.
"""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field
from itertools import chain
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.encoding import contested
from lib.engine.training.job import NanLoss, TrainingCancelled
from lib.engine.training.tree import grow, new_nodes
from lib.gradient.schemas import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lib.engine.training.encoding import Encoded
    from lib.engine.training.llama import Llama
    from lib.engine.training.lora import Lora

MARGIN = 0.8
"""Least probability of a learned token. llama.cpp's quantised arithmetic differs from this by a few
hundredths."""
BATCH_SAMPLES = 8
"""Most samples of a step."""
BATCH_TOKENS = 512
"""Most tokens of a step, or of a look: what bounds memory."""
CALMER = 0.7
"""What the learning rate is multiplied by when learning some samples has undone others."""
MAX_EPOCHS = 80
"""Beyond this, what is not learned contradicts something else."""


class Seen(NamedTuple):
    """What a sample looked like when the weights had been updated `updates` times."""

    updates: int
    loss: float
    """Summed over its targets, in nats, not weighed."""
    learned: bool
    greedy: bool
    """Every target is the likeliest token, contested ones too."""


@dataclass
class Loop:
    """Teaches samples to a LoRA on a frozen model.

    Args:
        model: has the LoRA attached.
        lora: what is trained.
        samples: at least one of them has a target.
        learning_rate: of AdamW.
        seed: of the order of samples.
        max_seconds: no step begins later than this after `run` was called.
        cancelled: asked before each step.
        report: told after each step.
    """

    model: Llama
    lora: Lora
    samples: Sequence[Encoded]
    learning_rate: float
    seed: int
    max_seconds: float
    cancelled: Callable[[], bool]
    report: Callable[[Progress], None]
    losses: list[float] = field(default_factory=list)
    """Mean loss over the trainable tokens of each epoch."""
    sum_loss: float = 0.0
    """Over the counted samples, before the first update."""

    def __post_init__(self) -> None:
        self._contested = contested(self.samples)
        self._first = self.lora.first_layer
        self._below: list[Tensor | None] = [None] * len(self.samples)
        self._seen: list[Seen | None] = [None] * len(self.samples)
        self._updates = 0
        self._order = random.Random(self.seed)  # noqa: S311 - an order, not a secret
        self._started = time.monotonic()

    def run(self) -> None:
        """Train until every sample is learned or a ceiling is reached.

        Raises:
            TrainingCancelled: `cancelled` said so.
            NanLoss: the loss is no longer a number.
        """
        everything = [i for i, sample in enumerate(self.samples) if sample.targets]
        self._look(everything)
        self.sum_loss = sum(
            seen.loss for i, seen in self._now(everything) if self.samples[i].counted
        )
        parameters = [matrix.requires_grad_() for matrix in self.lora.parameters()]
        optimiser = torch.optim.AdamW(parameters, lr=self.learning_rate, weight_decay=0.0)
        left = [i for i, seen in self._now(everything) if not seen.learned]
        while left and len(self.losses) < MAX_EPOCHS and self._in_time():
            self._order.shuffle(left)
            loss = 0.0
            for batch in self._batches(left, BATCH_SAMPLES):
                if not self._in_time():
                    break
                loss += self._step(batch, optimiser)
            tokens = sum(len(self.samples[i].targets) for i in left)
            self.losses.append(loss / tokens)
            left = [i for i, seen in self._now(left) if not seen.learned]
            if not left:
                self._look(everything)
                left = [i for i, seen in self._now(everything) if not seen.learned]
                for group in optimiser.param_groups:
                    group["lr"] *= CALMER
        self._look(everything)
        for matrix in parameters:
            matrix.requires_grad_(False)

    def not_learned(self) -> list[int]:
        """Positions of the samples that do not hold, ascending.

        An answer that another sample contradicts holds if it is the one that is given.
        """
        return [
            i
            for i, seen in enumerate(self._seen)
            if seen is not None
            and not (seen.learned and (seen.greedy or not self.samples[i].context))
        ]

    @property
    def mean_loss(self) -> float:
        """Over the trainable tokens of all samples, as they were last seen."""
        seen = self._now(range(len(self.samples)))
        return sum(s.loss for _, s in seen) / sum(len(self.samples[i].targets) for i, _ in seen)

    def _check(self, loss: Tensor) -> None:
        if not bool(loss.isfinite().all()):
            raise NanLoss(
                f"The loss was no longer a number after {self._updates} updates. The adapter is "
                "as it was. A smaller learning rate may help."
            )

    def _now(self, which: Sequence[int]) -> list[tuple[int, Seen]]:
        return [(i, seen) for i in which if (seen := self._seen[i]) is not None]

    def _in_time(self) -> bool:
        return time.monotonic() - self._started < self.max_seconds

    @torch.no_grad()
    def _look(self, which: Sequence[int]) -> None:
        """See each of these samples under the present weights."""
        stale = [i for i in which if (s := self._seen[i]) is None or s.updates != self._updates]
        for batch in self._batches(stale, BATCH_TOKENS):
            self._tell()
            self._note(batch, self._logits(batch))

    def _step(self, batch: Sequence[int], optimiser: torch.optim.Optimizer) -> float:
        """Look at a batch and take one step towards it; its summed loss before the step."""
        self._tell()
        logits = self._logits(batch)
        losses = self._note(batch, logits)
        weights = [self.samples[i].multiplier for i in batch for _ in self.samples[i].targets]
        if not all(s.learned for _, s in self._now(batch)):
            loss = (losses * torch.tensor(weights)).mean()
            self._check(loss)
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            self._updates += 1
        return float(losses.detach().sum())

    def _tell(self) -> None:
        """Report, and stop here if that is asked for."""
        if self.cancelled():
            raise TrainingCancelled("The training was cancelled. The adapter is as it was.")
        seen = self._now(range(len(self.samples)))
        self.report(
            Progress(
                state="training",
                step=self._updates,
                samples=len(self.samples),
                learned=sum(s.learned for _, s in seen),
                loss=self.losses[-1] if self.losses else None,
                seconds=time.monotonic() - self._started,
            )
        )

    def _batches(self, which: Sequence[int], samples: int) -> Iterator[list[int]]:
        """Samples of like length together, the batches in random order."""
        batches: list[list[int]] = []
        size = 0
        for i in sorted(which, key=lambda i: len(self.samples[i].tokens)):
            own = self._read(i)
            if batches and len(batches[-1]) < samples:
                size += new_nodes(self._read(batches[-1][-1]), own)
            if not batches or len(batches[-1]) == samples or size > BATCH_TOKENS:
                batches.append([])
                size = len(own)
            batches[-1].append(i)
        self._order.shuffle(batches)
        yield from batches

    def _logits(self, batch: Sequence[int]) -> Tensor:
        """What is expected at each target of each sample, [targets, vocabulary]."""
        new = [i for i in batch if self._below[i] is None]
        if new:
            self._run_below(new)
        tree = grow([self._read(i) for i in batch])
        # A node that several samples share has the same state in each of them: the last is taken.
        at = torch.empty(len(tree.tokens), dtype=torch.long)
        at[list(chain.from_iterable(tree.paths))] = torch.arange(sum(map(len, tree.paths)))
        x = torch.cat([b for i in batch if (b := self._below[i]) is not None])[at]
        x = self.model.run(x, tree, self._first, self.model.shape.layers)
        before = [
            path[target - 1]
            for i, path in zip(batch, tree.paths, strict=True)
            for target in self.samples[i].targets
        ]
        return self.model.logits(x[before])

    @torch.no_grad()
    def _run_below(self, batch: Sequence[int]) -> None:
        """Run the layers that are not trained, once for each sample."""
        tree = grow([self._read(i) for i in batch])
        x = self.model.run(self.model.embed(tree.tokens), tree, 0, self._first)
        for i, path in zip(batch, tree.paths, strict=True):
            self._below[i] = x[path]

    def _read(self, i: int) -> list[int]:
        """What a sample's last target is expected from: the tokens before it."""
        return self.samples[i].tokens[: self.samples[i].targets[-1]]

    def _note(self, batch: Sequence[int], logits: Tensor) -> Tensor:
        """Keep what is seen of a batch; the loss of each of its targets."""
        wanted = torch.tensor(
            [self.samples[i].tokens[at] for i in batch for at in self.samples[i].targets]
        )
        losses = F.cross_entropy(logits, wanted, reduction="none")
        self._check(losses)
        likeliest = (logits.argmax(-1) == wanted).tolist()
        sure = (losses <= -math.log(MARGIN)).tolist()
        at = 0
        values = losses.detach().tolist()
        for i in batch:
            targets = self.samples[i].targets
            end = at + len(targets)
            held = [
                self._holds(i, target, good=good, first=first)
                for target, good, first in zip(
                    targets, sure[at:end], likeliest[at:end], strict=True
                )
            ]
            self._seen[i] = Seen(
                self._updates, sum(values[at:end]), all(held), all(likeliest[at:end])
            )
            at = end
        return losses

    def _holds(self, i: int, target: int, *, good: bool, first: bool) -> bool:
        """Whether a target is as it should be; a contested one is where the heaviest has won."""
        if target not in self._contested[i]:
            return good
        return first or not (self.samples[i].context and self._contested[i][target])
