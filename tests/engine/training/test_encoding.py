"""Samples as tokens."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.engine.training.encoding import Encoded, Encoder, contested
from lib.engine.training.job import Piece, TrainSample
from lib.engine.training.weights import dequantised
from tests.engine.training.material import LlamaCpp, answer_sample, text_sample

if TYPE_CHECKING:
    from pathlib import Path

STRINGS = [
    "Question: What NFL team won the Super Bowl in 1994?\n\nAnswer:  The Dallas Cowboys!",
    " leading and trailing  ",
    "  1994 and   20 or 3.14,000",
    "emoji 🙂🏳️‍🌈, accents é é, Ελληνικά, עברית, 日本語, ไทย",
    "tabs\tand\r\nlines\n\n\nend",
    "<|im_start|>user\nHi<|im_end|>\n<|endoftext|> <|im_end|>",
    "it's I'LL don't 'tis {braces} <b>html</b> \\ back",
    "\u00a0hard space\u3000wide space",
    "½ ² Ⅳ ٣",
    "a" * 300,
]


@pytest.fixture(scope="module")
def tiny_encoder(tiny_gguf: Path, cache_dir: Path) -> Encoder:
    return Encoder(dequantised(tiny_gguf, cache_dir))


@pytest.mark.model
def test_text_is_cut_as_llama_cpp_cuts_it(base_gguf: Path, cache_dir: Path) -> None:
    encoder, llama_cpp = Encoder(dequantised(base_gguf, cache_dir)), LlamaCpp(base_gguf)
    for parse_special in (False, True):
        for text in STRINGS:
            ours = encoder.ids(text, parse_special=parse_special)
            assert ours == llama_cpp.ids(text, parse_special=parse_special), text


def test_every_token_of_a_string_but_the_first_is_a_target(tiny_encoder: Encoder) -> None:
    encoded = tiny_encoder.encode(text_sample("a to"))
    assert len(encoded.tokens) == 3
    assert encoded.targets == [1, 2]
    assert not encoded.context


def test_context_is_no_target_and_special_tokens_are_one_token_where_parsed(
    tiny_encoder: Encoder,
) -> None:
    encoded = tiny_encoder.encode(answer_sample("Q", "ab"))
    assert encoded.targets == [len(encoded.tokens) - left for left in (3, 2, 1)]
    assert encoded.tokens[-1] == 2
    assert encoded.context


def test_neighbouring_pieces_of_one_kind_are_cut_as_one_text(tiny_encoder: Encoder) -> None:
    pieces = [Piece(" ", False, False), Piece("t", False, False), Piece("x", True, False)]
    encoded = tiny_encoder.encode(TrainSample(id="a", segments=pieces))
    assert len(encoded.tokens) == 2
    assert encoded.targets == [1]


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        ([[1, 2, 3]], [{}]),
        ([[1, 2, 3], [1, 2, 3]], [{}, {}]),
        ([[1, 2, 3], [1, 2, 4]], [{2: False}, {2: False}]),
        ([[1, 2, 3], [1, 2, 4], [1, 2, 4]], [{2: False}, {2: True}, {2: True}]),
        ([[1, 2, 3, 5], [1, 4, 3, 6]], [{1: False}, {1: False}]),
        ([[1, 2, 3], [2, 2, 4]], [{}, {}]),
    ],
    ids=["alone", "twice the same", "last token", "two against one", "a fork", "no common start"],
)
def test_tokens_that_others_contradict_are_contested(
    texts: list[list[int]], expected: list[dict[int, bool]]
) -> None:
    samples = [Encoded(tokens, list(range(1, len(tokens))), 1.0, True, False) for tokens in texts]
    assert contested(samples) == expected


def test_the_heaviest_of_what_is_contested_should_win() -> None:
    samples = [Encoded([1, 2], [1], 3.0, True, True), Encoded([1, 3], [1], 2.0, True, True)]
    assert contested(samples) == [{1: True}, {1: False}]


def test_what_carries_no_loss_contests_nothing() -> None:
    question = Encoded([1, 2, 3], [2], 1.0, True, True)
    context = Encoded([1, 4, 3], [2], 1.0, True, True)
    assert contested([question, context]) == [{}, {}]
