"""How fast answers come: ours through HTTP, and llama.cpp called directly, turn by turn."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass
from statistics import median
from typing import TYPE_CHECKING

from lib.gradient.schemas import Complete, Token
from tests.bench import direct
from tests.bench.asking import request
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from lib.gradient.client import Client
    from tests.bench.worker import Worker

TOKENS = 128

OPENINGS = (
    "The history of the small harbour town begins with",
    "To bake a good loaf of bread at home, you first need",
    "When the mountain railway opened, the people of the valley",
    "A telescope gathers light from distant stars, and",
    "The old clockmaker kept a diary in which he wrote",
    "Most rivers start in the hills, where rain and snow",
    "In the garden behind the school the children planted",
    "The first rule of sailing in a storm is",
    "Bees find their way home by looking at",
    "On the last day of the market, the baker's daughter",
)
"""One a turn, each new to both sides, so that no prompt is in a cache."""

QUESTIONS = (
    "What is the capital of Portugal?",
    "How many strings does a violin have?",
    "Who wrote Pride and Prejudice?",
    "At what temperature does water boil?",
    "Which planet is known for its rings?",
    "What do caterpillars turn into?",
    "How long is a marathon?",
    "What is the largest ocean on Earth?",
    "Which metal is liquid at room temperature?",
    "What language is spoken in Brazil?",
)


@dataclass(frozen=True)
class Pair:
    """Medians of what was measured of ours, and of llama.cpp called directly."""

    ours: float
    direct: float


def alternating(
    prompts: Sequence[str], ours: Callable[[str], float], direct: Callable[[str], float]
) -> Pair:
    """Both sides, prompt by prompt, never at once; who comes first changes each time.

    The first prompt only warms up. Takes two prompts or more.
    """
    found: list[tuple[float, float]] = []
    for number, prompt in enumerate(prompts):
        if number % 2:
            found.append((ours(prompt), direct(prompt)))
        else:
            other = direct(prompt)
            found.append((ours(prompt), other))
    return Pair(median(one for one, _ in found[1:]), median(other for _, other in found[1:]))


def tokens_per_s(client: Client, model_id: str, worker: Worker, gguf: Path) -> Pair:
    """Whole answers of 128 tokens."""

    def ours(opening: str) -> float:
        body = Complete(query=opening, temperature=0, max_generated_token_count=TOKENS)
        started = time.perf_counter()
        tokens = client.complete(model_id, body).generated_tokens
        if not tokens:
            raise BenchError("The engine does not tell how many tokens it made.")
        return tokens / (time.perf_counter() - started)

    return alternating(OPENINGS, ours, lambda text: worker.run(direct.rate, gguf, text, TOKENS))


def first_token_s(client: Client, model_id: str, worker: Worker, gguf: Path) -> Pair:
    """Streamed answers to questions as the app asks them."""
    rendered = dict(zip(QUESTIONS, worker.run(direct.prompts, gguf, list(QUESTIONS)), strict=True))

    def ours(question: str) -> float:
        started = time.perf_counter()
        with contextlib.closing(client.stream(model_id, request(question))) as events:
            if not isinstance(next(events), Token):
                raise BenchError("The engine streamed no token.")
            first = time.perf_counter() - started
            for _ in events:  # to its end, so that the next one finds the engine idle
                pass
        return first

    return alternating(
        QUESTIONS, ours, lambda text: worker.run(direct.first_token_s, gguf, rendered[text])
    )
