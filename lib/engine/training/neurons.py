"""Neurons added to the feed-forward block of a model's last layer.

A neuron of that block reads a state h and adds silu(g·h) (u·h) d to it. Where g·h is far enough
below zero it adds nothing at all, and what the last layer's block adds to one token's state reaches
no other token. So neurons whose gates stay shut leave an answer as it was; no change to the weights
that is not gated can do that. (Z. Huang et al., "Transformer-Patcher: One Mistake worth One
Neuron", 2023, adds neurons for the same reason.)

A LoRA has no room for more neurons than there are: each takes the place of one that does little,
and what that one did is missing. This is what such a version costs where all its gates are shut.
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
    def lora(self, model: Llama, places: Tensor) -> Lora:
        """The LoRA that puts them in the place of the last layer's neurons `places`, [neurons]."""
        feed = {name: weight.float() for name, weight in model.last_feed.items()}
        rank, layer = len(self.gates), model.shape.layers - 1
        at = F.one_hot(places, len(feed["gate_proj"])).float()
        ways = {
            "gate_proj": (self.gates * STEEPNESS - feed["gate_proj"][places], at.T),
            "up_proj": (self.values - feed["up_proj"][places], at.T),
            "down_proj": (at, self.directions.T / STEEPNESS - feed["down_proj"][:, places]),
        }
        matrices = {
            (layer, name): (down.contiguous(), up.contiguous()) for name, (down, up) in ways.items()
        }
        return Lora(rank, float(rank), matrices)
