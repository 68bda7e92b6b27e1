"""The gate on many kinds of question at once, by the share of each kind that it lets through."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.engine.scope.corrections import Corrections
from tests.engine.scope.kinds import CASES, GENERAL

if TYPE_CHECKING:
    from lib.engine.scope.sentences import Sentences
    from lib.gradient.schemas import Nearness

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def near(sentences: Sentences) -> dict[str, str | None]:
    """By question, the correction that it is near to, all of the table being taught at once."""
    taught = [case.taught for case in CASES]
    gate = Corrections(taught, taught, sentences.vectors(taught), sentences.vocabulary())

    def found(asked: str) -> Nearness:
        return gate.nearness(asked, lambda text: sentences.vectors([text])[0])

    asked = [*GENERAL, *(text for case in CASES for texts in case[1:] for text in texts)]
    return {text: one.sample_id for text in asked if (one := found(text)).near}


def test_other_wordings_are_near_to_their_own_correction(near: dict[str, str | None]) -> None:
    pairs = [(text, case.taught) for case in CASES for text in case.reworded]
    missed = [text for text, taught in pairs if near.get(text) != taught]
    assert len(missed) <= 0.06 * len(pairs), missed


def test_the_same_question_about_something_else_is_seldom_near(
    near: dict[str, str | None],
) -> None:
    asked = [text for case in CASES for text in case.swapped]
    let_through = [text for text in asked if text in near]
    assert len(let_through) <= 0.12 * len(asked), let_through


@pytest.mark.parametrize("text", [*GENERAL, *(text for case in CASES for text in case.other)])
def test_what_shares_but_a_word_or_none_is_far(near: dict[str, str | None], text: str) -> None:
    assert text not in near
