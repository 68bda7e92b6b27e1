"""Training until learned.

A text is learned when each token asked of it is the likeliest by a margin. What is learned is left
out of the next rounds; when nothing is left, all samples are read once more, together, and whatever
was lost meanwhile is trained again.

A sample may have rewordings. Then a round trains one of a sample's texts that is not learned yet,
its own words every other time; and the training ends when, besides all samples, nearly all
rewordings that were never trained are right at first sight: then the answers hang on what is asked
and not on how. Of the samples that held from the start only some are reworded, to rehearse them.
When nothing is left the first time, the mean of the last steps' weights is taken, and
what does not hold under it is trained again from there.
"""

from __future__ import annotations

import math
import random
import time
from itertools import chain, islice
from statistics import mean
from typing import TYPE_CHECKING

import torch

from lib.engine.training.job import CANCELLED, NanLoss, TrainingCancelled
from lib.engine.training.muon import Muon
from lib.engine.training.reading import Reader
from lib.gradient.schemas import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from lib.engine.training.encoding import Encoded
    from lib.engine.training.llama import Llama
    from lib.engine.training.lora import Lora

LEAST_STEP_TEXTS = 10
STEP_SHARE = 0.1
"""A step is towards this share of the samples, and no fewer than ten texts. Of many samples a small
step undoes more than it learns, and each would take more rounds than one of few does."""
LEAST_STEP = 0.15
"""A step is as large as its texts' mean loss in nats, from this share of a whole step to one. Steps
that stay large undo in each round what the last one learned, and take twice as many."""
CALMER = 0.7
"""What the learning rate is multiplied by when learning some samples has undone others."""
AT_FIRST_SIGHT = 0.95
"""Least share of never-trained rewordings that are right, of the last ones."""
MOSTLY = 0.5
"""From this share of never-trained rewordings that are right on, texts are looked at first."""
SIGHTS = 2
"""How many last ones that is, per sample; and no fewer than `FEWEST_SIGHTS`."""
FEWEST_SIGHTS = 10
TEXTS_AT_ONCE = 3
"""Most texts of one sample in a round, where samples are few."""
STEADY = 0.85
"""What each step leaves of the mean of the weights before it. The last steps are a few texts'
each; their mean gives other wordings the right answer more often than the last one does."""
FEWEST_STEPS = 10
"""The mean of fewer is not taken: it is still near where they began."""
MAX_ROUNDS = 80
"""Beyond this, what is not learned contradicts something else."""


