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
    """Updates matrices in place by their gradients.

    Args:
        matrices: [m, n] each.
        learning_rate: root mean square of a step's entries, as about Adam's is.
    """

    def __init__(self, matrices: Sequence[Tensor], learning_rate: float) -> None:
        self.learning_rate = learning_rate
        self._matrices = matrices
        self._momenta = [torch.zeros_like(matrix) for matrix in matrices]

    @torch.no_grad()
    def step(self, share: float = 1.0) -> None:
        """Take a share of one step, and forget the gradients."""
        for matrix, momentum in zip(self._matrices, self._momenta, strict=True):
            gradient, matrix.grad = matrix.grad, None
            if gradient is None:
                continue
            momentum.mul_(MOMENTUM).add_(gradient)
            step = _orthogonal(gradient + MOMENTUM * momentum)
            matrix.sub_(step, alpha=share * self.learning_rate * math.sqrt(max(step.shape)))


def _orthogonal(x: Tensor) -> Tensor:
    """The matrix with orthonormal rows or columns, whichever are fewer, nearest to `x`.

    Zero where `x` is.
    """
    if x.shape[0] < x.shape[1]:
        return _orthogonal(x.T).T
    values, vectors = torch.linalg.eigh((x.T @ x).double())
    largest = float(values[-1])
    if not largest > 0:
        return torch.zeros_like(x)
    roots = values.clamp_min(largest * LEAST).rsqrt()
    root: Tensor = (vectors * roots) @ vectors.T
    return x @ root.to(x.dtype)
