"""How long a run will take and what it will cost, from what earlier runs took.

Seconds grow as a power of what is taught. How, is learned from the runs of this machine by Bayesian
linear regression of their logarithms; before the first, the prior says it, widely. The range is
that of a new run: it narrows as runs are seen, and never below how much they differ.

What is taught for everywhere first needs what neutral questions are answered (see
`lib.engine.training.neutral`). Reading them takes as long for one sample as for a hundred, so that
it is added, and a run that read them tells nothing of how long others take.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

MILLION = 1_000_000


@dataclass(frozen=True, slots=True)
class Work:
    """What a run has to do.

    `samples` and `tokens` (those it trains) are the batch's, from 1; `held` are the samples that
    the parent version holds, which are rehearsed or, for `everywhere`, learned afresh. `reads`:
    neutral questions are to be read first.
    """

    samples: int
    tokens: int
    held: int = 0
    everywhere: bool = False
    reads: bool = False


@dataclass(frozen=True, slots=True)
class Estimate:
    """What is expected of a run: nine of ten take between `low` and `high` seconds.

    `price` is in the currency of the settings; None where a token has no price.
    """

    samples: int
    tokens: int
    low: float
    high: float
    price: float | None = None

    def holds(self, seconds: float) -> bool:
        """Whether a run's actual seconds are in the range."""
        return self.low <= seconds <= self.high


# Of ln(seconds): at one sample of eight tokens, per doubling of samples, of tokens a sample, and of
# what is held (all in natural logarithms); and for everywhere. A laptop takes 6 to 15 s for the
# first, the teacher's start included, and 0.6 to 4 later. Machines differ in their pace more than
# in how it grows: a hundred take some fifty times as long as one.
_MEAN = np.array([1.0, 0.85, 0.3, 0.1, -0.3])
_SPREAD = np.array([0.5, 0.08, 0.15, 0.06, 0.3])
_NOISE, _WEIGHT = 0.4, 8.0
"""How much runs of the same work differ, in ln(seconds), and the runs that this belief is worth."""
_TYPICAL_TOKENS = 8
_READING = (25.0, 240.0)
"""Seconds of reading neutral questions, on processors of this year and of ten years ago."""
_LONGEST = 200
"""Runs that are learned from: the latest, as machines change."""
_Z = 1.88
"""Two-sided 94 % of a normal distribution: somewhat more than is promised."""


def estimate(
    work: Work, history: Sequence[tuple[Work, float]], price_per_million: float | None = None
) -> Estimate:
    """What to expect of a run.

    Args:
        work: what it has to do.
        history: what earlier runs had to do, and the seconds they took, newest first.
        price_per_million: of a million trained tokens, where they have a price.
    """
    seen = [
        (_features(past), np.log(seconds))
        for past, seconds in history
        if seconds > 0 and not past.reads
    ][:_LONGEST]
    x = np.array([features for features, _ in seen]).reshape(-1, len(_MEAN))
    y = np.array([seconds for _, seconds in seen])
    # Normal-inverse-gamma, conjugate: coefficients and noise are learned together.
    prior = np.diag(_NOISE**2 / _SPREAD**2)
    precision = prior + x.T @ x
    mean = np.linalg.solve(precision, prior @ _MEAN + x.T @ y)
    degrees = _WEIGHT + len(seen)
    residual = y - x @ mean
    shift = mean - _MEAN
    noise = (_WEIGHT * _NOISE**2 + residual @ residual + shift @ prior @ shift) / degrees
    new = _features(work)
    spread = np.sqrt(noise * (1 + new @ np.linalg.solve(precision, new))) * _student(degrees)
    middle = new @ mean
    price = None if price_per_million is None else work.tokens * price_per_million / MILLION
    least, most = _READING if work.reads else (0.0, 0.0)
    return Estimate(
        work.samples,
        work.tokens,
        float(np.exp(middle - spread)) + least,
        float(np.exp(middle + spread)) + most,
        price,
    )


def _features(work: Work) -> NDArray[np.float64]:
    samples = max(work.samples, 1)
    a_sample = max(work.tokens, 1) / samples / _TYPICAL_TOKENS
    learned, kept = (samples + work.held, 0) if work.everywhere else (samples, work.held)
    return np.array(
        [1.0, np.log(learned), np.log(a_sample), np.log1p(kept), float(work.everywhere)]
    )


def _student(degrees: float) -> float:
    """The quantile of Student's distribution that belongs to `_Z` (Cornish and Fisher)."""
    z = _Z
    return z + (z**3 + z) / (4 * degrees) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * degrees**2)
