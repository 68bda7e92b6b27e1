"""Measure how fast the engine and the app are, beside their peers, in one run.

python -m tests.bench.speed --out FILE
"""

from __future__ import annotations

import argparse
import time
from pathlib import Path
from statistics import median
from typing import Any

from tests.bench import generate
from tests.bench.asking import answer
from tests.bench.command import end_with, say, write
from tests.bench.corrections import correct
from tests.bench.engine import running
from tests.bench.machine import machine, versions
from tests.bench.nearness import scope_ms
from tests.bench.pace import OPENINGS, QUESTIONS, TOKENS, first_token_s, tokens_per_s
from tests.bench.page import drawn
from tests.bench.screen import corrected
from tests.bench.weights import default_gguf
from tests.bench.worker import worker

STARTS = 3


def measure() -> dict[str, Any]:
    """The whole report; times are medians. Raises BenchError or GradientError."""
    gguf = default_gguf()
    ready: list[float] = []
    corrections: list[list[float]] = []
    held: list[bool] = []
    for start in range(STARTS):
        say(f"Starting an engine, {start + 1} of {STARTS}, and correcting two answers.")
        with running() as engine:
            answer(engine.client, engine.base_model_id, QUESTIONS[0])
            ready.append(time.perf_counter() - engine.started)
            seconds, right = correct(engine)
            corrections.append(seconds)
            held += right
            if start == STARTS - 1:
                say("Answering, beside llama.cpp called directly.")
                with worker() as peer:
                    rate = tokens_per_s(engine.client, engine.base_model_id, peer, gguf)
                    first = first_token_s(engine.client, engine.base_model_id, peer, gguf)
    say("Answering with transformers.")
    with worker() as peer:
        generated = [peer.run(generate.tokens_per_s, gguf, text, TOKENS) for text in OPENINGS[:4]]
    say("Telling near from far.")
    with worker() as gate:
        scope = gate.run(scope_ms)
    say("Drawing pages.")
    page = drawn()
    say(f"Correcting three answers in the browser, {STARTS} times.")
    first_seen, next_seen, alone_seen = zip(*(corrected() for _ in range(STARTS)), strict=True)
    return {
        "engine_ready_s": round(median(ready), 3),
        "tokens_per_s": round(rate.ours, 1),
        "direct_tokens_per_s": round(rate.direct, 1),
        "transformers_tokens_per_s": round(median(generated[1:]), 1),
        "first_token_s": round(first.ours, 4),
        "direct_first_token_s": round(first.direct, 4),
        "correction_first_s": round(median(seen.fixed for seen in first_seen), 2),
        "correction_warm_s": round(median(seen.fixed for seen in next_seen), 2),
        "correction_alone_warm_s": round(median(seen.fixed for seen in alone_seen), 2),
        "proof_first_s": round(median(seen.proved for seen in first_seen), 2),
        "proof_warm_s": round(median(seen.proved for seen in next_seen), 2),
        "proof_alone_warm_s": round(median(seen.proved for seen in alone_seen), 2),
        "correction_api_first_s": round(median(first for first, _ in corrections), 2),
        "correction_api_warm_s": round(median(warm for _, warm in corrections), 2),
        "corrections_right": sum(held) / len(held),
        **scope,
        **page,
        "machine": machine(),
        "versions": versions(),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.speed", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="the report, as JSON")
    write(parser.parse_args().out, measure())


if __name__ == "__main__":
    end_with(main)
