"""Reading texts under the present weights: what is expected at each token, and whether it holds."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, NamedTuple

import torch
from torch import Tensor

from lib.engine.training.below import Below
from lib.engine.training.encoding import contested
from lib.engine.training.tree import grow, new_nodes, rounded

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.engine.training.encoding import Encoded
    from lib.engine.training.llama import Llama
    from lib.engine.training.tree import Tree

MARGIN = 0.8
"""Least probability of a learned token. llama.cpp's quantised arithmetic differs from this by a few
hundredths."""
AT_ONCE = 32
"""Most texts that are read together, where `BATCH_TOKENS` has room for more short ones."""
BATCH_TOKENS = 512
"""Most tokens read at once: what bounds memory. A training step of 1,024 takes 540 MB more and a
tenth less time, one of 300 150 MB less and a fifth more."""
TARGETS_STEP = 16
"""Targets are multiplied in multiples of so many, as nodes are: see `tree.FINE_STEP`."""


class Seen(NamedTuple):
    """What a text looked like when it was read last."""

    reading: int
    """Grows with every change of the weights."""
    loss: float
    """Summed over its targets, in nats, not weighed."""
    learned: bool
    """Every target is the likeliest token by a margin, as far as nothing contradicts it."""
    greedy: bool
    """Every target is the likeliest token, contested ones too."""


class Reader:
    """Reads texts, batch by batch, and remembers what it saw.

    Args:
        model: has the LoRA attached.
        first_layer: the lowest layer that the LoRA changes.
        texts: what is read; those with no target never are.

    Attributes:
        seen: per text, what it looked like; None before it was read.
        updates: to be raised with every change of the weights.
    """

    def __init__(self, model: Llama, first_layer: int, texts: Sequence[Encoded]) -> None:
        self.texts = texts
        self.seen: list[Seen | None] = [None] * len(texts)
        self.updates = 0
        self._model = model
        self._first = first_layer
        before_last = [self._before_last(i) if text.targets else [] for i, text in enumerate(texts)]
        self._below = Below(model, first_layer, before_last)
        self._contested = contested(texts)

    def now(self, which: Sequence[int]) -> list[Seen]:
        """What was seen of these texts; those that were never read are left out."""
        return [seen for i in which if (seen := self.seen[i]) is not None]

    def open(self, which: Sequence[int]) -> list[int]:
        """Those that were never read, or were not learned when they were."""
        return [i for i in which if (seen := self.seen[i]) is None or not seen.learned]

    def stale(self, which: Sequence[int]) -> list[int]:
        """Those that were not read since the weights changed last."""
        return [i for i in which if (s := self.seen[i]) is None or s.reading != self.updates]

    def not_learned(self, which: Sequence[int]) -> list[int]:
        """Those of these texts, all read, that do not hold.

        An answer that another text contradicts holds if it is the one that is given.
        """
        return [
            i
            for i, seen in zip(which, self.now(which), strict=True)
            if not (seen.learned and (seen.greedy or not self.texts[i].context))
        ]

    def mean_loss(self, which: Sequence[int]) -> float:
        """Over the targets of these texts, in nats, as they were read last."""
        targets = sum(len(self.texts[i].targets) for i in which)
        return sum(seen.loss for seen in self.now(which)) / targets

    def batches(self, which: Sequence[int]) -> list[list[int]]:
        """Texts in this order, in batches about as large as each other.

        None has more than `AT_ONCE` texts, nor more than `BATCH_TOKENS`, but for a lone text.
        """
        batches: list[list[int]] = []
        most = -(-len(which) // max(1, -(-len(which) // AT_ONCE)))
        size = 0
        for i in which:
            own = self._before_last(i)
            if batches and len(batches[-1]) < most:
                size += new_nodes(self._before_last(batches[-1][-1]), own)
            if not batches or len(batches[-1]) == most or size > BATCH_TOKENS:
                batches.append([])
                size = len(own)
            batches[-1].append(i)
        return batches

    def read(self, batch: Sequence[int]) -> Tensor:
        """The loss at each target of each text, [targets], not weighed; `seen` is renewed."""
        losses, first = self._losses(batch)
        self.note(batch, losses, first)
        return losses

    def note(self, batch: Sequence[int], losses: Tensor, first: Tensor) -> None:
        """Renew `seen` by the loss at each target, and whether the wanted token is the likeliest.

        Both are [targets], of these texts, one after another.
        """
        values, likeliest = losses.detach().tolist(), first.tolist()
        end = 0
        for i in batch:
            start, end = end, end + len(self.texts[i].targets)
            held = [
                self._holds(i, target, loss, first=first)
                for target, loss, first in zip(
                    self.texts[i].targets, values[start:end], likeliest[start:end], strict=True
                )
            ]
            self.seen[i] = Seen(
                self.updates, sum(values[start:end]), all(held), all(likeliest[start:end])
            )

    @torch.no_grad()
    def before_feed(self, batch: Sequence[int]) -> Tensor:
        """`Llama.before_feed` where each target of each text is expected, [targets, hidden]."""
        tree = grow([self._before_last(i) for i in batch])
        return self._model.before_feed(tree, torch.tensor(self._expecting(batch, tree)))

    def wanted(self, batch: Sequence[int]) -> list[int]:
        """The token at each target of each text."""
        return [self.texts[i].tokens[target] for i in batch for target in self.texts[i].targets]

    def _expecting(self, batch: Sequence[int], tree: Tree) -> list[int]:
        """The node before each target of each text."""
        return [
            path[target - 1]
            for i, path in zip(batch, tree.paths, strict=True)
            for target in self.texts[i].targets
        ]

    def _holds(self, i: int, target: int, loss: float, *, first: bool) -> bool:
        """Whether a target is as it should be; a contested one is where the heaviest has won."""
        if target not in self._contested[i]:
            return loss <= -math.log(MARGIN)
        return first or not (self.texts[i].context and self._contested[i][target])

    def _losses(self, batch: Sequence[int]) -> tuple[Tensor, Tensor]:
        """`Llama.losses` of each target of each text, [targets] each."""
        tree = grow([self._before_last(i) for i in batch])
        before, wanted = self._expecting(batch, tree), self.wanted(batch)
        spare = rounded(len(before), TARGETS_STEP) - len(before)
        last = torch.tensor(before + before[:1] * spare)
        states = self._below.states(batch, tree)
        x = self._model.run(states, tree, self._first, self._model.shape.layers, last)
        losses, first = self._model.losses(x, torch.tensor(wanted + wanted[:1] * spare))
        return losses[: len(before)], first[: len(before)]

    def _before_last(self, i: int) -> list[int]:
        """The tokens that a text's last target is expected from."""
        return self.texts[i].tokens[: self.texts[i].targets[-1]]
