"""What a model's head expects at each position, against what stands there.

A vocabulary is wide: one position's scores are as large as all of its hidden states together. So
they are made, compared and turned into the gradient in one go, and are never kept.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from lib.engine.training.frozen import Frozen


def cross_entropy(x: Tensor, head: Frozen, wanted: Tensor) -> tuple[Tensor, Tensor]:
    """How unlikely the wanted tokens are.

    Args:
        x: [positions, hidden], normed.
        head: [vocabulary, hidden].
        wanted: [positions]: a token each.

    Returns:
        The loss at each position in nats, and whether the wanted token is the likeliest;
        [positions] each.
    """
    found: tuple[Tensor, Tensor] = _CrossEntropy.apply(x, head, wanted)  # type: ignore[no-untyped-call]
    return found


class _CrossEntropy(torch.autograd.Function):
    @staticmethod
    def forward(ctx: Any, x: Tensor, head: Frozen, wanted: Tensor) -> tuple[Tensor, Tensor]:
        scores = head.times(head.ready(x))
        best = scores.amax(-1, keepdim=True)
        own = scores.gather(1, wanted[:, None])
        first = (own == best)[:, 0]
        ctx.mark_non_differentiable(first)
        shares = scores.sub_(best).exp_()
        total = shares.sum(-1, keepdim=True)
        loss = total.log() + best - own
        if ctx.needs_input_grad[0]:
            ctx.back = head.back(shares.scatter_add_(1, wanted[:, None], -total)).div_(total)
        return loss[:, 0], first

    @staticmethod
    def backward(ctx: Any, grad: Tensor, _: Tensor) -> tuple[Tensor, None, None]:
        return ctx.back * grad[:, None], None, None
