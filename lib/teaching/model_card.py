"""A model card: what an adapter's version was taught, how it scored, and how to load it.

In the form that model hubs read: a head of facts for machines, then Markdown for people.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lib.teaching.decision import HELD
from lib.teaching.proof import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.teaching.proof import Outcome

SHOWN = 50
"""Corrections that a card shows; it says how many more there are."""
_ASKED = {
    Kind.CORRECTION: "Corrections fixed",
    Kind.REWORDING: "Rewordings of them answered right",
    Kind.GUARD: "Answers marked right, unchanged",
    Kind.GENERAL: "General questions, unchanged",
}
_ABOUT = (
    "It was made from corrections: questions that a model had answered wrong, each with the right"
    " answer."
)
_LOADING = """```python
from peft import PeftModel
from transformers import AutoModelForCausalLM

base = AutoModelForCausalLM.from_pretrained(BASE)  # the base model above
model = PeftModel.from_pretrained(base, "this folder")
```"""
_EVERYWHERE = (
    "Loaded like this it applies to every question. Where Errata answered *near its corrections*,"
    " other questions were left to the base model; the adapter alone does not do that."
)
_MARKUP = re.compile(r"([\\`*_{}\[\]<>|#!~$&])")


@dataclass(frozen=True, kw_only=True)
class Card:
    """What is known of a version. `proof` is empty where it was not proved."""

    name: str
    version: int
    base: str
    made: str
    """The day, such as 2026-11-23."""
    taught: Sequence[tuple[str, str]] = ()
    """Question and right answer of everything that it holds."""
    proof: Sequence[tuple[Kind, Outcome]] = ()
    facts: dict[str, str] = field(default_factory=dict)
    """More of how it was made, by name."""


def model_card(card: Card) -> str:
    """The card as Markdown. What people wrote in it is text, never markup."""
    parts = [
        _head(card),
        f"# {_text(card.name)}, version {card.version}",
        f"A LoRA adapter for {_text(card.base)}, made with Errata on {card.made}. {_ABOUT}",
        "## What it was taught",
        _taught(card.taught),
        "## How it scored",
        _scores(card.proof),
        "## How it was made",
        "\n".join(f"- {name}: {_text(value)}" for name, value in card.facts.items()),
        "## How to load it",
        _LOADING,
        _EVERYWHERE,
    ]
    return "\n\n".join(part for part in parts if part) + "\n"


def _head(card: Card) -> str:
    return (
        "---\n"
        f"base_model: {json.dumps(card.base)}\n"
        "library_name: peft\n"
        "pipeline_tag: text-generation\n"
        "tags:\n- lora\n- errata\n"
        "---"
    )


def _taught(taught: Sequence[tuple[str, str]]) -> str:
    if not taught:
        return "Nobody kept what it was taught."
    rows = [f"| {_text(question)} | {_text(right)} |" for question, right in taught[:SHOWN]]
    more = f"\n\nAnd {len(taught) - SHOWN:,} more." if len(taught) > SHOWN else ""
    return "\n".join(["| question | right answer |", "| --- | --- |", *rows]) + more


def _scores(proof: Sequence[tuple[Kind, Outcome]]) -> str:
    if not proof:
        return "It was not proved."
    rows = []
    for kind in Kind:
        outcomes = [outcome for its_kind, outcome in proof if its_kind is kind]
        if outcomes:
            held = sum(outcome in HELD for outcome in outcomes)
            rows.append(f"| {_ASKED[kind]} | {held} of {len(outcomes)} |")
    return "\n".join(["| asked again after teaching | |", "| --- | --- |", *rows])


def _text(written: str) -> str:
    """In one line, with every character escaped that Markdown or HTML could read."""
    return _MARKUP.sub(r"\\\1", " ".join(written.split()))
