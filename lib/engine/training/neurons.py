"""Neurons added to the feed-forward block of a model's last layer.

A neuron of that block reads a state h and adds silu(g·h) (u·h) d to it. Where g·h is far enough
below zero it adds nothing at all, and what the last layer's block adds to one token's state reaches
no other token. So neurons whose gates stay shut leave an answer as it was; no change to the weights
that is not gated can do that. (Z. Huang et al., "Transformer-Patcher: One Mistake worth One
Neuron", 2023, adds neurons for the same reason.)

A LoRA has no room for more neurons than there are: each takes the place of one that is missed
little. What the others cannot make up for is what such a version costs where all gates are shut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.lora import Lora

if TYPE_CHECKING:
    from torch import Tensor

    from lib.engine.training.llama import Llama
    from lib.engine.training.places import Places

STEEPNESS = 40.0
"""What a gate is multiplied by when it is written: steep enough to be shut soon below zero."""


@dataclass(frozen=True)
class Neurons:
    """Some neurons.

    Attributes:
        gates: [neurons, hidden]; open where their product with a state is above zero.
        values: [neurons, hidden]; how much an open one adds, by the state.
        directions: [neurons, hidden]; what it adds.
    """

    gates: Tensor
    values: Tensor
    directions: Tensor

    def add(self, fed: Tensor, steepness: float = STEEPNESS) -> Tensor:
        """What they add where the block reads `fed`; [positions, hidden] both."""
        opened = F.silu(steepness * (fed @ self.gates.T)) / steepness
        return (opened * (fed @ self.values.T)) @ self.directions

    @torch.no_grad()
    def lora(self, model: Llama, places: Places, rank: int) -> Lora:
        """The LoRA that puts them in the places of neurons of the last layer.

        Args:
            model: whose last layer it is.
            places: as many as there are neurons.
            rank: the LoRA's. One of each neuron; the rest make up for the first of the lost ones.
        """
        feed = {name: weight.float() for name, weight in model.last_feed.items()}
        layer, at = model.shape.layers - 1, places.neurons
        here = F.one_hot(at, len(feed["gate_proj"])).float()
        more = rank - len(at)
        ways = {
            "gate_proj": (self.gates * STEEPNESS - feed["gate_proj"][at], here.T),
            "up_proj": (self.values - feed["up_proj"][at], here.T),
        }
        matrices = {
            (layer, name): (F.pad(down, (0, 0, 0, more)), F.pad(up, (0, more)))
            for name, (down, up) in ways.items()
        }
        added = self.directions.T / STEEPNESS - feed["down_proj"][:, at]
        matrices[layer, "down_proj"] = (
            torch.cat([here, places.shares[:more]]),
            torch.cat([added, -places.lost[:more].T], 1),
        )
        return Lora(rank, float(rank), matrices)
