"""Which neurons are missed least."""

from __future__ import annotations

import torch
from hypothesis import given
from hypothesis import strategies as st

from lib.engine.training.places import least_missed
from tests.engine.training.material import error, matrix

POSITIONS, NEURONS, HIDDEN = 200, 12, 5


def block(seed: int, alike: int) -> tuple[torch.Tensor, torch.Tensor]:
    """Neurons at some positions, the last `alike` of them sums of others; what each adds."""
    gated = matrix(POSITIONS, NEURONS, seed=seed)
    mixed = matrix(NEURONS - alike, alike, seed=seed + 1)
    gated[:, NEURONS - alike :] = gated[:, : NEURONS - alike] @ mixed
    return gated, matrix(NEURONS, HIDDEN, seed=seed + 2)


def without(gated: torch.Tensor, adds: torch.Tensor, count: int) -> torch.Tensor:
    """What the block adds without so many neurons, made up for."""
    told = torch.eye(HIDDEN)
    places = least_missed(gated.T @ gated / POSITIONS, adds, told, count)
    left = adds - places.shares.T @ places.lost
    left[places.neurons] = 0
    return gated @ left


@given(st.integers(0, 2**16), st.integers(1, 4))
def test_neurons_that_others_can_stand_in_for_are_not_missed_at_all(seed: int, alike: int) -> None:
    gated, adds = block(seed, alike)
    assert error(without(gated, adds, alike), gated @ adds) < 0.05


@given(st.integers(0, 2**16), st.integers(1, 6))
def test_what_is_lost_is_made_up_for_as_well_as_others_can(seed: int, count: int) -> None:
    gated, adds = block(seed, 0)
    places = least_missed(gated.T @ gated / POSITIONS, adds, torch.eye(HIDDEN), count)
    others = torch.tensor([i for i in range(NEURONS) if i not in places.neurons.tolist()])
    best = torch.linalg.lstsq(gated[:, others], gated @ adds).solution
    expected = error(gated[:, others] @ best, gated @ adds)
    assert error(without(gated, adds, count), gated @ adds) < expected + 1e-3


def test_what_does_not_count_is_given_up_first() -> None:
    gated, adds = block(0, 0)
    adds[[3, 7]] = 0
    adds[[3, 7], 0] = 100.0
    told = torch.eye(HIDDEN)
    told[0, 0] = 0
    places = least_missed(gated.T @ gated / POSITIONS, adds, told, 2)
    assert set(places.neurons.tolist()) == {3, 7}
