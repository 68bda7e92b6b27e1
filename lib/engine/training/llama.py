"""The forward pass of llama-like models, laid out for teaching.

It runs any stretch of layers, so that the frozen ones below are run once per sample, and leaves
room for a LoRA on every projection.

transformers' own modules do the same, but importing them takes longer than a correction may.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.job import TrainingFailed, Unteachable
from lib.engine.training.loss import cross_entropy
from lib.engine.training.projections import Projection, Projections

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from lib.engine.training.frozen import Full, Rounded
    from lib.engine.training.tree import Tree

KINDS = {"llama", "mistral", "qwen2", "qwen3"}
"""Configurations' `model_type` that this forward pass is right for."""

PROJECTIONS = {
    "q_proj": "self_attn",
    "k_proj": "self_attn",
    "v_proj": "self_attn",
    "o_proj": "self_attn",
    "gate_proj": "mlp",
    "up_proj": "mlp",
    "down_proj": "mlp",
}
"""Each projection of a layer, and the block that it is a part of."""

FEED = [name for name, block in PROJECTIONS.items() if block == "mlp"]

SIDE_BY_SIDE = [["q_proj", "k_proj", "v_proj"], ["o_proj"], ["gate_proj", "up_proj"], ["down_proj"]]
"""Those that multiply the same states."""


class Shape(NamedTuple):
    """What a configuration says of a model."""

    layers: int
    hidden: int
    heads: int
    kv_heads: int
    head: int
    vocabulary: int
    context: int
    epsilon: float


class Layer:
    """One layer: attention with rotary positions, and a gated feed-forward block.

    Attributes:
        down: [nodes, neurons] of the feed-forward block → [nodes, hidden].
    """

    def __init__(
        self, shape: Shape, tensors: dict[str, Tensor], kind: type[Full | Rounded]
    ) -> None:
        self.shape = shape
        self.norms = {name: tensors[f"{name}.weight"].float() for name in _norms(tensors)}
        self._projections: dict[str, Projection] = {}
        self._qkv, self._o, self._gate_up, self.down = (
            self._side_by_side(names, tensors, kind) for names in SIDE_BY_SIDE
        )

    def _side_by_side(
        self, names: Sequence[str], tensors: dict[str, Tensor], kind: type[Full | Rounded]
    ) -> Projections:
        at = [f"{PROJECTIONS[name]}.{name}" for name in names]
        found = Projections(
            [tensors[f"{name}.weight"] for name in at],
            [tensors.get(f"{name}.bias") for name in at],
            kind,
        )
        self._projections |= zip(names, found.parts, strict=True)
        return found

    def projection(self, name: str) -> Projection:
        """One of `PROJECTIONS`."""
        return self._projections[name]

    def __call__(
        self, x: Tensor, turn: tuple[Tensor, Tensor], tree: Tree, at: Tensor | None = None
    ) -> Tensor:
        """[nodes, hidden] before this layer → [wanted, hidden] after it.

        Args:
            x: as said.
            turn: cosines and sines of the nodes' angles, [nodes, 1, head size / 2] each.
            tree: whose nodes they are.
            at: [wanted]: the nodes that are wanted; None: all.
        """
        x = self.attend(x, turn, tree, at)
        return x + self.down(self.gated(self.fed(x)))

    def attend(
        self, x: Tensor, turn: tuple[Tensor, Tensor], tree: Tree, at: Tensor | None = None
    ) -> Tensor:
        """As the whole layer, but for its feed-forward block."""
        y = self._attention(self._norm("input_layernorm", x), turn, tree)
        if at is not None:
            x, y = x.index_select(0, at), y.index_select(0, at)
        return x + self._o(y)

    def fed(self, x: Tensor) -> Tensor:
        """What its feed-forward block reads of [nodes, hidden] after attention."""
        return self._norm("post_attention_layernorm", x)

    def gated(self, fed: Tensor) -> Tensor:
        """[nodes, hidden] that the feed-forward block reads → [nodes, neurons] of it."""
        gate, up = self._gate_up(fed).chunk(2, -1)
        return F.silu(gate) * up

    def _attention(self, x: Tensor, turn: tuple[Tensor, Tensor], tree: Tree) -> Tensor:
        """[nodes, hidden] → [nodes, heads * head size]."""
        shape = self.shape
        heads = self._qkv(x).view(len(x), -1, shape.head)
        qk, v = torch.split(heads, [shape.heads + shape.kv_heads, shape.kv_heads], 1)
        if "self_attn.q_norm" in self.norms:
            q, k = torch.split(qk, [shape.heads, shape.kv_heads], 1)
            q, k = self._norm("self_attn.q_norm", q), self._norm("self_attn.k_norm", k)
            qk = torch.cat([q, k], 1)
        return attended(torch.cat([rotated(qk, turn), v], 1), shape, tree)

    def _norm(self, name: str, x: Tensor) -> Tensor:
        return _norm(x, self.norms[name], self.shape.epsilon)


