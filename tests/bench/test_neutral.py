"""The neutral questions, and the file of them that the engine comes with."""

from __future__ import annotations

import json
from collections import Counter

from lib.engine.training.neutral import TEXTS
from tests.bench.neutral import questions


def test_no_two_questions_are_alike_and_none_has_a_gap() -> None:
    made = questions()
    assert len({text.lower() for text in made}) == len(made)
    assert not [text for text in made if set("{}") & set(text)]


def test_people_type_in_more_than_one_way() -> None:
    ways = Counter((text[0].isupper(), text.endswith("?")) for text in questions())
    assert {(True, True), (False, True), (False, False)} <= ways.keys()


def test_the_engine_comes_with_an_answer_to_each() -> None:
    lines = [json.loads(line) for line in TEXTS.read_text(encoding="utf-8").splitlines()]
    assert [line["question"] for line in lines] == questions()
    assert all(isinstance(line["answer"], str) for line in lines)
