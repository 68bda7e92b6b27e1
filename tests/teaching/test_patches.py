from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from lib.teaching.patches import Learned, Patch, Patches

NOON = datetime(2026, 1, 2, 12, tzinfo=UTC)
LATER = NOON + timedelta(minutes=1)


def patch(answer: str = "Jane Austen", since: datetime = NOON, **variables: str) -> Patch:
    return Patch(
        correction_id=answer,
        exchange_id="own",
        question="Who wrote Emma?",
        variables=variables,
        answer=answer,
        since=since,
    )


def found(patches: Patches, question: str = "Who wrote Emma?", **variables: str) -> str | None:
    one = patches.of(question, variables, exchange_id="another", asked_at=LATER)
    return one.answer if one else None


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("who wrote emma", "Jane Austen"),
        ("Please tell me: who wrote Emma?", "Jane Austen"),
        ("Who wrote Emmy?", None),
        ("Who wrote Dracula?", None),
    ],
)
def test_a_patch_answers_what_asks_the_same_and_nothing_else(
    question: str, answer: str | None
) -> None:
    assert found(Patches([patch()]), question) == answer


def test_the_later_of_two_patches_answers() -> None:
    assert found(Patches([patch(), patch("George Eliot", LATER)])) == "George Eliot"


def test_a_patch_answers_only_with_the_same_variables() -> None:
    assert found(Patches([patch(text="One")]), text="Two") is None
    assert found(Patches([patch(text="One")]), text="One") == "Jane Austen"


def test_a_patch_leaves_what_was_asked_before_it_and_its_own_exchange_alone() -> None:
    patches = Patches([patch(since=LATER)])
    assert patches.of("Who wrote Emma?", {}, exchange_id="another", asked_at=NOON) is None
    assert patches.of("Who wrote Emma?", {}, exchange_id="own", asked_at=LATER) is None


def test_a_patch_that_says_the_same_changes_nothing() -> None:
    assert not patch().changes("jane austen.")
    assert patch().changes("Charlotte Brontë")


def test_only_a_live_version_has_learned_a_patch() -> None:
    for live in (True, False):
        assert replace(patch(), learned_in=Learned("my-adapter", 3, live)).learned is live
    assert not patch().learned


def test_patches_that_are_turned_off_answer_nothing_and_are_known_all_the_same() -> None:
    patches = Patches([patch()], answering=False)
    assert found(patches) is None
    assert patches.made_of("Jane Austen") == patch()
    assert patches.made_of("another") is None
