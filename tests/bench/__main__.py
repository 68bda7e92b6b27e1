"""Every figure of the README, measured again.

python -m tests.bench --out bench-report.json
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from tests.bench import again, speed, teach
from tests.bench.batches import batches
from tests.bench.command import end_with, say, write
from tests.bench.plot import plot
from tests.bench.process import ROOT
from tests.bench.report import again_table, speed_table, teach_table
from tests.bench.rows import Row, read

HERE = Path(__file__).parent
OWN = (HERE / "data" / "edits.jsonl", HERE / "data" / "general.jsonl")
SHARED = (ROOT / "../shared/data/edits-dev.jsonl", ROOT / "../shared/data/general-dev.jsonl")
"""Questions of public data sets, which the project does not carry; used where they are there."""
PICTURE = HERE / "pictures" / "scores.svg"


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="the report, as JSON; tables beside it"
    )
    parser.add_argument("--quick", action="store_true", help="few corrections, minutes not hours")
    parser.add_argument(
        "--seeds", type=int, nargs="*", default=[], help="besides the file's order, these shuffles"
    )
    asked = parser.parse_args()
    shared = all(path.is_file() for path in SHARED)
    edits, general = (path.resolve() for path in (SHARED if shared else OWN))
    plan = batches(len(read(edits, Row)), asked.seeds, quick=asked.quick)
    taught: list[dict[str, Any]] = []
    report: dict[str, Any] = {
        "data": "public data sets" if shared else "the project's own",
        "speed": speed.measure(),
        "teach": taught,
    }
    write(asked.out, report)
    for n, seed in plan:
        say(f"{n} corrections, {'in the order of the file' if seed is None else f'seed {seed}'}:")
        peers = teach.ALL_PEERS if seed is None else ()
        taught.append(teach.measure(edits, general, n=n, seed=seed, scope="both", peers=peers))
        write(asked.out, report)  # what was measured stays, whatever comes next
    say("Batch after batch.")
    batch_count, size = (2, 2) if asked.quick else (10, 10)
    report["again"] = again.measure(edits, general, batches=batch_count, size=size)
    write(asked.out, report)
    PICTURE.parent.mkdir(exist_ok=True)
    PICTURE.write_text(plot(taught), encoding="utf-8")
    parts = [
        f"Data: {report['data']}.",
        speed_table(report["speed"]),
        teach_table(taught),
        again_table(report["again"]),
    ]
    tables = "\n\n".join(parts) + "\n"
    asked.out.with_suffix(".md").write_text(tables, encoding="utf-8")
    sys.stdout.write(tables)


if __name__ == "__main__":
    end_with(main)
