"""The neurons of a feed-forward block that are missed least, and how the others make up for them.

Taken out one after another: each time the one whose absence moves what the block adds least, after
the others' weights were set so that they add what it did as well as they can. (B. Hassibi and
D. Stork, "Optimal Brain Surgeon", 1993, for single weights; here for a neuron's whole row.)
"""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

RIDGE = 1e-4
"""Of the mean square of a neuron: what keeps neurons that say the same from being told apart."""


class Places(NamedTuple):
    """Some neurons of a block, in the order in which they were taken out."""

    neurons: Tensor
    """[places]."""
    shares: Tensor
    """[places, neurons]: how much of what is lost each other neuron makes up for; 0 for these."""
    lost: Tensor
    """[places, hidden]: what is lost with each."""


def least_missed(together: Tensor, adds: Tensor, told: Tensor, count: int) -> Places:
    """So many neurons of a block.

    Args:
        together: [neurons, neurons]: the mean product of every two of them.
        adds: [neurons, hidden]: what one adds if it is 1.
        told: [hidden, hidden]: how much a change of what is added counts, as a quadratic form.
        count: fewer than there are neurons.
    """
    ridge = RIDGE * together.diagonal().mean() * torch.eye(len(together))
    inverse = torch.linalg.inv((together + ridge).double()).float()
    adds = adds.clone()
    counts = ((adds @ told) * adds).sum(1)
    out: list[int] = []
    shares, lost = [], []
    for _ in range(count):
        costs = counts / inverse.diagonal()
        costs[out] = torch.inf
        neuron = int(costs.argmin())
        share = inverse[:, neuron] / inverse[neuron, neuron]
        row = adds[neuron].clone()
        counts = counts - 2 * share * (adds @ (told @ row)) + share.square() * (row @ told @ row)
        adds -= torch.outer(share, row)
        inverse -= torch.outer(share, inverse[neuron])
        out.append(neuron)
        inverse[out, out] = 1.0
        shares.append(share)
        lost.append(row)
    taken, parts = torch.tensor(out), torch.stack(shares)
    parts[:, taken] = 0.0
    return Places(taken, parts, torch.stack(lost))
