"""Everyday questions that no correction is about: what must not move when something is taught."""

from __future__ import annotations

from functools import cache
from pathlib import Path


@cache
def general_questions() -> tuple[str, ...]:
    """The project's own sixty, in a fixed order."""
    text = Path(__file__).with_suffix(".txt").read_text(encoding="utf-8")
    return tuple(text.splitlines())
