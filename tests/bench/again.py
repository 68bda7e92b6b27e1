"""Teach one adapter batch after batch, and see what becomes of the first batch.

python -m tests.bench.again --edits FILE --general FILE --batches 10 --size 10 --out FILE
"""

from __future__ import annotations

import argparse
import time
import uuid
from pathlib import Path
from typing import Any

from lib.gradient.schemas import FineTune, Scope
from tests.bench.asking import answers
from tests.bench.command import end_with, say, write
from tests.bench.engine import running
from tests.bench.machine import machine, versions
from tests.bench.ours import sample
from tests.bench.rows import General, Row, first, questions, read, source
from tests.bench.scores import scores

KEPT = ("reliability", "generality")


def measure(
    edits: Path, general: Path, *, batches: int, size: int, seed: int | None = None
) -> dict[str, Any]:
    """The scores of the first batch after each, and of everything at the end.

    As the app teaches: near its corrections. A file with fewer rows gives fewer batches, and
    perhaps a shorter last one. Raises BenchError or GradientError where it cannot be taken.
    """
    rows, plain = first(read(edits, Row), batches * size, seed), read(general, General)
    opening = rows[:size]
    each: list[dict[str, Any]] = []
    with running() as engine:
        client = engine.client
        before = answers(client, engine.base_model_id, questions(rows, plain))
        adapter = client.create_adapter(engine.base_model_id, "bench")
        for start in range(0, len(rows), size):
            batch = list(enumerate(rows))[start : start + size]
            asked = FineTune(
                samples=[sample(position, row) for position, row in batch],
                run_id=uuid.uuid4().hex,
                scope=Scope.NEAR,
                seed=seed or 0,
            )
            began = time.perf_counter()
            result = client.fine_tune(adapter, asked)
            seconds = time.perf_counter() - began
            after = answers(client, adapter, questions(opening, []))
            found = scores(opening, [], before, after)
            each.append(
                {
                    "batch": len(each) + 1,
                    "held": start + len(batch),
                    "seconds": round(seconds, 2),
                    "not_learned": len(result.not_learned or ()),
                    **{key: found[key] for key in KEPT},
                }
            )
            say(f"Batch {len(each)} in {seconds:.0f} s; of the first, {found['reliability']}.")
        at_last = scores(rows, plain, before, answers(client, adapter, list(before)))
    return {
        "size": size,
        "seed": seed,
        "data": {"edits": source(edits), "general": source(general)},
        "first_batch": each,
        "all_at_last": at_last,
        "machine": machine(),
        "versions": versions(),
    }


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.again", description=__doc__)
    parser.add_argument("--edits", type=Path, required=True, help="corrections, as JSON Lines")
    parser.add_argument("--general", type=Path, required=True, help="questions, as JSON Lines")
    parser.add_argument("--batches", type=int, default=10, help="how many, one after another")
    parser.add_argument("--size", type=int, default=10, help="corrections of each")
    parser.add_argument("--out", type=Path, required=True, help="the report, as JSON")
    parser.add_argument("--seed", type=int, help="shuffle the rows first")
    asked = parser.parse_args()
    write(
        asked.out,
        measure(
            asked.edits, asked.general, batches=asked.batches, size=asked.size, seed=asked.seed
        ),
    )


if __name__ == "__main__":
    end_with(main)
