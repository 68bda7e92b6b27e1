"""What is kept of a text between two readings."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, cast

import torch
from torch import Tensor

from lib.engine.training.encoding import Encoded
from lib.engine.training.reading import Reader

if TYPE_CHECKING:
    from lib.engine.training.llama import Llama
    from lib.engine.training.tree import Tree

TEXTS = [
    Encoded([1, 2, 3, word], [3], multiplier=1.0, counted=True, context=True) for word in (4, 5)
]


class Embeds:
    """In place of a model: says which tokens it was asked for, and finds every text learned."""

    shape = SimpleNamespace(layers=2)

    def __init__(self) -> None:
        self.embedded: list[list[int]] = []

    def embed(self, tokens: Tensor) -> Tensor:
        self.embedded.append(tokens.tolist())
        return torch.zeros(len(tokens), 8)

    def run(self, x: Tensor, _tree: Tree, _first: int, _last: int, *_at: Any) -> Tensor:
        return x

    def losses(self, _x: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
        return torch.zeros(len(wanted)), torch.ones(len(wanted), dtype=torch.bool)


def test_a_text_is_read_through_the_lower_layers_once_until_it_is_forgotten() -> None:
    model = Embeds()
    reader = Reader(cast("Llama", model), 1, TEXTS)
    reader.read([0])
    reader.read([0])
    assert len(model.embedded) == 1
    reader.forget([0, 1])
    reader.read([0])
    assert len(model.embedded) == 2


def test_what_is_forgotten_makes_room_for_others() -> None:
    model = Embeds()
    for_one = 3 * 8 * torch.zeros(1).element_size()
    reader = Reader(cast("Llama", model), 1, TEXTS, kept_bytes=for_one)
    for _ in range(2):
        reader.read([0])
        reader.read([1])
    assert len(model.embedded) == 3, "there was room for the first alone"
    reader.forget([0])
    reader.read([1])
    reader.read([1])
    assert len(model.embedded) == 4
