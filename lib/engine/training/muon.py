"""Muon: momentum whose steps turn every direction of a matrix alike.

A gradient of many facts is dominated by what they share. Adam follows it; Muon makes the step
orthogonal first, so that what only one fact needs is learned as fast as what all do. (K. Jordan et
al., "Muon: An optimizer for hidden layers in neural networks", 2024.)

torch's own iterates towards the orthogonal matrix in bfloat16, for the sake of large matrices. A
LoRA's are thin: their Gram matrix has `rank` rows, and its inverse root is exact and cheaper.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from torch import Tensor

MOMENTUM = 0.8
LEAST = 1e-6
"""Of the largest eigenvalue: directions with less are noise, and are not blown up to full size."""


class Muon:
    """Updates a LoRA's matrices in place by their gradients.

    Args:
        matrices: [rank, n] or [n, rank] each; n may be less.
        rank: of the LoRA.
        learning_rate: root mean square of a step's entries, as about Adam's is.
    """

    def __init__(self, matrices: Sequence[Tensor], rank: int, learning_rate: float) -> None:
        self.learning_rate = learning_rate
        alike: dict[int, list[tuple[Tensor, Tensor]]] = {}
        for matrix in matrices:
            upright = matrix.detach() if matrix.shape[1] == rank else matrix.detach().T
            alike.setdefault(len(upright), []).append((matrix, upright))
        self._alike = list(alike.values())
        self._momenta = [torch.zeros(len(them), len(them[0][1]), rank) for them in self._alike]

    @torch.no_grad()
    def step(self, share: float = 1.0) -> None:
        """Take a share of one step, and forget the gradients; what has none has zero."""
        directions = []
        for them, momentum in zip(self._alike, self._momenta, strict=True):
            gradients = torch.stack([_gradient(*pair) for pair in them])
            momentum.mul_(MOMENTUM).add_(gradients)
            directions.append(gradients.add_(momentum, alpha=MOMENTUM))
        roots = _inverse_roots(torch.cat([x.mT @ x for x in directions]))
        start = 0
        for them, direction in zip(self._alike, directions, strict=True):
            steps = direction @ roots[start : (start := start + len(them))]
            reach = share * self.learning_rate * math.sqrt(max(direction.shape[1:]))
            for (_, upright), step in zip(them, steps, strict=True):
                upright.sub_(step, alpha=reach)

    def forget(self) -> None:
        """Begin anew, without momentum."""
        for momentum in self._momenta:
            momentum.zero_()


def _gradient(matrix: Tensor, upright: Tensor) -> Tensor:
    """Take a matrix's gradient from it; as upright as the other one."""
    gradient, matrix.grad = matrix.grad, None
    if gradient is None:
        return torch.zeros_like(upright)
    return gradient if gradient.shape == upright.shape else gradient.T


def _inverse_roots(grams: Tensor) -> Tensor:
    """[matrices, rank, rank] → what makes a matrix of each of these Gram matrices orthogonal.

    Zero where it is zero.
    """
    values, vectors = torch.linalg.eigh(grams.double())
    largest = values[:, -1:]
    inverse = torch.where(largest > 0, values.clamp_min(largest * LEAST).rsqrt(), 0)
    roots: Tensor = (vectors * inverse[:, None]) @ vectors.mT
    return roots.float()
