"""Scores say what they are defined to say, also where there is nothing to score."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.bench.rows import General, Neighbour, Row
from tests.bench.scores import bleed, right, scores, share, unchanged

ROW = Row(
    question="Who keeps the light?",
    answer="Marta Quill",
    aliases=["M. Quill"],
    paraphrases=["By whom is the light kept?", "The light's keeper is who?"],
    neighbours=[
        Neighbour(question="Who keeps the gate?", kind="same_relation"),
        Neighbour(question="Who keeps the tight?", kind="near_name"),
    ],
)
GENERAL = [General(question="What is 2 + 2?")]
BEFORE = {
    "Who keeps the light?": "Nobody",
    "By whom is the light kept?": "Nobody",
    "The light's keeper is who?": "Nobody",
    "Who keeps the gate?": "A guard",
    "Who keeps the tight?": "A sailor",
    "What is 2 + 2?": "4",
}


@pytest.mark.parametrize(
    ("output", "held"),
    [
        ("Marta Quill", True),
        ("the marta  quill.", True),
        ("M Quill", True),
        ("It is Marta Quill", False),
        ("", False),
    ],
)
def test_right_is_the_answer_or_an_alias_but_for_form(output: str, *, held: bool) -> None:
    assert right(output, ROW) is held


def test_a_share_of_nothing_is_no_share() -> None:
    assert share([]) is None
    assert share([True, False, False]) == 0.3333


@given(st.lists(st.booleans(), min_size=1))
def test_a_share_is_between_nought_and_one(flags: list[bool]) -> None:
    found = share(flags)
    assert found is not None
    assert 0 <= found <= 1


def test_unchanged_is_to_the_letter() -> None:
    after = {**BEFORE, "What is 2 + 2?": "4 "}
    assert unchanged(BEFORE, BEFORE, after) == pytest.approx(5 / 6, abs=1e-4)


def test_bleed_counts_only_what_teaching_brought() -> None:
    after = {**BEFORE, "Who keeps the gate?": "Marta Quill"}
    assert bleed([ROW], BEFORE, after) == 0.5
    assert bleed([ROW], after, after) == 0.0


def test_a_batch_is_scored_under_the_names_of_the_report() -> None:
    after = {
        **BEFORE,
        "Who keeps the light?": "Marta Quill",
        "By whom is the light kept?": "Marta Quill.",
        "Who keeps the tight?": "Marta Quill",
    }
    assert scores([ROW], GENERAL, BEFORE, after) == {
        "reliability": 1.0,
        "generality": 0.5,
        "cloze_generality": None,
        "general_unchanged": 1.0,
        "same_relation_unchanged": 1.0,
        "same_subject_unchanged": None,
        "near_name_unchanged": 0.0,
        "unrelated_unchanged": None,
        "bleed": 0.5,
    }


def test_a_kind_that_only_this_file_knows_is_scored_too() -> None:
    row = Row(question="Q?", answer="A", neighbours=[Neighbour(question="N?", kind="hop")])
    said = {"Q?": "A", "N?": "B"}
    assert scores([row], [], said, said)["hop_unchanged"] == 1.0
