"""What our teacher does with a batch of corrections: scores, time and memory, through the API."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lib.gradient.schemas import FineTune, FineTuned, Sample, Scope
from lib.teaching.samples import scoped_sample
from lib.teaching.templates import DEFAULT, render
from tests.bench import direct, peft_alone
from tests.bench.asking import answers, answers_at_once
from tests.bench.engine import running
from tests.bench.errors import BenchError
from tests.bench.memory import PeakMemory
from tests.bench.process import wait_until_idle
from tests.bench.rows import General, Row, questions
from tests.bench.scores import scores, unchanged
from tests.bench.weights import default_gguf
from tests.bench.worker import worker

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lib.gradient.client import Client

SOME = 10
"""Taught questions, and as many general ones, that others are asked too."""


@dataclass(frozen=True)
class Taught:
    """Scores and costs by scope, as asked for; other figures; the base model's answers."""

    scopes: dict[Scope, dict[str, Any]]
    others: dict[str, Any]
    before: dict[str, str]


def sample(position: int, row: Row) -> Sample:
    """All that a teacher may know of a row: its question and its answer."""
    return scoped_sample(
        render(DEFAULT, question=row.question),
        row.answer,
        sample_id=f"row-{position}",
        question=row.question,
        auto_template=True,
    )


def teach(rows: list[Row], general: list[General], scopes: list[Scope], seed: int) -> Taught:
    """Teaches the rows as one batch to a new adapter of a new engine, and asks before and after.

    To one adapter for each scope, for an engine may teach otherwise what is to answer elsewhere;
    what it cost is told of the first. An engine without scope answers everywhere, whatever was
    asked for.
    """
    asked = questions(rows, general)
    said: dict[Scope, dict[str, str]] = {}
    costs: dict[Scope, dict[str, Any]] = {}
    files = b""
    with running() as engine:
        client, base = engine.client, engine.base_model_id
        can_scope = _has_scope(client)
        # An engine begins to load what it teaches with when an adapter is made. That is not in the
        # time of teaching, as the loading of a peer is not in its: it has ended before.
        adapter = client.create_adapter(base, "bench")
        before = answers(client, base, asked)
        at_once = answers_at_once(client, base, (plain := [line.question for line in general]))
        for scope in scopes if can_scope else [Scope.EVERYWHERE]:
            if said:
                adapter = client.create_adapter(base, f"bench {scope.value}")
            batch = FineTune(
                samples=[sample(position, row) for position, row in enumerate(rows)],
                scope=scope if can_scope else None,
                seed=seed,
            )
            wait_until_idle(engine.pid)
            with PeakMemory(engine.pid) as memory:
                started = time.perf_counter()
                result = client.fine_tune(adapter, batch)
                seconds = time.perf_counter() - started
            if result.version is None:
                raise BenchError(
                    "The engine did not say which version it made; nothing was scored."
                )
            costs[scope] = _costs(result, seconds, memory) | {
                "training_seconds": round(client.versions(adapter)[-1].seconds, 2)
            }
            said[scope] = answers(client, adapter, asked)
            files = client.version_files(adapter, result.version)
    found = {
        scope: scores(rows, general, before, after) | costs[scope] for scope, after in said.items()
    }
    everywhere = said.get(Scope.EVERYWHERE)
    some = [*(row.question for row in rows[:SOME]), *plain[:SOME]]
    others = {
        "peft_alone_same": _by_others(files, some, everywhere) if everywhere else None,
        "base_unchanged_at_once": unchanged(plain, before, at_once),
    }
    return Taught(found, others, before)


def _costs(result: FineTuned, seconds: float, memory: PeakMemory) -> dict[str, Any]:
    return {
        "teach_seconds": round(seconds, 2),
        "peak_rss_mb": memory.mb,
        "trainable_tokens": result.number_of_trainable_tokens,
        "sum_loss": result.sum_loss,
        "final_loss": result.final_loss,
        "not_learned": result.not_learned,
    }


def _by_others(files: bytes, asked: list[str], ours: Mapping[str, str]) -> float | None:
    """The share of questions that peft alone answers to the letter as our engine does.

    The engine computes with quantised weights and values, peft with neither, so a few may differ.
    """
    gguf = default_gguf()
    with worker() as process:
        prompts = process.run(direct.prompts, gguf, asked)
    with worker() as process:
        theirs = process.run(peft_alone.answers, gguf, files, prompts)
    return unchanged(asked, ours, dict(zip(asked, theirs, strict=True)))


def _has_scope(client: Client) -> bool:
    info = client.info()
    return info is not None and "scope" in info.extensions