class Loop:
    """Teaches samples to a LoRA on a frozen model.

    Args:
        model: has the LoRA attached.
        lora: what is trained.
        samples: at least one of them has a target.
        rewordings: per sample, the same answer to other wordings; empty for plain training.
        learning_rate: of Muon.
        seed: of the order of samples.
        max_seconds: no step begins later than this after the loop was made.
        cancelled: asked before each step.
        report: told before each step.

    Attributes:
        losses: mean loss over the trainable tokens of each round, in nats.
        sum_loss: summed over the counted samples, as each was read before the first update.
    """

    def __init__(
        self,
        *,
        model: Llama,
        lora: Lora,
        samples: Sequence[Encoded],
        rewordings: Sequence[Sequence[Encoded]],
        learning_rate: float,
        seed: int,
        max_seconds: float,
        cancelled: Callable[[], bool],
        report: Callable[[Progress], None],
    ) -> None:
        self.losses: list[float] = []
        self.sum_loss = 0.0
        self._lora = lora
        self._samples = samples
        self._all = [i for i, sample in enumerate(samples) if sample.targets]
        self._counted = {i for i in self._all if samples[i].counted}
        others = iter(range(len(samples), len(samples) + sum(map(len, rewordings))))
        self._others = [list(islice(others, len(texts))) for texts in rewordings]
        texts = [*samples, *chain.from_iterable(rewordings)]
        self._reader = Reader(model, lora.first_layer, texts)
        self._owner = {j: i for i, texts in enumerate(self._others) for j in texts}
        self._fresh: set[int] = set()
        self._sights: list[bool] = []
        self._rounds = 0
        self._parameters = lora.parameters()
        self._mean = [matrix.clone() for matrix in self._parameters]
        self._optimiser = Muon(self._parameters, lora.rank, learning_rate)
        self._step_texts = max(LEAST_STEP_TEXTS, round(STEP_SHARE * len(self._all)))
        self._dice = random.Random(seed)  # noqa: S311 - an order, not a secret
        self._max_seconds = max_seconds
        self._cancelled = cancelled
        self._report = report
        self._started = time.monotonic()

    def run(self) -> None:
        """Train until every sample is learned or a ceiling is reached.

        Raises:
            TrainingCancelled: `cancelled` said so.
            NanLoss: the loss is no longer a number.
        """
        if len(self._all) > 1:  # a lone one's first step sees it as well
            self._look(self._all)
        self._fresh = set(self._reader.open(self._all))
        for matrix in self._parameters:
            matrix.requires_grad_(True)
        steadied = False
        while (left := self._left()) and self._rounds < MAX_ROUNDS and self._in_time():
            self._rounds += 1
            self._train(left)
            if self._left():
                continue
            if self._others and not steadied and self._reader.updates >= FEWEST_STEPS:
                self._steady()
                steadied = True
            self._look(self._all)
            if self._reader.open(self._all):
                self._calm_down()
        self._look(self._all)
        for matrix in self._parameters:
            matrix.requires_grad_(False)

    def lora(self) -> Lora:
        """What was learned."""
        return self._lora

    def not_learned(self) -> list[int]:
        """Positions of the samples that do not hold, ascending; see `Reader.not_learned`."""
        return self._reader.not_learned(self._all)

    def mean_loss(self) -> float:
        """Over the trainable tokens of all samples, as they were read last."""
        return self._reader.mean_loss(self._all)

    def _left(self) -> list[int]:
        """The texts of the next round; none when everything holds as far as it was seen."""
        missed = set(self._reader.open(self._all))
        reworded = set() if self._general() else self._fresh | self._rehearsed()
        share = max(1, min(TEXTS_AT_ONCE, LEAST_STEP_TEXTS // len(self._all)))
        left = []
        for i in self._all:
            others = self._next_others(i) if i in reworded else []
            own = i in missed and (not others or self._rounds % 2 == 0)
            left += [i] * own
            left += self._dice.sample(others, min(share - own, len(others)))
        return left

    def _general(self) -> bool:
        """Whether what is new is right in other words too, or has no more of them."""
        if not self._others or not any(self._next_others(i) for i in self._fresh):
            return True
        return self._share_right() >= AT_FIRST_SIGHT

    def _rehearsed(self) -> set[int]:
        """Some of what an earlier training taught, so that it stays as general as it was."""
        old = [i for i in self._all if i not in self._fresh]
        return set(self._dice.sample(old, min(len(self._fresh), len(old))))

    def _next_others(self, i: int) -> list[int]:
        """A sample's rewordings that were never read; after them, those that were not right."""
        open_ones = self._reader.open(self._others[i])
        return [j for j in open_ones if self._reader.seen[j] is None] or open_ones

    def _share_right(self) -> float:
        """The share of rewordings that were right at first sight, of the last ones."""
        sights = self._sights[-max(SIGHTS * len(self._fresh), FEWEST_SIGHTS) :]
        return mean(sights) if len(sights) >= FEWEST_SIGHTS else 0.0

    def _train(self, left: Sequence[int]) -> None:
        """One round: a step for each batch of what is left.

        Looking costs a third of training. Once most texts are right at first sight, all are looked
        at first, and those that are right are not trained.
        """
        if self._share_right() >= MOSTLY:
            self._look(left)
            left = self._reader.open(left)
        loss = tokens = 0.0
        order = self._dice.sample(left, len(left))
        steps = math.ceil(len(order) / self._step_texts)
        for step in range(steps):  # about as large as each other
            if not self._in_time():
                break
            batch = order[len(order) * step // steps : len(order) * (step + 1) // steps]
            loss += self._step(batch)
            tokens += self._targets(batch)
        if tokens:
            self.losses.append(loss / tokens)

    def _step(self, batch: Sequence[int]) -> float:
        """Read a batch, part by part, and take one step towards it; its summed loss before that."""
        read, tokens, open_ones = 0.0, self._targets(batch), False
        for part in self._batches(batch):
            read += self._towards(part, tokens)
            open_ones |= bool(self._reader.open(part))
        if open_ones:
            self._optimiser.step(min(1.0, max(LEAST_STEP, read / tokens)))
            self._reader.updates += 1
            for mean, matrix in zip(self._mean, self._parameters, strict=True):
                mean.lerp_(matrix.detach(), 1 - STEADY)
        return read

    def _towards(self, part: Sequence[int], tokens: int) -> float:
        """Read texts and, unless all are learned, go back through them; their summed loss.

        A function of its own, so that what it would have gone back through is gone before the next
        texts are read.

        Args:
            part: as said.
            tokens: targets of all texts of the step.
        """
        losses = self._read(part)
        if self._reader.open(part):
            texts = [self._reader.texts[i] for i in part]
            weights = [text.multiplier for text in texts for _ in text.targets]
            loss = (losses * torch.tensor(weights)).sum() / tokens
            self._check(loss)
            torch.autograd.backward(loss)
        return float(losses.detach().sum())

    def _targets(self, texts: Sequence[int]) -> int:
        return sum(len(self._reader.texts[i].targets) for i in texts)

    def _steady(self) -> None:
        """Go on from the mean of the last steps' weights."""
        self._put(self._mean)
        self._reader.updates += 1

    @torch.no_grad()
    def _put(self, weights: Sequence[Tensor]) -> None:
        for matrix, weight in zip(self._parameters, weights, strict=True):
            matrix.copy_(weight)

    @torch.no_grad()
    def _look(self, which: Sequence[int]) -> None:
        """Read those of these texts that were not read under the present weights."""
        for batch in self._batches(self._reader.stale(which)):
            self._read(batch)

    def _batches(self, which: Sequence[int]) -> list[list[int]]:
        """Texts in batches of about one length: attention is as long as the longest for all."""
        return self._reader.batches(sorted(which, key=lambda i: len(self._reader.texts[i].tokens)))

    def _read(self, batch: Sequence[int]) -> Tensor:
        """Report, stop here if that is asked for, and read a batch."""
        if self._cancelled():
            raise TrainingCancelled(CANCELLED)
        seen = self._reader.now(self._all)
        self._report(
            Progress(
                state="training",
                step=self._reader.updates,
                samples=len(self._samples),
                learned=sum(s.learned for s in seen),
                loss=self.losses[-1] if self.losses else None,
                seconds=time.monotonic() - self._started,
            )
        )
        unseen = [i for i in batch if self._reader.seen[i] is None]
        losses = self._reader.read(batch)
        self._check(losses)
        own = [i for i in unseen if i in self._counted]
        self.sum_loss += sum(seen.loss for seen in self._reader.now(own))
        new = [i for i in unseen if self._owner.get(i) in self._fresh]
        self._sights += [seen.greedy for seen in self._reader.now(new)]
        return losses

    def _check(self, loss: Tensor) -> None:
        if not bool(loss.isfinite().all()):
            raise NanLoss(
                f"The loss was no longer a number after {self._reader.updates} updates. The "
                "adapter is as it was. A smaller learning rate may help."
            )

    def _calm_down(self) -> None:
        self._optimiser.learning_rate *= CALMER
        self._optimiser.forget()

    def _in_time(self) -> bool:
        return time.monotonic() - self._started < self._max_seconds
