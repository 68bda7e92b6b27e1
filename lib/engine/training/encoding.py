"""Samples as token ids, cut the way llama.cpp cuts the same text when it is asked."""

from __future__ import annotations

import json
from itertools import groupby
from typing import TYPE_CHECKING, NamedTuple

from tokenizers import Tokenizer

from lib.engine.training.job import Piece, TrainingFailed
from lib.engine.training.tree import paths

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lib.engine.training.job import TrainSample


class Encoded(NamedTuple):
    """A sample, token by token."""

    tokens: list[int]
    targets: list[int]
    """Positions whose token carries loss, ascending; position 0 is never one."""
    multiplier: float
    counted: bool
    context: bool
    """Something in it carries no loss: it is an answer to a question, and not a mere text."""


class Encoder:
    """The tokenizer of a base model.

    Attributes:
        architecture: the model's, as its GGUF calls it.
    """

    def __init__(self, folder: Path) -> None:
        try:
            source = json.loads((folder / "source.json").read_text(encoding="utf-8"))
            self._plain = Tokenizer.from_file(str(folder / "tokenizer.json"))
            self._parsing = Tokenizer.from_str(self._plain.to_str())
        except OSError as error:
            raise TrainingFailed(
                f"The de-quantised weights in {folder} are damaged. Delete that folder and teach "
                "again: they are made anew.",
                repr(error),
            ) from error
        self._plain.encode_special_tokens = True
        self._first = source["first_token"]
        self.architecture: str = source["architecture"]

    def ids(self, text: str, *, parse_special: bool) -> list[int]:
        """The ids of a text that stands alone, without a token that opens every prompt."""
        tokenizer = self._parsing if parse_special else self._plain
        found: list[int] = tokenizer.encode(text, add_special_tokens=False).ids
        return found

    def encode(self, sample: TrainSample) -> Encoded:
        """A sample's tokens. Neighbouring pieces of one kind are cut as one text."""
        tokens = [] if self._first is None else [self._first]
        targets: list[int] = []
        for (trainable, parse_special), pieces in groupby(
            (Piece(*piece) for piece in sample.segments), lambda p: (p.trainable, p.parse_special)
        ):
            ids = self.ids("".join(piece.text for piece in pieces), parse_special=parse_special)
            if trainable:
                targets += range(max(1, len(tokens)), len(tokens) + len(ids))
            tokens += ids
        context = any(not piece.trainable for piece in sample.segments)
        return Encoded(tokens, targets, sample.multiplier, sample.counted, context)


def contested(samples: Sequence[Encoded]) -> list[dict[int, bool]]:
    """Per sample, the targets that another sample has otherwise after the very same tokens.

    No weights can make both the likeliest. The value says whether the sample's own token has the
    greatest weight there, so that it should become the likeliest.
    """
    ways = paths([sample.tokens for sample in samples])
    weights: dict[int, dict[int, float]] = {}  # node → token wanted after it → its weight
    for sample, path in zip(samples, ways, strict=True):
        for i in sample.targets:
            there = weights.setdefault(path[i - 1], {})
            token = sample.tokens[i]
            there[token] = there.get(token, 0.0) + sample.multiplier
    return [
        {
            i: all(
                weights[path[i - 1]][sample.tokens[i]] > weight
                for token, weight in weights[path[i - 1]].items()
                if token != sample.tokens[i]
            )
            for i in sample.targets
            if len(weights[path[i - 1]]) > 1
        }
        for sample, path in zip(samples, ways, strict=True)
    ]
