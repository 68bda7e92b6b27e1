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
        self._rank = rank
        self._matrices = matrices
        self._momenta = [torch.zeros_like(matrix) for matrix in matrices]

    @torch.no_grad()
    def step(self, share: float = 1.0) -> None:
        """Take a share of one step, and forget the gradients."""
        moved, directions = [], []
        for matrix, momentum in zip(self._matrices, self._momenta, strict=True):
            gradient, matrix.grad = matrix.grad, None
            if gradient is not None:
                momentum.mul_(MOMENTUM).add_(gradient)
                moved.append(matrix)
                directions.append(self._upright(gradient + MOMENTUM * momentum))
        for matrix, step in zip(moved, _orthogonal(directions), strict=True):
            reach = share * self.learning_rate * math.sqrt(max(step.shape))
            self._upright(matrix).sub_(step, alpha=reach)

    def _upright(self, matrix: Tensor) -> Tensor:
        return matrix if matrix.shape[1] == self._rank else matrix.T


def _orthogonal(matrices: Sequence[Tensor]) -> list[Tensor]:
    """Per matrix, [n, rank] each, that with orthonormal columns or rows that is nearest to it.

    Zero where it is.
    """
    values, vectors = torch.linalg.eigh(torch.stack([x.T @ x for x in matrices]).double())
    largest = values[:, -1:]
    inverse = torch.where(largest > 0, values.clamp_min(largest * LEAST).rsqrt(), 0)
    roots = (vectors * inverse[:, None]) @ vectors.mT
    return [x @ root for x, root in zip(matrices, roots.float(), strict=True)]
