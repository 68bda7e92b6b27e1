"""The forward pass of llama-like models, laid out for teaching.

It runs any stretch of layers, so that the frozen ones below are run once per sample; multiplies by
frozen weights in bfloat16 where the processor is faster at it, and keeps the stream between
layers in float32; and leaves room for a LoRA on every projection.

transformers' own modules do the same, but importing them takes longer than a correction may.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import torch
from safetensors.torch import load_file
from torch import Tensor, nn
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.job import TrainingFailed, Unteachable

if TYPE_CHECKING:
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

CPU = Path("/proc/cpuinfo")


def _fast_bfloat16() -> bool:
    """Whether this processor multiplies faster in bfloat16 than in float32.

    Having instructions for it does not tell: with AMD's it takes half as long, with Intel's AVX-512
    alone half as long again, and without any five to thirty times as long. It is not measured at
    each start, because the same samples would give another version if it came out otherwise.
    """
    has = torch.cpu.get_capabilities()
    amds = CPU.exists() and "AuthenticAMD" in CPU.read_text("utf-8", errors="replace")
    return bool(has.get("amx_bf16") or (has.get("avx512_bf16") and amds))


FACTORS = torch.bfloat16 if _fast_bfloat16() else torch.float32
"""What is multiplied."""


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
        down, up: the LoRA's matrices, [rank, in] and [out, rank]; None where there is none.
        scale: what the LoRA's part is multiplied by.
    """

    weight: Tensor
    bias: Tensor | None

    def __init__(self, weight: Tensor, bias: Tensor | None) -> None:
        super().__init__()
        self.register_buffer("weight", weight.to(FACTORS))
        self.register_buffer("bias", None if bias is None else bias.float())
        self.down: Tensor | None = None
        self.up: Tensor | None = None
        self.scale = 1.0

    def forward(self, x: Tensor) -> Tensor:
        """[..., in] → [..., out], both float32."""
        if self.down is None or self.up is None:
            y = F.linear(x.to(FACTORS), self.weight).float()
        else:
            y = _Together.apply(  # type: ignore[no-untyped-call]
                x, self.weight, self.down, self.up, self.scale
            )
        return y if self.bias is None else y + self.bias


class _Together(torch.autograd.Function):
    """A frozen map and a LoRA in one; torch's own steps would take half as long again.

    The frozen matrix gets no gradient, and nothing is kept for one.
    """

    @staticmethod
    def forward(  # noqa: PLR0917 - torch calls it so
        ctx: Any, x: Tensor, weight: Tensor, down: Tensor, up: Tensor, scale: float
    ) -> Tensor:
        short, down, up = x.to(FACTORS), down.to(FACTORS), up.to(FACTORS)
        low = F.linear(short, down) * scale
        ctx.save_for_backward(short, low, weight, down, up)
        ctx.scale = scale
        return F.linear(short, weight).float().add_(F.linear(low, up))

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, Tensor, Tensor, None]:
        short, low, weight, down, up = ctx.saved_tensors
        grad = grad.to(FACTORS)
        back = (grad @ up) * ctx.scale
        into = (grad @ weight).float().add_(back @ down)
        return into, None, (back.T @ short).float(), (grad.T @ low).float(), None


class Layer(nn.Module):
    """One layer: attention with rotary positions, and a gated feed-forward block."""

    def __init__(self, shape: Shape, tensors: dict[str, Tensor]) -> None:
        super().__init__()
        self.shape = shape
        self.norms = {name: tensors[f"{name}.weight"].float() for name in _norms(tensors)}
        for name, block in PROJECTIONS.items():
            at = f"{block}.{name}"
            setattr(self, name, Projection(tensors[f"{at}.weight"], tensors.get(f"{at}.bias")))

    def projection(self, name: str) -> Projection:
        """One of `PROJECTIONS`."""
        found: Projection = getattr(self, name)
        return found

    def forward(self, x: Tensor, turn: tuple[Tensor, Tensor], sees: Tensor | None) -> Tensor:
        """[tokens, hidden] → the same; `turn` is `Llama.turn`'s, `sees` is `Tree`'s."""
        x = x + self._attention(self._norm("input_layernorm", x), turn, sees)
        y = self._norm("post_attention_layernorm", x)
        y = F.silu(self.projection("gate_proj")(y)) * self.projection("up_proj")(y)
        fed: Tensor = self.projection("down_proj")(y)
        return x + fed

    def _attention(self, x: Tensor, turn: tuple[Tensor, Tensor], sees: Tensor | None) -> Tensor:
        shape = self.shape
        q = self._heads("q_proj", x, shape.heads)
        k = self._heads("k_proj", x, shape.kv_heads)
        v = self._heads("v_proj", x, shape.kv_heads)
        if "self_attn.q_norm" in self.norms:
            q, k = self._norm("self_attn.q_norm", q), self._norm("self_attn.k_norm", k)
        shared = shape.heads // shape.kv_heads
        k, v = rotated(k, turn).repeat_interleave(shared, 0), v.repeat_interleave(shared, 0)
        y = F.scaled_dot_product_attention(
            rotated(q, turn)[None], k[None], v[None], sees, is_causal=sees is None
        )[0]
        out: Tensor = self.projection("o_proj")(y.transpose(0, 1).flatten(1))
        return out

    def _heads(self, name: str, x: Tensor, heads: int) -> Tensor:
        """[tokens, hidden] → [heads, tokens, head size]."""
        y: Tensor = self.projection(name)(x)
        return y.view(len(x), heads, self.shape.head).transpose(0, 1)

    def _norm(self, name: str, x: Tensor) -> Tensor:
        return _norm(x, self.norms[name], self.shape.epsilon)


class Llama(nn.Module):
    """A frozen base model, with room for a LoRA."""

    def __init__(self, shape: Shape, frequencies: Tensor, tensors: dict[str, Tensor]) -> None:
        super().__init__()
        self.shape = shape
        self.frequencies = frequencies
        self.embedding = tensors["model.embed_tokens.weight"]
        self.head = tensors.get("lm_head.weight", self.embedding).to(FACTORS)
        self.norm = tensors["model.norm.weight"].float()
        self.layers = nn.ModuleList(
            Layer(shape, _under(f"model.layers.{i}.", tensors)) for i in range(shape.layers)
        )

    @classmethod
    def load(cls, folder: Path) -> Llama:
        """Read a Hugging Face folder.

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
        return cls(shape, frequencies, tensors)

    def embed(self, tokens: Tensor) -> Tensor:
        """[tokens] → [tokens, hidden], float32."""
        return F.embedding(tokens, self.embedding).float()

    def run(self, x: Tensor, tree: Tree, first: int, last: int) -> Tensor:
        """Hidden states of a tree's nodes before layer `first` → before layer `last`."""
        angles = tree.depths[:, None] * self.frequencies
        angles = torch.cat([angles, angles], -1)
        turn = angles.cos(), angles.sin()
        for layer in self.layers[first:last]:
            x = layer(x, turn, tree.sees)
        return x

    def logits(self, x: Tensor) -> Tensor:
        """[positions, hidden] after the last layer → [positions, vocabulary], float32."""
        x = _norm(x, self.norm, self.shape.epsilon)
        return F.linear(x.to(FACTORS), self.head).float()


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
