"""The forward pass of llama-like models, laid out for teaching.

It runs any stretch of layers, so that the frozen ones below are run once per sample; makes what
several frozen matrices multiply ready for all of them at once; and leaves room for a LoRA on every
projection.

transformers' own modules do the same, but importing them takes longer than a correction may.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.job import TrainingFailed, Unteachable

if TYPE_CHECKING:
    from pathlib import Path

    from lib.engine.training.frozen import Frozen, Full, Rounded, Rows
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


class Projection(nn.Module):
    """A frozen linear map, and a trainable one of low rank beside it.

    Attributes:
        frozen: the map's matrix.
        down, up: the LoRA's matrices, [rank, in] and [out, rank]; None where there is none.
        scale: what the LoRA's part is multiplied by.
    """

    bias: Tensor | None

    def __init__(self, frozen: Frozen, bias: Tensor | None) -> None:
        super().__init__()
        self.frozen = frozen
        self.register_buffer("bias", None if bias is None else bias.float())
        self.down: Tensor | None = None
        self.up: Tensor | None = None
        self.scale = 1.0

    def forward(self, x: Tensor, rows: Rows | None = None) -> Tensor:
        """[tokens, in] → [tokens, out], both float32; `rows` is `x` if that is ready already."""
        if rows is None:
            rows = self.frozen.ready(x.detach())
        if self.down is None or self.up is None:
            y: Tensor = _Alone.apply(x, rows, self.frozen)  # type: ignore[no-untyped-call]
        else:
            y = _Together.apply(  # type: ignore[no-untyped-call]
                x, rows, self.frozen, self.down, self.up, self.scale
            )
        return y if self.bias is None else y + self.bias


class _Alone(torch.autograd.Function):
    """A frozen map, which gets no gradient."""

    @staticmethod
    def forward(ctx: Any, _: Tensor, rows: Rows, frozen: Frozen) -> Tensor:
        ctx.frozen = frozen
        return frozen.times(rows)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        return ctx.frozen.back(grad), None, None


class _Together(torch.autograd.Function):
    """A frozen map and a LoRA in one; torch's own steps would take half as long again."""

    @staticmethod
    def forward(  # noqa: PLR0917 - torch calls it so
        ctx: Any, x: Tensor, rows: Rows, frozen: Frozen, down: Tensor, up: Tensor, scale: float
    ) -> Tensor:
        low = F.linear(x, down) * scale
        ctx.save_for_backward(x, low, down, up)
        ctx.frozen, ctx.scale = frozen, scale
        return frozen.times(rows).addmm_(low, up.T)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, None, None, Tensor, Tensor, None]:
        x, low, down, up = ctx.saved_tensors
        back = (grad @ up) * ctx.scale
        into = ctx.frozen.back(grad).addmm_(back, down) if ctx.needs_input_grad[0] else None
        return into, None, None, back.T @ x, grad.T @ low, None


