from __future__ import annotations

import pytest

from lib.teaching.proof import Kind, Outcome, outcome, summary


@pytest.mark.parametrize(
    ("after", "expected", "found"),
    [
        ("The Dallas Cowboys.", "Dallas Cowboys", Outcome.FIXED),
        ("It was the Dallas Cowboys, in January of that year.", "Dallas Cowboys", Outcome.PARTLY),
        ("Dallas", "Dallas Cowboys", Outcome.PARTLY),
        ("The New England Patriots", "Dallas Cowboys", Outcome.NOT_FIXED),
        ("Nobody of that year knows who was in Dallas", "Dallas Cowboys", Outcome.NOT_FIXED),
        ("Notable", "table", Outcome.NOT_FIXED),
        ("anything", "?!", Outcome.NOT_FIXED),
        ("", "Dallas Cowboys", Outcome.NOT_FIXED),
    ],
)
@pytest.mark.parametrize("kind", [Kind.CORRECTION, Kind.REWORDING])
def test_a_corrected_question_is_fixed_partly_or_not(
    kind: Kind, after: str, expected: str, found: Outcome
) -> None:
    assert outcome(kind, before="The Patriots", expected=expected, after=after) is found


@pytest.mark.parametrize("kind", [Kind.GUARD, Kind.GENERAL])
def test_any_other_answer_is_the_same_to_the_letter_or_changed(kind: Kind) -> None:
    for after, found in (("Paris.", Outcome.SAME), ("Paris", Outcome.CHANGED)):
        assert outcome(kind, before="Paris.", expected="", after=after) is found


@pytest.mark.parametrize(
    ("outcomes", "line"),
    [
        ([], ""),
        ([(Kind.CORRECTION, Outcome.FIXED)], "1 of 1 fixed"),
        (
            [(Kind.CORRECTION, Outcome.FIXED)] * 2
            + [(Kind.CORRECTION, Outcome.PARTLY), (Kind.REWORDING, Outcome.NOT_FIXED)]
            + [(Kind.GUARD, Outcome.SAME), (Kind.GENERAL, Outcome.SAME)]
            + [(Kind.GENERAL, Outcome.CHANGED)],
            "2 of 3 fixed · 0 of 1 rewordings fixed · 2 of 3 others unchanged",
        ),
    ],
)
def test_a_summary_is_one_line(outcomes: list[tuple[Kind, Outcome]], line: str) -> None:
    assert summary(outcomes) == line


def test_a_summary_says_what_was_not_asked() -> None:
    found = [(Kind.CORRECTION, Outcome.FIXED), (Kind.GENERAL, Outcome.SAME)]
    line = "1 of 1 fixed · 1 of 1 others unchanged, 1 of them out of scope"
    assert summary(found, out_of_scope=1) == line
