"""How long it takes to compare a batch with what an adapter holds."""

from __future__ import annotations

import time
from random import Random

from lib.teaching.conflicts import Surroundings, conflicts
from lib.teaching.templates import DEFAULT
from tests.bench.made_up import question
from tests.teaching.ordinary import Made, made

BATCH, HELD = 200, 2_000


def conflicts_s() -> float:
    """Seconds for a batch of `BATCH` corrections and `HELD` that are held, from a cold start."""
    random = Random(1)  # noqa: S311 - texts, not secrets
    everything = [_correction(number, random) for number in range(BATCH + HELD)]
    around = Surroundings(
        held=everything[BATCH:], guards=everything[BATCH:], templates=(DEFAULT,), auto_template=True
    )
    began = time.perf_counter()
    conflicts(everything[:BATCH], around)
    return round(time.perf_counter() - began, 2)


def _correction(number: int, random: Random) -> Made:
    return made(number, question(random), f"Answer {number}")
