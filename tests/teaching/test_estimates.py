from __future__ import annotations

import numpy as np
import pytest

from lib.teaching.estimates import Estimate, Work, estimate


def recorded(pace: float, number: int = 60) -> list[tuple[Work, float]]:
    """Runs of a machine of this pace, oldest first: batches of 1 to 100, as noisy as real ones."""
    chance = np.random.default_rng(7)
    runs, held = [], 0
    for _ in range(number):
        samples = int(np.exp(chance.uniform(0, np.log(100))))
        tokens = samples * int(chance.integers(2, 40))
        seconds = pace * (2 + 0.9 * samples + 0.03 * tokens + 0.02 * held)
        runs.append((Work(samples, tokens, held), seconds * float(np.exp(chance.normal(0, 0.25)))))
        held += samples
    return runs


@pytest.mark.parametrize("pace", [0.4, 1.0, 4.0])
def test_nine_of_ten_recorded_runs_take_what_was_expected_of_them(pace: float) -> None:
    runs = recorded(pace)
    expected = [estimate(work, runs[:i][::-1]) for i, (work, _) in enumerate(runs)]
    within = [said.holds(seconds) for said, (_, seconds) in zip(expected, runs, strict=True)]
    assert sum(within) >= 0.9 * len(runs)


def test_a_range_narrows_with_runs_and_stays_useful() -> None:
    runs = recorded(1.0)
    work = Work(10, 100)
    first, later = estimate(work, []), estimate(work, runs[::-1])
    assert later.high / later.low < 6 < first.high / first.low


@pytest.mark.parametrize(("samples", "seconds"), [(1, 2.0), (10, 8.8), (50, 40), (100, 67)])
def test_before_the_first_run_a_range_is_of_use_and_holds_for_a_machine_that_is_half_as_fast(
    samples: int, seconds: float
) -> None:
    expected = estimate(Work(samples, samples * 6), [])
    assert expected.holds(seconds)
    assert expected.holds(2 * seconds)
    assert expected.high / expected.low < 30


def test_more_work_takes_longer() -> None:
    one, many = estimate(Work(1, 8), []), estimate(Work(200, 1600, held=50), [])
    assert one.low < many.low
    assert one.high < many.high


def test_a_slower_machine_is_believed_after_a_few_runs() -> None:
    assert estimate(Work(1, 8), [(Work(1, 8), 60.0)] * 5).holds(60.0)


def test_a_price_is_that_of_the_trained_tokens() -> None:
    assert estimate(Work(3, 500_000), [], price_per_million=8.0).price == 4.0
    assert estimate(Work(3, 500_000), []).price is None


def test_a_batch_that_only_withdraws_has_an_estimate_too() -> None:
    assert isinstance(estimate(Work(0, 0), []), Estimate)
