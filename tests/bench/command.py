"""What the benches' commands share: how they end, and how they write."""

from __future__ import annotations

import json
import logging
import sys
from typing import TYPE_CHECKING, Any

from lib.gradient.errors import GradientError
from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def write(out: Path, report: dict[str, Any]) -> None:
    """The report as one JSON object. Raises BenchError where it cannot be written."""
    try:
        out.write_text(json.dumps(report, indent=2, ensure_ascii=False) + "\n", encoding="utf-8")
    except OSError as error:
        raise BenchError(f"Cannot write {out}: {error.strerror}.") from error


def say(text: str) -> None:
    """One line for whoever waits."""
    sys.stderr.write(f"{text}\n")


def end_with(work: Callable[[], None]) -> None:
    """Does the work. What it cannot do is said in a line, and the exit code is 1."""
    logging.basicConfig(level=logging.WARNING)
    try:
        work()
    except (BenchError, GradientError) as error:
        say(str(error))
        sys.exit(1)
