from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.teaching.scores import exact, f1, norm


@pytest.mark.parametrize(
    ("text", "normal"),
    [
        ("", ""),
        (" \n\t ", ""),
        ("The Dallas Cowboys!", "dallas cowboys"),
        ("  a   cat, AND an owl;  the end ", "cat and owl end"),
        ("the", ""),
        ("theatre another panther", "theatre another panther"),
        ("The-Beatles", "thebeatles"),
        ("U.S.A.", "usa"),
        ("a.", ""),
        ("April 9, 1959", "april 9 1959"),
        ("3.14", "314"),
        ("Äpfel, naïve", "äpfel naïve"),
        ("«Paris»", "«paris»"),
        ("\u00a0no-break\u00a0space", "nobreak space"),
    ],
)
def test_norm_is_squads(text: str, normal: str) -> None:
    assert norm(text) == normal


@given(st.text())
def test_norm_of_a_norm_has_no_capitals_punctuation_or_double_spaces(text: str) -> None:
    normal = norm(text)
    assert "  " not in normal
    assert normal == normal.strip()
    assert not set(normal) & set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~")


@pytest.mark.parametrize(
    ("answer", "expected", "aliases", "right"),
    [
        ("The Dallas Cowboys.", "dallas cowboys", (), True),
        ("April 9, 1959", "9 April 1959", ("April 9, 1959",), True),
        ("Dallas", "The Dallas Cowboys", (), False),
        ("The Dallas Cowboys won", "The Dallas Cowboys", (), False),
        ("", "the", (), True),
    ],
)
def test_exact_match_knows_the_aliases(
    answer: str, expected: str, aliases: tuple[str, ...], *, right: bool
) -> None:
    assert exact(answer, expected, aliases) is right


@pytest.mark.parametrize(
    ("answer", "expected", "score"),
    [
        ("The Dallas Cowboys", "dallas cowboys", 1.0),
        ("Dallas", "Dallas Cowboys", 2 / 3),
        ("Dallas Cowboys of Texas", "Dallas Cowboys", 2 / 3),
        ("red red blue", "red blue blue", 2 / 3),
        ("Patriots", "Cowboys", 0.0),
        ("", "Cowboys", 0.0),
        ("the", "an", 1.0),
    ],
)
def test_f1_counts_shared_words(answer: str, expected: str, score: float) -> None:
    assert f1(answer, expected) == pytest.approx(score)
    assert f1(expected, answer) == pytest.approx(score)