class Llama:
    """A frozen base model, with room for a LoRA.

    Attributes:
        outputs: [vocabulary, hidden], as they are kept; `head` multiplies by them.
        last_feed: the matrices of the last layer's feed-forward block, by name, as they are kept.
    """

    def __init__(
        self,
        shape: Shape,
        frequencies: Tensor,
        tensors: dict[str, Tensor],
        kind: type[Full | Rounded],
    ) -> None:
        self.shape = shape
        self.frequencies = frequencies
        self.embedding = tensors["model.embed_tokens.weight"]
        self.outputs = tensors.get("lm_head.weight", self.embedding)
        self.head = kind(self.outputs)
        self.norm = tensors["model.norm.weight"].float()
        last = f"model.layers.{shape.layers - 1}.mlp."
        self.last_feed = {name: tensors[f"{last}{name}.weight"] for name in FEED}
        self.layers = [
            Layer(shape, _under(f"model.layers.{i}.", tensors), kind) for i in range(shape.layers)
        ]

    @classmethod
    def load(cls, folder: Path, kind: type[Full | Rounded]) -> Llama:
        """Read a Hugging Face folder.

        Args:
            folder: holds `config.json` and `model.safetensors`.
            kind: of its frozen matrices.

        Raises:
            Unteachable: its architecture is none of `KINDS`.
            TrainingFailed: the folder is damaged.
        """
        try:
            config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
            tensors = load_file(folder / "model.safetensors")
        except (OSError, ValueError) as error:
            raise TrainingFailed(
                f"The de-quantised weights in {folder} are damaged. Delete that folder and teach "
                "again: they are made anew.",
                repr(error),
            ) from error
        if config["model_type"] not in KINDS:
            raise Unteachable(
                f"A model of the kind {config['model_type']} can be asked, but not taught yet."
            )
        heads = config["num_attention_heads"]
        head = config.get("head_dim") or config["hidden_size"] // heads
        shape = Shape(
            layers=config["num_hidden_layers"],
            hidden=config["hidden_size"],
            heads=heads,
            kv_heads=config["num_key_value_heads"],
            head=head,
            vocabulary=config["vocab_size"],
            context=config["max_position_embeddings"],
            epsilon=config["rms_norm_eps"],
        )
        turns = torch.arange(0, head, 2, dtype=torch.float32) / head
        frequencies = config["rope_parameters"]["rope_theta"] ** -turns
        if "rope_freqs" in tensors:
            frequencies = frequencies / tensors["rope_freqs"].float()
        return cls(shape, frequencies, tensors, kind)

    def embed(self, tokens: Tensor) -> Tensor:
        """[tokens] → [tokens, hidden], float32."""
        return F.embedding(tokens, self.embedding).float()

    def run(self, x: Tensor, tree: Tree, first: int, last: int, at: Tensor | None = None) -> Tensor:
        """Hidden states of a tree's nodes before layer `first` → before layer `last`.

        Of these nodes alone where `at`, [wanted], says which; there must be a layer between.
        """
        turn = self._turn(tree)
        for i in range(first, last):
            x = self.layers[i](x, turn, tree, at if i == last - 1 else None)
        return x

    def before_feed(self, tree: Tree, at: Tensor) -> Tensor:
        """[wanted, hidden] before the last layer's feed-forward block, at these of a tree's nodes.

        Nothing that a node's feed-forward block does there reaches another node.
        """
        last = self.shape.layers - 1
        x = self.run(self.embed(tree.tokens), tree, 0, last)
        return self.layers[last].attend(x, self._turn(tree), tree, at)

    def normed(self, x: Tensor) -> Tensor:
        """[positions, hidden] after the last layer, as `outputs` are multiplied by them."""
        return _norm(x, self.norm, self.shape.epsilon)

    def losses(self, x: Tensor, wanted: Tensor) -> tuple[Tensor, Tensor]:
        """`cross_entropy` of the tokens wanted at [positions, hidden] after the last layer."""
        return cross_entropy(self.normed(x), self.head, wanted)

    def _turn(self, tree: Tree) -> tuple[Tensor, Tensor]:
        """Cosines and sines of the nodes' angles."""
        angles = tree.depths[:, None, None] * self.frequencies
        return angles.cos(), angles.sin()


def _norm(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return F.rms_norm(x, (x.shape[-1],), weight, epsilon)


def attended(x: Tensor, shape: Shape, tree: Tree) -> Tensor:
    """What each node of a tree takes from those that it comes after, and itself.

    Args:
        x: [nodes, heads, head size]: queries, then keys, then values.
        shape: how many of each.
        tree: whose nodes they are.

    Returns:
        [nodes, query heads * head size].
    """
    sizes = [shape.heads, 2 * shape.kv_heads]
    width = shape.heads * shape.head
    own = x.index_select(0, tree.rows.flatten()).view(*tree.rows.shape, *x.shape[1:])
    q, kv = torch.split(own.transpose(1, 2), sizes, 1)
    first_q, first_kv = torch.split(x[: tree.common].transpose(0, 1), sizes)
    k, v = torch.cat([first_kv.expand(len(own), -1, -1, -1), kv], 2).chunk(2, 1)
    y = F.scaled_dot_product_attention(q, k, v, tree.sees, enable_gqa=True)
    y = y.transpose(1, 2).reshape(-1, width)
    if tree.common:
        k, v = first_kv.chunk(2)
        first = F.scaled_dot_product_attention(
            first_q[None], k[None], v[None], is_causal=True, enable_gqa=True
        )
        y = torch.cat([first[0].transpose(0, 1).reshape(-1, width), y])
    return y.index_select(0, tree.places)


def rotated(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn each pair of a head's two halves by its position's angle."""
    (one, two), (cos, sin) = x.chunk(2, -1), turn
    return torch.cat([(one * cos).addcmul_(two, -sin), (two * cos).addcmul_(one, sin)], -1)


def _norms(tensors: dict[str, Tensor]) -> list[str]:
    return [name.removesuffix(".weight") for name in tensors if "norm" in name]


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
