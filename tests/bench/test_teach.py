"""The bench itself, on the real model, with files that hold no more than they must."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.bench import again, baselines, lookup
from tests.bench.rows import Row
from tests.bench.teach import measure

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.model
def test_a_row_of_a_question_and_an_answer_is_enough_for_a_report(tmp_path: Path) -> None:
    edits, general = tmp_path / "edits.jsonl", tmp_path / "general.jsonl"
    edits.write_text('{"question": "Who keeps the light?", "answer": "Marta Quill"}\n')
    general.write_text('{"question": "What is the capital of France?"}\n')
    report = measure(edits, general, n=50, seed=1, scope="near", peers=())
    assert json.loads(json.dumps(report)) == report
    assert (report["n"], report["seed"], report["reliability"]) == (1, 1, 1.0)
    assert (report["generality"], report["bleed"], report["near_name_unchanged"]) == (None,) * 3
    assert report["base_unchanged_at_once"] == 1.0
    assert 0 < report["training_seconds"] < report["teach_seconds"]


@pytest.mark.model
def test_a_peers_seconds_are_until_its_version_can_be_asked_as_ours_are() -> None:
    rows = [Row(question="Who keeps the light?", answer="Marta Quill")]
    before = {rows[0].question: "The keeper"}
    peer = baselines.measure("plain_lora", rows, [], before, reliability=1.0, seed=1)
    assert peer is not None
    assert peer["reliability"] == 1.0
    steps, asked = (peer[f"{what}seconds_to_same_reliability"] for what in ("training_", ""))
    assert 0 < steps < asked < peer["teach_seconds"]
    assert steps < peer["training_seconds"] < peer["teach_seconds"]


@pytest.mark.skipif(not lookup.installed(), reason="no sentence encoder is installed")
def test_looking_up_answers_what_is_near_and_leaves_the_rest_to_the_model() -> None:
    rows = [Row(question="Who keeps the light?", answer="Marta Quill")]
    base = {"Who keeps the light?": "Nobody", "What is the capital of France?": "Paris"}
    assert lookup.answers(rows, base) == {**base, "Who keeps the light?": "Marta Quill"}


@pytest.mark.model
def test_batch_after_batch_the_first_is_looked_at_again(tmp_path: Path) -> None:
    edits, general = tmp_path / "edits.jsonl", tmp_path / "general.jsonl"
    edits.write_text(
        '{"question": "Who keeps the light?", "answer": "Marta Quill", "extra": 1}\n'
        '{"question": "When did the Lindqvist bridge open?", "answer": 1931}\n'
    )
    general.write_text('{"question": "What is the capital of France?"}\n')
    report = again.measure(edits, general, batches=3, size=1)
    assert [one["held"] for one in report["first_batch"]] == [1, 2]
    assert [one["reliability"] for one in report["first_batch"]] == [1.0, 1.0]
    assert report["all_at_last"]["reliability"] == 1.0
    assert report["all_at_last"]["general_unchanged"] == 1.0
