"""Linear maps of the same states, frozen, each with room for a LoRA.

What is multiplied by the same states is multiplied as one matrix: its rounding, its products and
its gradients are then made once, and not once for each.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.engine.training.frozen import Frozen, Full, Rounded


@dataclass
class Projection:
    """One of the maps, [in] → [out], and the trainable one of low rank beside it.

    Attributes:
        columns: where its part of the product begins and ends.
        into: the width of what it multiplies.
        down, up: the LoRA's matrices, [rank, in] and [out, rank]; None where there is none.
        scale: what the LoRA's part is multiplied by.
    """

    columns: tuple[int, int]
    into: int
    down: Tensor | None = None
    up: Tensor | None = None
    scale: float = 1.0

    @property
    def out(self) -> int:
        """The width of its part of the product."""
        start, end = self.columns
        return end - start


class Projections:
    """Maps of the same states.

    Args:
        weights: [out, in] each.
        biases: [out] each, or None.
        kind: of the frozen matrix that they are kept as.

    Attributes:
        parts: the maps, in this order.
    """

    def __init__(
        self,
        weights: Sequence[Tensor],
        biases: Sequence[Tensor | None],
        kind: type[Full | Rounded],
    ) -> None:
        ends = accumulate((len(weight) for weight in weights), initial=0)
        self.parts = [Projection(span, weights[0].shape[1]) for span in pairwise(ends)]
        self._frozen = kind(torch.cat(list(weights)))
        self._bias = None
        if any(bias is not None for bias in biases):
            self._bias = torch.cat(
                [
                    torch.zeros(len(weight)) if bias is None else bias.float()
                    for weight, bias in zip(weights, biases, strict=True)
                ]
            )

    def __call__(self, x: Tensor) -> Tensor:
        """[tokens, in] → [tokens, all outs], float32."""
        taught = [part for part in self.parts if part.down is not None]
        factors = [matrix for part in taught for matrix in (part.down, part.up)]
        y: Tensor = _Product.apply(x, self._frozen, taught, *factors)  # type: ignore[no-untyped-call]
        return y if self._bias is None else y + self._bias


class _Product(torch.autograd.Function):
    """Frozen maps and their LoRAs in one; torch's own steps would take half as long again."""

    @staticmethod
    def forward(
        ctx: Any, x: Tensor, frozen: Frozen, taught: Sequence[Projection], *factors: Tensor
    ) -> Tensor:
        y = frozen.times(frozen.ready(x))
        ctx.frozen, ctx.taught = frozen, taught
        if not taught:
            return y
        downs, ups = factors[::2], factors[1::2]
        low = F.linear(x, torch.cat(downs))
        ctx.save_for_backward(x, low, *factors)
        for part, its, up in zip(taught, _split(low, downs), ups, strict=True):
            _columns(y, part).addmm_(its, up.T, alpha=part.scale)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, ...]:
        into = ctx.frozen.back(grad) if ctx.needs_input_grad[0] else None
        if not ctx.taught:
            return into, None, None
        x, low, *factors = ctx.saved_tensors
        downs, ups = factors[::2], factors[1::2]
        parts = [_columns(grad, part) for part in ctx.taught]
        back = torch.cat(
            [
                (own @ up).mul_(part.scale)
                for part, own, up in zip(ctx.taught, parts, ups, strict=True)
            ],
            1,
        )
        if into is not None:
            into.addmm_(back, torch.cat(downs))
        by_downs = torch.split(back.T @ x, [len(down) for down in downs])
        by_ups = [
            (own.T @ its).mul_(part.scale)
            for part, own, its in zip(ctx.taught, parts, _split(low, downs), strict=True)
        ]
        by_factors = (by for pair in zip(by_downs, by_ups, strict=True) for by in pair)
        return into, None, None, *by_factors


def _columns(y: Tensor, part: Projection) -> Tensor:
    return y[:, slice(*part.columns)]


def _split(low: Tensor, downs: Sequence[Tensor]) -> tuple[Tensor, ...]:
    """What each LoRA's `down` made, [tokens, rank] each."""
    return torch.split(low, [len(down) for down in downs], 1)
