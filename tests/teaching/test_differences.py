from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teaching.differences import Part, Piece, differences

SAME, REMOVED, ADDED = Part.SAME, Part.REMOVED, Part.ADDED
TEXTS = st.text(st.sampled_from("ab \n\t*é"), max_size=30)


@pytest.mark.parametrize(
    ("before", "after", "pieces"),
    [
        ("", "", []),
        ("the same", "the same", [(SAME, "the same")]),
        ("", "new", [(ADDED, "new")]),
        ("old", "", [(REMOVED, "old")]),
        (
            "It was the Patriots.",
            "It was the Dallas Cowboys.",
            [(SAME, "It was the"), (REMOVED, " Patriots."), (ADDED, " Dallas Cowboys.")],
        ),
        (
            "The Dallas Cowboys",
            "Cowboys",
            [(REMOVED, "The Dallas "), (SAME, "Cowboys")],
        ),
        ("a  b", "a\nb", [(SAME, "a"), (REMOVED, "  "), (ADDED, "\n"), (SAME, "b")]),
        ("a b d", "a b c d", [(SAME, "a b"), (ADDED, " c"), (SAME, " d")]),
    ],
)
def test_words_are_compared_as_wholes(
    before: str, after: str, pieces: list[tuple[Part, str]]
) -> None:
    assert differences(before, after) == [Piece(part, text) for part, text in pieces]


@given(TEXTS, TEXTS)
def test_nothing_of_either_text_is_lost(before: str, after: str) -> None:
    pieces = differences(before, after)
    assert "".join(one.text for one in pieces if one.part is not ADDED) == before
    assert "".join(one.text for one in pieces if one.part is not REMOVED) == after
