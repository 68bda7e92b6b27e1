from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.gradient.stop_words import StopWords

# Few letters, so that words begin, overlap and nest often.
letters = st.text("ab.", max_size=6)


def told(words: list[str], pieces: list[str]) -> tuple[str, bool]:
    stop_words = StopWords(words)
    text = "".join(stop_words.feed(piece) for piece in pieces) + stop_words.rest()
    return text, stop_words.met


@given(words=st.lists(letters, max_size=4), pieces=st.lists(letters, max_size=8))
def test_pieces_are_cut_where_the_whole_text_is(words: list[str], pieces: list[str]) -> None:
    whole = "".join(pieces)
    met = [at for word in words if word and (at := whole.find(word)) >= 0]
    assert told(words, pieces) == (whole[: min(met, default=len(whole))], bool(met))


@pytest.mark.parametrize(
    ("words", "text", "expected"),
    [
        (["."], "Hm. Yes.", "Hm"),
        (["(a|b)"], "a b (a|b) c", "a b "),
        (["\n\n"], "one\n\ntwo", "one"),
        ([""], "all of it", "all of it"),
        ([], "all of it", "all of it"),
    ],
)
def test_a_stop_word_is_a_text_and_no_pattern(words: list[str], text: str, expected: str) -> None:
    assert told(words, list(text))[0] == expected


def test_what_can_no_longer_be_a_stop_word_is_not_held_back() -> None:
    stop_words = StopWords(["\nQuestion:"])
    assert stop_words.feed("Yes.\nQue") == "Yes."
    assert stop_words.feed("bec") == "\nQuebec"
