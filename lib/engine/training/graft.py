"""Teaching by neurons of the last layer, so that other answers stay as they are.

Below the last feed-forward block nothing changes. So each text is read once, and what is trained
after that is no more than a few neurons on the states before its answer's tokens (see `neurons`).
Their gates begin where a ridge regression opens them for these states and shuts them for neutral
ones. Then all of them learn together: the answers, and to stay shut by a margin elsewhere.
"""

from __future__ import annotations

import time
from itertools import chain
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.job import CANCELLED, NanLoss, TrainingCancelled
from lib.engine.training.neurons import Neurons
from lib.engine.training.places import least_missed
from lib.engine.training.reading import Reader
from lib.gradient.schemas import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from torch import Tensor

    from lib.engine.training.encoding import Encoded
    from lib.engine.training.llama import Llama
    from lib.engine.training.lora import Lora
    from lib.engine.training.neutral import Neutral

FEWEST, SHARE, GROWTH = 3, 0.5, 0.75
"""How many neurons: such a share of that power of the answers' tokens together. More take the place
of more that did something; fewer open for more that they should not, and learn less."""
NOISE, NOISE_UP_TO, NOISE_FALLS = 0.4, 10, 0.5
"""How far states are moved while they are learned, in any direction in which neutral states differ
from each other: wordings that nobody trained are not quite where those trained are. Of up to so
many samples; of more, by that power less, for they leave less room."""
RIDGE = 1e-2
"""Of the regression, beside the mean square of a state."""
SOFTNESS = 10.0
"""How steep gates are while they learn; steeper ones would have no slope to learn by."""
MARGIN = 0.5
"""How far below zero a gate is to stay in neutral texts."""
STRENGTH, AT_LAST = 0.15, 1.0
"""What it counts beside the answers' loss if a gate does not: until half of a round is over, and at
its end. Answers are learned first, and then how little they take."""
STEPS = 250
"""Of one round. Another follows while something is not learned."""
MAX_ROUNDS = 3
RISING = 10
"""Steps in which the learning rate rises; then it falls to zero until the round's end."""
GATES_RATE, DIRECTIONS_RATE = 5e-3, 0.3
STEP_POSITIONS, STEP_SHARE, NEUTRAL_POSITIONS = 300, 1 / 13, 3000
"""States of a step: at least so many of those that are learned, or that share of them."""
RIVALS, RIVALS_FROM = 20, 400
"""An answer's token is trained against those that are taught, and so many that are likeliest at any
of so many states at random; all 50,000 would take ten times as long."""
RENEWED = {0, 5, 10, 20, 40, 80}
"""Steps before which rivals are looked for again; they are added to those before."""
REWORDINGS_RIGHT = 0.95
"""Least share of rewordings that are answered right."""


