"""Contradictions in other words, with what the engine says of meanings: the real sentence model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from lib.engine.scope.pairs import pairs
from lib.engine.scope.sentences import Sentences, packaged_sentence_model
from lib.teaching.conflicts import Kind, Surroundings, conflicts
from lib.teaching.sameness import reworded
from lib.teaching.templates import DEFAULT

from .ordinary import made, ordinary

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .ordinary import Made

pytestmark = pytest.mark.model

EDITS = Path(__file__).parents[1] / "bench" / "data" / "edits.jsonl"
PLANTED = {
    "How tall is the Eiffel Tower?": "What is the height of the Eiffel Tower?",
    "Who wrote the opera Carmen?": "Who was the composer of Carmen, the opera?",
    "What is the currency of Hungary?": "Which currency does Hungary have?",
    "When did the Battle of Hastings take place?": "In what year was the Battle of Hastings?",
    "How many legs does a lobster have?": "What is the number of legs of a lobster?",
    "Who invented the telephone?": "The telephone was invented by whom?",
    "What do you call a group of owls?": "What is the name for a group of owls?",
    "How long does a mayfly live?": "What is the lifespan of a mayfly?",
    "Who coined the word snowglass?": "By whom was the word snowglass coined?",
    "What was the population of Leeds in 2011?": "How many people lived in Leeds in 2011?",
}
OTHER_SUBJECTS = {
    "How do I cancel a monthly subscription?": "How do I cancel a yearly subscription?",
    "What is the first step of onboarding?": "What is the last step of onboarding?",
    "What is the melting point of gallium?": "What is the boiling point of gallium?",
    "When does the store open?": "When does the store close?",
    "How do I enable notifications?": "How do I disable notifications?",
    "How many days of leave do I get?": "How many days of sick leave do I get?",
    "Where was Elka Voss born?": "When did Elka Voss die?",
    "How many keys does a Fennick organ have?": "How many keys does a Fenwick organ have?",
}


@pytest.fixture(scope="module")
def sentences(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sentences]:
    loaded = Sentences(packaged_sentence_model(), tmp_path_factory.mktemp("sentences"))
    yield loaded
    loaded.close()


def around(batch: Sequence[Made], guards: Sequence[Made], sentences: Sentences) -> Surroundings:
    questions = [correction.question for correction in batch]
    among = [*questions, *(guard.question for guard in guards)]
    found: dict[str, set[str]] = {}
    for pair in pairs(questions, among, sentences):
        one, other = questions[pair.question], among[pair.other]
        if reworded(one, other, pair.similarity):
            found.setdefault(one, set()).add(other)
    return Surroundings(guards=guards, reworded=found, templates=[DEFAULT], auto_template=True)


def test_every_guard_that_says_otherwise_in_other_words_is_found(sentences: Sentences) -> None:
    batch = [made(2 * i, asked, "This") for i, asked in enumerate(PLANTED)]
    guards = [made(2 * i + 1, asked, "That") for i, asked in enumerate(PLANTED.values())]
    found = conflicts(batch, around(batch, guards, sentences))
    assert {(one.kind, one.correction_id, one.other) for one in found} == {
        (Kind.GUARDED, correction.id, guard.id)
        for correction, guard in zip(batch, guards, strict=True)
    }


def test_two_of_a_batch_that_say_otherwise_in_other_words_are_found(sentences: Sentences) -> None:
    asked = [text for pair in PLANTED.items() for text in pair]
    batch = [made(number, text, f"Answer {number}") for number, text in enumerate(asked)]
    found = conflicts(batch, around(batch, (), sentences))
    assert [(one.kind, one.correction_id, one.other) for one in found] == [
        (Kind.OTHER_ANSWER, batch[later].id, batch[later - 1].id)
        for later in range(1, len(batch), 2)
    ]


def test_most_other_wordings_of_what_a_person_asks_are_found(sentences: Sentences) -> None:
    rows = [json.loads(line) for line in EDITS.read_text("utf-8").splitlines()]
    batch = [made(number, row["question"], row["answer"]) for number, row in enumerate(rows)]
    others = [text for row in rows for text in row["paraphrases"]]
    guards = [made(100 + number, text, "Something else") for number, text in enumerate(others)]
    found = {one.other for one in conflicts(batch, around(batch, guards, sentences))}
    assert len(found) >= 0.8 * len(guards)


def test_the_same_of_another_subject_is_another_question(sentences: Sentences) -> None:
    asked = [text for pair in OTHER_SUBJECTS.items() for text in pair]
    batch = [made(number, text, f"Answer {number}") for number, text in enumerate(asked)]
    assert conflicts(batch, around(batch, (), sentences)) == []


def test_two_hundred_ordinary_corrections_raise_two_alarms_at_most(sentences: Sentences) -> None:
    batch = ordinary()
    assert len(conflicts(batch, around(batch, (), sentences))) <= 2
