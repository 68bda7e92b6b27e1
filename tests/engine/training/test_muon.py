"""What a step of Muon promises."""

from __future__ import annotations

import pytest
import torch

from lib.engine.training.muon import Muon

RANK = 4
SHAPES = [(40, RANK), (RANK, 40), (RANK, RANK), (3, RANK)]


def stepped(gradients: list[torch.Tensor], share: float = 1.0) -> torch.Tensor:
    """Where a matrix of zeros is after a step by each of these gradients."""
    matrix = torch.zeros_like(gradients[0]).requires_grad_()
    optimiser = Muon([matrix], RANK, learning_rate=0.01)
    for gradient in gradients:
        matrix.grad = gradient
        optimiser.step(share)
    assert matrix.grad is None
    return matrix.detach()


def gradient(shape: tuple[int, int], seed: int = 0) -> torch.Tensor:
    """One in which some directions are thirty times as strong as others."""
    generator = torch.Generator().manual_seed(seed)
    strength = torch.logspace(0, -1.5, shape[1])
    return torch.randn(shape, generator=generator) * strength


@pytest.mark.parametrize("shape", SHAPES)
def test_a_step_goes_as_far_in_every_direction(shape: tuple[int, int]) -> None:
    lengths = torch.linalg.svdvals(stepped([gradient(shape)]))
    assert lengths.max() / lengths.min() < 1.01


@pytest.mark.parametrize("shape", SHAPES)
def test_a_steps_entries_are_as_large_as_the_learning_rate(shape: tuple[int, int]) -> None:
    step = stepped([gradient(shape)])
    assert step.pow(2).mean().sqrt() == pytest.approx(0.01, rel=0.01)


def test_a_step_goes_down_the_gradient() -> None:
    down = gradient((40, 4))
    assert (stepped([down]) * down).sum() < 0


def test_a_share_of_a_step_is_that_much_shorter() -> None:
    down = gradient((40, 4))
    assert torch.allclose(stepped([down], share=0.25), stepped([down]) / 4)


def test_what_forgot_its_momentum_steps_as_if_it_never_had_any() -> None:
    matrix = torch.zeros(40, RANK).requires_grad_()
    optimiser = Muon([matrix], RANK, learning_rate=0.01)
    matrix.grad = gradient((40, RANK), 1)
    optimiser.step()
    optimiser.forget()
    before, matrix.grad = matrix.detach().clone(), gradient((40, RANK), 2)
    optimiser.step()
    assert torch.allclose(matrix.detach() - before, stepped([gradient((40, RANK), 2)]), atol=1e-7)


def test_what_has_no_gradient_stays() -> None:
    assert stepped([torch.zeros(40, 4)]).count_nonzero() == 0


def test_a_direction_without_gradient_is_not_blown_up() -> None:
    flat = torch.outer(torch.arange(1.0, 41.0), torch.tensor([1.0, 2.0, 0.0, -1.0]))
    lengths = torch.linalg.svdvals(stepped([flat]))
    assert lengths[1] < 0.01 * lengths[0]


def test_earlier_gradients_carry_on() -> None:
    one, other = gradient((40, 4), 1), gradient((40, 4), 2)
    moved = stepped([one, other]) - stepped([one])
    assert not torch.allclose(moved, stepped([other]), atol=1e-3)


def test_every_matrix_goes_its_own_way() -> None:
    gradients = [gradient((40, RANK), 1), gradient((RANK, 30), 2), torch.zeros(5, RANK)]
    matrices = [torch.zeros_like(one).requires_grad_() for one in [*gradients, gradients[0]]]
    for matrix, its in zip(matrices, gradients, strict=False):
        matrix.grad = its
    Muon(matrices, RANK, learning_rate=0.01).step()
    for matrix, its in zip(matrices, gradients, strict=False):
        assert torch.allclose(matrix, stepped([its]), atol=1e-6)
    assert matrices[-1].count_nonzero() == 0, "it had no gradient"