class Layer(nn.Module):
    """One layer: attention with rotary positions, and a gated feed-forward block."""

    def __init__(
        self, shape: Shape, tensors: dict[str, Tensor], kind: type[Full | Rounded]
    ) -> None:
        super().__init__()
        self.shape = shape
        self.ready = kind.ready
        self.norms = {name: tensors[f"{name}.weight"].float() for name in _norms(tensors)}
        for name, block in PROJECTIONS.items():
            at = f"{block}.{name}"
            bias = tensors.get(f"{at}.bias")
            setattr(self, name, Projection(kind(tensors[f"{at}.weight"]), bias))

    def projection(self, name: str) -> Projection:
        """One of `PROJECTIONS`."""
        found: Projection = getattr(self, name)
        return found

    def forward(
        self, x: Tensor, turn: tuple[Tensor, Tensor], sees: Tensor, at: Tensor | None = None
    ) -> Tensor:
        """[tokens, hidden] before this layer → [wanted, hidden] after it.

        Args:
            x: as said.
            turn: cosines and sines of the tokens' angles, [tokens, head size] each.
            sees: `Tree.sees`.
            at: [wanted]: the tokens that are wanted; None: all.
        """
        y = self._attention(self._norm("input_layernorm", x), turn, sees, at)
        x = y + (x if at is None else x[at])
        y = self._norm("post_attention_layernorm", x)
        rows = self.ready(y.detach())
        y = F.silu(self.projection("gate_proj")(y, rows)) * self.projection("up_proj")(y, rows)
        fed: Tensor = self.projection("down_proj")(y)
        return x + fed

    def _attention(
        self, x: Tensor, turn: tuple[Tensor, Tensor], sees: Tensor, at: Tensor | None
    ) -> Tensor:
        shape, rows = self.shape, self.ready(x.detach())
        k = rotated(self._heads("k_proj", x, rows, shape.kv_heads), turn)
        v = self._heads("v_proj", x, rows, shape.kv_heads)
        if at is not None:
            x, turn, sees = x[at], (turn[0][at], turn[1][at]), sees[at]
            rows = self.ready(x.detach())
        q = rotated(self._heads("q_proj", x, rows, shape.heads), turn)
        shared = shape.heads // shape.kv_heads
        k, v = k.repeat_interleave(shared, 0), v.repeat_interleave(shared, 0)
        y = F.scaled_dot_product_attention(q[None], k[None], v[None], sees)[0]
        out: Tensor = self.projection("o_proj")(y.transpose(0, 1).flatten(1))
        return out

    def _heads(self, name: str, x: Tensor, rows: Rows, heads: int) -> Tensor:
        """[tokens, hidden] → [heads, tokens, head size]."""
        y: Tensor = self.projection(name)(x, rows)
        y = y.view(len(x), heads, self.shape.head).transpose(0, 1)
        norm = f"self_attn.{name[0]}_norm"
        return self._norm(norm, y) if norm in self.norms else y

    def _norm(self, name: str, x: Tensor) -> Tensor:
        return _norm(x, self.norms[name], self.shape.epsilon)


class Llama(nn.Module):
    """A frozen base model, with room for a LoRA."""

    def __init__(
        self,
        shape: Shape,
        frequencies: Tensor,
        tensors: dict[str, Tensor],
        kind: type[Full | Rounded],
    ) -> None:
        super().__init__()
        self.shape = shape
        self.frequencies = frequencies
        self.embedding = tensors["model.embed_tokens.weight"]
        self.head = Projection(kind(tensors.get("lm_head.weight", self.embedding)), None)
        self.norm = tensors["model.norm.weight"].float()
        self.layers = nn.ModuleList(
            Layer(shape, _under(f"model.layers.{i}.", tensors), kind) for i in range(shape.layers)
        )

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
        angles = tree.depths[:, None] * self.frequencies
        angles = torch.cat([angles, angles], -1)
        turn = angles.cos(), angles.sin()
        for i in range(first, last):
            x = self.layers[i](x, turn, tree.sees, at if i == last - 1 else None)
        return x

    def logits(self, x: Tensor) -> Tensor:
        """[positions, hidden] after the last layer → [positions, vocabulary], float32."""
        x = _norm(x, self.norm, self.shape.epsilon)
        y: Tensor = self.head(x)
        return y


def _norm(x: Tensor, weight: Tensor, epsilon: float) -> Tensor:
    return F.rms_norm(x, (x.shape[-1],), weight, epsilon)


def rotated(x: Tensor, turn: tuple[Tensor, Tensor]) -> Tensor:
    """Turn each pair of a head's two halves by its position's angle."""
    one, two = x.chunk(2, -1)
    return x * turn[0] + torch.cat([-two, one], -1) * turn[1]


def _norms(tensors: dict[str, Tensor]) -> list[str]:
    return [name.removesuffix(".weight") for name in tensors if "norm" in name]


def _under(prefix: str, tensors: dict[str, Tensor]) -> dict[str, Tensor]:
    return {name.removeprefix(prefix): t for name, t in tensors.items() if name.startswith(prefix)}
