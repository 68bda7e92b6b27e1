from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from lib.teaching.estimates import Estimate, Work, estimate


def _of(*runs: tuple[int, int, float]) -> list[tuple[Work, float]]:
    return [(Work(samples, 8 * samples, held), seconds) for samples, held, seconds in runs]


EPYC = _of(
    *((1, 0, 6.6), (1, 1, 1.98), (1, 0, 1.2), (1, 0, 0.66), (1, 0, 0.69), (1, 0, 0.59)),
    *((1, 0, 1.14), (10, 0, 10.03), (10, 10, 5.62), (10, 20, 9.71), (10, 30, 5.46)),
    *((10, 40, 5.67), (10, 50, 6.83), (10, 60, 6.92), (10, 70, 7.76), (10, 80, 8.93)),
    *((10, 90, 12.35), (500, 0, 258.0), (1000, 0, 560.0)),
)
XEON = _of(
    *((1, 0, 10.0), (1, 1, 3.0), (1, 0, 1.2), (10, 0, 6.9), (50, 0, 22.0), (100, 0, 48.0)),
    *((200, 0, 107.0), (500, 0, 282.0)),
)
"""What runs took on two of our machines: samples, those held already, seconds."""


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


def test_nine_of_ten_runs_on_real_machines_took_what_was_expected_of_them() -> None:
    within = [
        estimate(work, runs[:i][::-1]).holds(seconds)
        for runs in (EPYC, XEON)
        for i, (work, seconds) in enumerate(runs)
    ]
    assert sum(within) >= 0.9 * len(within)


def test_a_range_narrows_with_runs_and_stays_useful() -> None:
    runs = recorded(1.0)
    work = Work(10, 100)
    first, later = estimate(work, []), estimate(work, runs[::-1])
    assert later.high / later.low < 6 < first.high / first.low


@pytest.mark.parametrize(("samples", "seconds"), [(1, 1.2), (10, 6.9), (50, 22), (100, 48)])
def test_before_the_first_run_a_range_is_of_use_and_holds_for_a_machine_that_is_half_as_fast(
    samples: int, seconds: float
) -> None:
    expected = estimate(Work(samples, samples * 6), [])
    assert expected.holds(seconds)
    assert expected.holds(2 * seconds)
    assert expected.high / expected.low < 30


@pytest.mark.parametrize(("samples", "seconds"), [(1, 1.2), (10, 9.0), (50, 10), (100, 27)])
@pytest.mark.parametrize("reading", [35.0, 108.0])
def test_reading_neutral_questions_is_expected_once_and_tells_nothing_of_later_runs(
    samples: int, seconds: float, reading: float
) -> None:
    work = Work(samples, samples * 6, everywhere=True)
    first = replace(work, reads=True)
    assert estimate(first, []).holds(reading + seconds)
    assert estimate(work, []).holds(seconds)
    assert estimate(work, [(first, reading + seconds)]) == estimate(work, [])


def test_a_few_seconds_are_no_longer_expected_where_neutral_questions_are_read_first() -> None:
    assert estimate(Work(1, 8, everywhere=True, reads=True), []).low > 20


def test_what_is_held_is_learned_afresh_for_everywhere() -> None:
    said = [estimate(Work(10, 80, held, everywhere=True), []) for held in (0, 90)]
    assert said[1].low / said[0].low > 5
    near = [estimate(Work(10, 80, held), []) for held in (0, 90)]
    assert near[1].low / near[0].low < 2


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