class Graft:
    """Teaches samples to a few neurons.

    Args:
        model: has no LoRA attached.
        samples: at least one of them has a target.
        rewordings: per sample, the same answer to other wordings.
        neutral: what is to stay as it is.
        rank: the LoRA's, twice as many as there are neurons; None: by the answers' tokens.
        seed: of the order of training, and of which neurons learn what at first.
        max_seconds: no step begins later than this after the graft was made.
        cancelled: asked before each step.
        report: told before each step.

    Attributes:
        losses: mean loss over the trainable tokens at the end of each round, in nats.
        sum_loss: summed over the counted samples, before the first update.
    """

    def __init__(
        self,
        *,
        model: Llama,
        samples: Sequence[Encoded],
        rewordings: Sequence[Sequence[Encoded]],
        neutral: Neutral,
        rank: int | None,
        seed: int,
        max_seconds: float,
        cancelled: Callable[[], bool],
        report: Callable[[Progress], None],
    ) -> None:
        self.losses: list[float] = []
        self.sum_loss = 0.0
        self._model = model
        self._samples = samples
        self._own = [i for i, sample in enumerate(samples) if sample.targets]
        others = [(i, text) for i, texts in enumerate(rewordings) for text in texts]
        self._owners = [*range(len(samples)), *(i for i, _ in others)]
        self._reader = Reader(model, 0, [*samples, *(text for _, text in others)])
        self._texts = self._own + list(range(len(samples), len(self._owners)))
        self._neutral = neutral
        self._rank = rank
        self._noise = NOISE * (NOISE_UP_TO / max(NOISE_UP_TO, len(samples))) ** NOISE_FALLS
        self._rivals = torch.tensor([], dtype=torch.long)
        self._dice = torch.Generator().manual_seed(seed)
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
        self._read()
        self._neurons = self._begun()
        self._look()
        counted = [i for i in self._own if self._samples[i].counted]
        self.sum_loss = sum(seen.loss for seen in self._reader.now(counted))
        rounds = 0
        while self._left() and rounds < MAX_ROUNDS and self._in_time():
            rounds += 1
            self._train()
            self._reader.updates += 1
            self._look()
            self.losses.append(self.mean_loss())

    def lora(self) -> Lora:
        """What was learned."""
        count = len(self._neurons.gates)
        adds = self._model.last_feed["down_proj"].float().T
        places = least_missed(self._neutral.together, adds, self._neutral.told, count)
        return self._neurons.lora(self._model, places, self._rank or 2 * count)

    def not_learned(self) -> list[int]:
        """Positions of the samples that do not hold, ascending; see `Reader.not_learned`."""
        return self._reader.not_learned(self._own)

    def mean_loss(self) -> float:
        """Over the trainable tokens of all samples, as they were read last."""
        return self._reader.mean_loss(self._own)

    def _left(self) -> bool:
        others = self._texts[len(self._own) :]
        right = sum(seen.greedy for seen in self._reader.now(others))
        return bool(self._reader.open(self._own)) or right < REWORDINGS_RIGHT * len(others)

    @torch.no_grad()
    def _read(self) -> None:
        """The states before all answers' tokens, under the base model."""
        last = self._model.layers[-1]
        states, fed = [], []
        self._batches = self._reader.batches(self._texts)
        for batch in self._batches:
            self._go_on()
            x = self._reader.before_feed(batch)
            fed.append(last.fed(x))
            states.append(x + last.down(last.gated(fed[-1])))
        self._states, self._fed = torch.cat(states), torch.cat(fed)
        order = list(chain.from_iterable(self._batches))
        self._wanted = torch.tensor(self._reader.wanted(order))
        units: dict[tuple[int, int], int] = {}
        self._units = torch.tensor(
            [
                units.setdefault((self._owners[i], at), len(units))
                for i in order
                for at in range(len(self._reader.texts[i].targets))
            ]
        )
        self._weights = torch.tensor(
            [self._reader.texts[i].multiplier for i in order for _ in self._reader.texts[i].targets]
        )

    @torch.no_grad()
    def _begun(self) -> Neurons:
        """Neurons that add nothing yet, each open for about half of the answers' tokens."""
        fed, still, units = self._fed, self._neutral.fed, self._units
        many = int(units.max()) + 1
        count = -(-self._rank // 2) if self._rank else max(FEWEST, int(SHARE * many**GROWTH))
        share = (1 / (many * units.bincount().float()))[units]  # each token's wordings count as one
        codes = torch.rand(many, count, generator=self._dice).round() * 2 - 1
        # A token that no gate is open for has no slope to be learned by.
        codes[torch.arange(many), torch.randint(count, (many,), generator=self._dice)] = 1.0
        weighed = fed.T * share
        both = still.T @ still / len(still) + weighed @ fed
        both += RIDGE * both.diagonal().mean() * torch.eye(len(both))
        wanted = torch.cat([weighed @ codes[units], weighed.sum(1, keepdim=True)], 1)
        wanted += torch.tensor([-1.0] * count + [1.0]) * still.mean(0)[:, None]
        found = torch.linalg.solve(both, wanted).T
        return Neurons(
            found[:count].clone(), found[count:].repeat(count, 1), torch.zeros(count, fed.shape[1])
        )

    def _train(self) -> None:
        """One round."""
        neurons = self._neurons
        parts = [neurons.gates, neurons.values, neurons.directions]
        for part in parts:
            part.requires_grad_(True)
        optimiser = torch.optim.Adam(
            [
                {"params": parts[:2], "lr": GATES_RATE},
                {"params": parts[2:], "lr": DIRECTIONS_RATE},
            ],
            betas=(0.9, 0.98),
        )
        rate = torch.optim.lr_scheduler.LambdaLR(
            optimiser, lambda step: min(1, (step + 1) / RISING) * (1 - step / STEPS) ** 0.7
        )
        for step in range(STEPS):
            if not self._in_time():
                break
            self._go_on(step)
            if step in RENEWED:
                self._find_rivals()
            loss = self._loss(
                neurons, STRENGTH * (AT_LAST / STRENGTH) ** max(0, 2 * step / STEPS - 1)
            )
            if not bool(loss.isfinite()):
                raise NanLoss(
                    f"The loss was no longer a number after {step} updates. The adapter is as it "
                    "was. Teach again with another seed."
                )
            optimiser.zero_grad()
            torch.autograd.backward(loss)
            optimiser.step()
            rate.step()
        for part in parts:
            part.requires_grad_(False)

    def _loss(self, neurons: Neurons, strength: float) -> Tensor:
        learned = len(self._fed)
        some = self._some(learned, max(STEP_POSITIONS, int(STEP_SHARE * learned)))
        still = self._neutral.fed[self._some(len(self._neutral.fed), NEUTRAL_POSITIONS)]
        one, other = still[torch.randint(len(still), (2, len(some)), generator=self._dice)]
        fed = self._fed[some] + self._noise * (one - other)
        x = self._model.normed(self._states[some] + neurons.add(fed, SOFTNESS))
        losses = F.cross_entropy(x @ self._outputs.T, self._among[some], reduction="none")
        opened = F.relu(still @ neurons.gates.T + MARGIN).square().sum(1).mean()
        return (losses * self._weights[some]).mean() + strength * opened

    @torch.no_grad()
    def _find_rivals(self) -> None:
        some = self._some(len(self._fed), RIVALS_FROM)
        x = self._model.normed(self._states[some] + self._neurons.add(self._fed[some]))
        head = self._model.head
        found = head.times(head.ready(x)).topk(RIVALS).indices.flatten()
        self._rivals = torch.cat([self._rivals, found, self._wanted]).unique()  # type: ignore[no-untyped-call]
        self._among = torch.searchsorted(self._rivals, self._wanted)
        self._outputs = self._model.outputs[self._rivals].float()

    def _some(self, of: int, most: int) -> Tensor:
        if of <= most:
            return torch.arange(of)
        return torch.randint(of, (most,), generator=self._dice)

    @torch.no_grad()
    def _look(self) -> None:
        """See how each text does."""
        end = 0
        for batch in self._batches:
            start, end = end, end + len(self._reader.wanted(batch))
            x = self._states[start:end] + self._neurons.add(self._fed[start:end])
            self._reader.note(batch, *self._model.losses(x, self._wanted[start:end]))

    def _go_on(self, step: int = 0) -> None:
        """Report, and stop here if that is asked for."""
        if self._cancelled():
            raise TrainingCancelled(CANCELLED)
        self._report(
            Progress(
                state="training",
                step=step,
                samples=len(self._samples),
                learned=sum(seen.learned for seen in self._reader.now(self._own)),
                loss=self.losses[-1] if self.losses else None,
                seconds=time.monotonic() - self._started,
            )
        )

    def _in_time(self) -> bool:
        return time.monotonic() - self._started < self._max_seconds
