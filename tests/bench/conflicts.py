"""How long it takes to compare a batch with what an adapter holds."""

from __future__ import annotations

import time
from random import Random

from lib.teaching.conflicts import Surroundings, conflicts
from lib.teaching.templates import DEFAULT
from tests.teaching.ordinary import Made, made

BATCH, HELD = 200, 2_000
ASKED = (
    "When was {} born?",
    "Who wrote {}?",
    "What is the capital of {}?",
    "Which team won the cup in {}?",
    "How many people live in {}?",
)
SYLLABLES = ("ba", "ro", "ni", "sel", "tor", "ma", "vik", "an", "du", "el")


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
    name = " ".join("".join(random.choices(SYLLABLES, k=3)).title() for _ in range(2))
    return made(number, random.choice(ASKED).format(name), f"Answer {number}")
