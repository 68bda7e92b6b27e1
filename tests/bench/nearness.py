"""What scope costs a question: telling whether it is near one of a thousand corrections."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path
from random import Random
from statistics import median, quantiles
from typing import TYPE_CHECKING

import lib.engine.loaded  # noqa: F401  # says how llama.cpp's threads wait, before it is loaded
from lib.engine.scope.corrections import Corrections
from lib.engine.scope.sentences import Sentences, packaged_sentence_model
from lib.teaching.general_questions import general_questions
from tests.bench.made_up import question

if TYPE_CHECKING:
    from collections.abc import Callable

CORRECTIONS, REWORDED = 1_000, 200


def scope_ms() -> dict[str, float]:
    """Milliseconds for questions never asked before: medians, and what 1 in 20 take more than.

    Runs in a worker. *Near* are other wordings of what is held, *far* are everyday questions.
    """
    random = Random(1)  # noqa: S311  # texts, not secrets
    held = [question(random) for _ in range(CORRECTIONS)]
    reworded = [f"Please tell me: {text}" for text in held[:REWORDED]]
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as cache:
        sentences = Sentences(packaged_sentence_model(), Path(cache))
        gate = Corrections(held, held, sentences.vectors(held), sentences.vocabulary())

        def decide(text: str) -> None:
            gate.nearness(text, lambda asked: sentences.vectors([asked])[0])

        near, far = _times(reworded, decide), _times(list(general_questions()), decide)
        sentences.close()
    return {
        "scope_near_ms": round(median(near), 2),
        "scope_near_p95_ms": round(quantiles(near, n=20)[-1], 2),
        "scope_far_ms": round(median(far), 2),
        "scope_far_p95_ms": round(quantiles(far, n=20)[-1], 2),
    }


def _times(texts: list[str], work: Callable[[str], None]) -> list[float]:
    taken = []
    for text in texts:
        began = time.perf_counter()
        work(text)
        taken.append(1000 * (time.perf_counter() - began))
    return taken
