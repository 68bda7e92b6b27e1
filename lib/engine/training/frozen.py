"""A matrix that is multiplied by and never changed.

Where the processor has instructions for it, in eight bits: four times as fast as in float32, and
exact but for the rounding of what is multiplied. Each row is rounded by its own step. A few columns
of a language model's states are many times as large as the others and would leave these no steps;
so rows are first turned by a Hadamard matrix, which spreads every column over 64 and is its own
inverse, and the frozen matrix is kept turned the same way. (S. Ashkboos et al., "QuaRot:
Outlier-Free 4-Bit Inference in Rotated LLMs", 2024.) What is left of the rounding is about what
llama.cpp's own Q8_0 has.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, NamedTuple, Protocol

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

if TYPE_CHECKING:
    from collections.abc import Mapping

TURNED = 64
"""Most columns that are spread over each other."""
LARGEST = 127
"""Of eight bits, with the same on either side of zero."""
TINY = 1e-30
"""Keeps a row of zeros from a step of zero."""
IN_EIGHT_BITS = ("avx512_vnni", "avx_vnni", "amx_int8")
"""Capabilities, as torch names them, for products in eight bits. It is not measured at each start
which is faster: the same samples would give another version if it came out otherwise."""


class Rows(NamedTuple):
    """What frozen matrices multiply: made ready once for all that multiply the same."""

    values: Tensor
    """[rows, width]: int8 where they are rounded, float32 where they are as they were."""
    steps: Tensor
    """[rows, 1]: what a row's values are multiples of; 1 where they are as they were."""


class Frozen(Protocol):
    """A matrix [out, in]."""

    shape: torch.Size

    @staticmethod
    def ready(x: Tensor) -> Rows:
        """Make [rows, in] ready for all matrices of this kind."""

    def times(self, rows: Rows) -> Tensor:
        """[rows, in] → [rows, out], float32."""

    def back(self, grad: Tensor) -> Tensor:
        """The gradient by the product, [rows, out] → that by what was multiplied, [rows, in]."""


class Full:
    """A frozen matrix in float32."""

    def __init__(self, weight: Tensor) -> None:
        self._weight = weight.float()
        self.shape = weight.shape

    @staticmethod
    def ready(x: Tensor) -> Rows:
        """As `Frozen`."""
        return Rows(x, torch.ones(1, 1))

    def times(self, rows: Rows) -> Tensor:
        """As `Frozen`."""
        return F.linear(rows.values, self._weight)

    def back(self, grad: Tensor) -> Tensor:
        """As `Frozen`."""
        return grad @ self._weight


class Rounded:
    """A frozen matrix in eight bits; at least two columns wide, for torch misreads a single one."""

    def __init__(self, weight: Tensor) -> None:
        self._values, steps = self.ready(weight.float())
        self._steps = steps[:, 0]
        self.shape = weight.shape

    @staticmethod
    def ready(x: Tensor) -> Rows:
        """As `Frozen`."""
        return _rounded(_turned(x))

    def times(self, rows: Rows) -> Tensor:
        """As `Frozen`."""
        return _product(rows, self._values.t()).mul_(self._steps)

    def back(self, grad: Tensor) -> Tensor:
        """As `Frozen`."""
        return _turned(_product(_rounded(grad * self._steps), self._values))


def fastest(able: Mapping[str, object]) -> type[Full | Rounded]:
    """The kind of matrix that a processor with these capabilities multiplies by fastest."""
    return Rounded if any(able.get(kind) for kind in IN_EIGHT_BITS) else Full


def _rounded(x: Tensor) -> Rows:
    """Round each row by its own step; spoils `x`, for memory is slower than arithmetic."""
    steps = torch.maximum(x.amax(-1, keepdim=True), x.amin(-1, keepdim=True).neg_())
    steps = steps.div_(LARGEST).clamp_min_(TINY)
    return Rows(x.div_(steps).round_().to(torch.int8), steps)


def _product(rows: Rows, matrix: Tensor) -> Tensor:
    whole = torch._int_mm(rows.values, matrix)  # noqa: SLF001 - torch's only one for the processor
    return whole.float().mul_(rows.steps)


def _turned(x: Tensor) -> Tensor:
    """Each row times a block-diagonal matrix that is its own inverse."""
    hadamard = _hadamard(min(TURNED, x.shape[-1] & -x.shape[-1]))
    return (x.reshape(-1, len(hadamard)) @ hadamard).view(x.shape)


@cache
def _hadamard(size: int) -> Tensor:
    """The orthonormal one of Sylvester, [size, size]; the size is a power of two."""
    if size == 1:
        return torch.ones(1, 1)
    half = _hadamard(size // 2) / 2**0.5
    return torch.cat([torch.cat([half, half], 1), torch.cat([half, -half], 1)])
