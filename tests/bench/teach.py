"""Teach the first corrections of a file as one batch, and score what changed.

python -m tests.bench.teach --edits FILE --general FILE --n N --out FILE
"""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from lib.gradient.schemas import Scope
from tests.bench import baselines
from tests.bench.command import end_with, say, write
from tests.bench.machine import machine, versions
from tests.bench.ours import teach
from tests.bench.rows import General, Row, first, read, source

PEERS = ("plain_lora", "lookup")
ALL_PEERS = ("plain_lora", "trl_sft", "lookup")
SCOPES = {"near": [Scope.NEAR], "everywhere": [Scope.EVERYWHERE], "both": list(Scope)[::-1]}


def measure(
    edits: Path, general: Path, *, n: int, seed: int | None, scope: str, peers: tuple[str, ...]
) -> dict[str, Any]:
    """The whole report, beside these peers. One that is not installed is None.

    Raises BenchError or GradientError where it cannot be taken.
    """
    rows, plain = first(read(edits, Row), n, seed), read(general, General)
    scopes, luck = SCOPES[scope], seed or 0
    say(f"Teaching {len(rows)} corrections, then asking again.")
    ours = teach(rows, plain, scopes, luck)
    scope_told = next(iter(ours.scopes))
    report: dict[str, Any] = {
        "n": len(rows),
        "seed": seed,
        "data": {"edits": source(edits), "general": source(general)},
        "scope": scope_told.value,
        **ours.scopes[scope_told],
        **ours.others,
    }
    if Scope.EVERYWHERE in ours.scopes:
        report["everywhere"] = ours.scopes[Scope.EVERYWHERE]
    for peer in peers:
        say(f"The same by {peer}.")
        report.setdefault("baselines", {})[peer] = baselines.measure(
            peer, rows, plain, ours.before, reliability=report["reliability"], seed=luck
        )
    return {**report, "machine": machine(), "versions": versions()}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.teach", description=__doc__)
    parser.add_argument("--edits", type=Path, required=True, help="corrections, as JSON Lines")
    parser.add_argument("--general", type=Path, required=True, help="questions, as JSON Lines")
    parser.add_argument("--n", type=int, required=True, help="how many rows to teach")
    parser.add_argument("--out", type=Path, required=True, help="the report, as JSON")
    parser.add_argument("--seed", type=int, help="shuffle the rows first")
    parser.add_argument("--scope", choices=SCOPES, default="both")
    parser.add_argument("--no-baselines", action="store_true", help="our teacher alone")
    asked = parser.parse_args()
    report = measure(
        asked.edits,
        asked.general,
        n=asked.n,
        seed=asked.seed,
        scope=asked.scope,
        peers=() if asked.no_baselines else PEERS,
    )
    write(asked.out, report)


if __name__ == "__main__":
    end_with(main)
