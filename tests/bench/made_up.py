"""Questions about nobody, as many as are wanted."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from random import Random

ASKED = (
    "When was {} born?",
    "Who wrote {}?",
    "What is the capital of {}?",
    "Which team won the cup in {}?",
    "How many people live in {}?",
)
SYLLABLES = ("ba", "ro", "ni", "sel", "tor", "ma", "vik", "an", "du", "el")


def question(random: Random) -> str:
    """One of a few common forms, about a name of two words."""
    name = " ".join("".join(random.choices(SYLLABLES, k=3)).title() for _ in range(2))
    return random.choice(ASKED).format(name)
