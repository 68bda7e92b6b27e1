"""Training until learned.

A text is learned when each token asked of it is the likeliest by a margin. What is learned is left
out of the next epochs; when nothing is left, all samples are looked at once more, together, and
whatever was lost meanwhile is trained again.

A sample may have rewordings. Then an epoch trains one of a sample's texts that is not learned yet,
its own words every other time; and the training ends when, besides all samples, nine of ten
rewordings that were never trained are right at first sight: then the answers hang on what is asked
and not on how.
"""

from __future__ import annotations

import math
import random
import time
from dataclasses import dataclass, field
from itertools import chain, islice
from statistics import mean
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.encoding import contested
from lib.engine.training.job import NanLoss, TrainingCancelled
from lib.engine.training.tree import grow, new_nodes, rounded
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
TARGETS_STEP = 16
"""Targets are multiplied in multiples of so many, as nodes are: see `tree.NODES_STEP`."""
CALMER = 0.7
"""What the learning rate is multiplied by when learning some samples has undone others."""
AT_FIRST_SIGHT = 0.9
"""Least share of never-trained rewordings that are right, of the last `FIRST_SIGHTS` or more."""
FIRST_SIGHTS = 10
FORMS_AT_ONCE = 3
"""Most texts of one sample in an epoch, where samples are few."""
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
        rewordings: per sample, the same answer to other wordings; empty for plain training.
        learning_rate: of AdamW.
        seed: of the order of samples.
        max_seconds: no step begins later than this after the loop was made.
        cancelled: asked before each step.
        report: told before each step.
    """

    model: Llama
    lora: Lora
    samples: Sequence[Encoded]
    rewordings: Sequence[Sequence[Encoded]]
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
        self._texts = [*self.samples, *chain.from_iterable(self.rewordings)]
        self._others: list[list[int]] = [[] for _ in self.samples]
        others = iter(range(len(self.samples), len(self._texts)))
        for i, forms in enumerate(self.rewordings):
            self._others[i] = list(islice(others, len(forms)))
        self._everything = [i for i, sample in enumerate(self.samples) if sample.targets]
        self._contested = contested(self._texts)
        self._first = self.lora.first_layer
        self._below: dict[int, Tensor] = {}
        self._seen: list[Seen | None] = [None] * len(self._texts)
        self._first_sights: list[bool] = []
        self._updates = 0
        self._order = random.Random(self.seed)  # noqa: S311 - an order, not a secret
        self._started = time.monotonic()

    def run(self) -> None:
        """Train until every sample is learned or a ceiling is reached.

        Raises:
            TrainingCancelled: `cancelled` said so.
            NanLoss: the loss is no longer a number.
        """
        self._look(self._everything)
        self.sum_loss = sum(
            seen.loss for i, seen in self._now(self._everything) if self.samples[i].counted
        )
        parameters = [matrix.requires_grad_() for matrix in self.lora.parameters()]
        optimiser = torch.optim.AdamW(parameters, lr=self.learning_rate, weight_decay=0.0)
        while (left := self._left()) and len(self.losses) < MAX_EPOCHS and self._in_time():
            loss = tokens = 0.0
            for batch in self._batches(left, BATCH_SAMPLES):
                if not self._in_time():
                    break
                loss += self._step(batch, optimiser)
                tokens += sum(len(self._texts[i].targets) for i in batch)
            self.losses.append(loss / max(tokens, 1))
            if not self._left():
                self._look(self._everything)
                for group in optimiser.param_groups:
                    group["lr"] *= CALMER
        self._look(self._everything)
        for matrix in parameters:
            matrix.requires_grad_(False)

    def _left(self) -> list[int]:
        """The texts of the next epoch; none when everything holds as far as it was seen."""
        missed = set(self._open(self._everything))
        sights = self._first_sights[-max(FIRST_SIGHTS, len(self._everything)) :]
        general = len(sights) >= FIRST_SIGHTS and mean(sights) >= AT_FIRST_SIGHT
        share = max(1, min(FORMS_AT_ONCE, BATCH_SAMPLES // len(self._everything)))
        left = []
        for i in self._everything:
            others = [] if general else self._open(self._others[i])
            own = i in missed and (not others or len(self.losses) % 2 == 0)
            left += [i] * own
            left += self._order.sample(others, min(share - own, len(others)))
        self._order.shuffle(left)
        return left

    def _open(self, which: Sequence[int]) -> list[int]:
        """Those that were never seen, or not learned when they were."""
        return [i for i in which if (seen := self._seen[i]) is None or not seen.learned]

    def not_learned(self) -> list[int]:
        """Positions of the samples that do not hold, ascending.

        An answer that another sample contradicts holds if it is the one that is given.
        """
        return [
            i
            for i, seen in self._now(self._everything)
            if not (seen.learned and (seen.greedy or not self.samples[i].context))
        ]

    @property
    def mean_loss(self) -> float:
        """Over the trainable tokens of all samples, as they were last seen."""
        seen = self._now(self._everything)
        return sum(s.loss for _, s in seen) / sum(len(self._texts[i].targets) for i, _ in seen)

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
        new = [i for i in batch if self._seen[i] is None]
        logits = self._logits(batch)
        losses = self._note(batch, logits)
        self._first_sights += [seen.greedy for _, seen in self._now(new)]
        weights = [self._texts[i].multiplier for i in batch for _ in self._texts[i].targets]
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
        seen = self._now(self._everything)
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
        for i in sorted(which, key=lambda i: len(self._texts[i].tokens)):
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
        states = torch.cat(self._states(batch))
        tree = grow([self._read(i) for i in batch])
        # A node that several samples share has the same state in each of them: the last is taken.
        at = torch.zeros(len(tree.tokens), dtype=torch.long)
        at[list(chain.from_iterable(tree.paths))] = torch.arange(sum(map(len, tree.paths)))
        x = self.model.run(states[at], tree, self._first, self.model.shape.layers)
        before = [
            path[target - 1]
            for i, path in zip(batch, tree.paths, strict=True)
            for target in self._texts[i].targets
        ]
        spare = rounded(len(before), TARGETS_STEP) - len(before)
        return self.model.logits(x[before + before[:1] * spare])[: len(before)]

    @torch.no_grad()
    def _states(self, batch: Sequence[int]) -> list[Tensor]:
        """Each text's hidden states before the layers that are trained, kept for the samples."""
        new = [i for i in batch if i not in self._below]
        states = {i: self._below[i] for i in batch if i in self._below}
        if new:
            tree = grow([self._read(i) for i in new])
            x = self.model.run(self.model.embed(tree.tokens), tree, 0, self._first)
            states |= {i: x[path] for i, path in zip(new, tree.paths, strict=True)}
        self._below |= {i: states[i] for i in new if i < len(self.samples)}
        return [states[i] for i in batch]

    def _read(self, i: int) -> list[int]:
        """What a sample's last target is expected from: the tokens before it."""
        return self._texts[i].tokens[: self._texts[i].targets[-1]]

    def _note(self, batch: Sequence[int], logits: Tensor) -> Tensor:
        """Keep what is seen of a batch; the loss of each of its targets."""
        wanted = torch.tensor(
            [self._texts[i].tokens[at] for i in batch for at in self._texts[i].targets]
        )
        losses = F.cross_entropy(logits, wanted, reduction="none")
        self._check(losses)
        likeliest = (logits.argmax(-1) == wanted).tolist()
        sure = (losses <= -math.log(MARGIN)).tolist()
        at = 0
        values = losses.detach().tolist()
        for i in batch:
            targets = self._texts[i].targets
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
        return first or not (self._texts[i].context and self._contested[i][target])
