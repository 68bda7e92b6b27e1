"""Make the neutral questions of patterns and words, and have the default model answer them.

python -m tests.bench.neutral --out lib/engine/training/neutral.jsonl
"""

from __future__ import annotations

import argparse
import json
import random
import re
import tomllib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from tests.bench.asking import CLIENTS, request
from tests.bench.command import end_with
from tests.bench.engine import running
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Sequence

PATTERNS = Path(__file__).with_name("data") / "neutral.toml"
EACH = 10
"""Questions of a pattern."""
TOKENS = 12
"""Of an answer, which may end in the middle: how it begins is what counts."""


def questions(patterns: Path = PATTERNS) -> list[str]:
    """Every pattern filled so many times, half of the typed ones as in a hurry; no two alike."""
    found = tomllib.loads(patterns.read_text(encoding="utf-8"))
    dice = random.Random(0)  # noqa: S311 - questions, not secrets
    made: dict[str, str] = {}
    for kind in ("typed", "formal"):
        for pattern in found[kind] * EACH:
            text = _filled(pattern, found["words"], dice)
            if kind == "typed":
                text = dice.choice([text.lower(), f"{text.lower()}?", *[f"{_begun(text)}?"] * 2])
            made.setdefault(text.lower(), text)
    return sorted(made.values())


def _filled(pattern: str, words: dict[str, Sequence[str]], dice: random.Random) -> str:
    chosen = {name: dice.sample(some, len(some)) for name, some in words.items()}
    return re.sub(r"\{(\w+)\}", lambda name: chosen[name[1]].pop(), pattern)


def _begun(text: str) -> str:
    return text[0].upper() + text[1:]


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.neutral", description=__doc__)
    parser.add_argument(
        "--out", type=Path, required=True, help="questions and answers, as JSON Lines"
    )
    asked = parser.parse_args()
    with running() as engine, ThreadPoolExecutor(CLIENTS) as clients:

        def answered(question: str) -> str:
            short = request(question).model_copy(update={"max_generated_token_count": TOKENS})
            answer = engine.client.complete(engine.base_model_id, short).generated_output
            return json.dumps({"question": question, "answer": answer}, ensure_ascii=False) + "\n"

        lines = list(clients.map(answered, questions()))
    try:
        asked.out.write_text("".join(lines), encoding="utf-8")
    except OSError as error:
        raise BenchError(f"Cannot write {asked.out}: {error.strerror}.") from error


if __name__ == "__main__":
    end_with(main)
