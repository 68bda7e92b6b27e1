"""How long it takes to compare a batch with what is held, and with what was marked right."""

from __future__ import annotations

import tempfile
import time
from collections import defaultdict
from pathlib import Path
from random import Random

import lib.engine.loaded  # noqa: F401  # says how llama.cpp's threads wait, before it is loaded
from lib.engine.scope.pairs import pairs
from lib.engine.scope.sentences import Sentences, packaged_sentence_model
from lib.teaching.conflicts import Surroundings, conflicts
from lib.teaching.sameness import reworded
from lib.teaching.templates import DEFAULT
from tests.bench.made_up import question
from tests.teaching.ordinary import Made, made, ordinary

HELD, REWORDED = 2_000, 20


def conflicts_s() -> float:
    """Seconds for two hundred ordinary corrections and `HELD` that are held, from a cold start.

    So many of these ask the same in other words. What meanings cost is in it, but for the HTTP.
    """
    random = Random(1)  # noqa: S311 - texts, not secrets
    batch = ordinary()
    texts = [f"I would like to know: {correction.question}" for correction in batch[:REWORDED]]
    texts += [question(random) for _ in range(HELD - REWORDED)]
    held = [_correction(1_000 + number, text) for number, text in enumerate(texts)]
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as cache:
        sentences = Sentences(packaged_sentence_model(), Path(cache))
        sentences.vectors(["Is the twin written, and loaded?"])
        began = time.perf_counter()
        asked = [correction.question for correction in batch]
        found = defaultdict(set)
        for pair in pairs(asked, [*asked, *texts], sentences):
            one, other = asked[pair.question], [*asked, *texts][pair.other]
            if reworded(one, other, pair.similarity):
                found[one].add(other)
        around = Surroundings(
            held=held, guards=held, reworded=found, templates=(DEFAULT,), auto_template=True
        )
        conflicts(batch, around)
        taken = time.perf_counter() - began
        sentences.close()
    return round(taken, 2)


def _correction(number: int, text: str) -> Made:
    return made(number, text, f"Answer {number}")
