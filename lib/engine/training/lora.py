"""A LoRA, and its files in PEFT's format."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from lib.engine.training.llama import PROJECTIONS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from lib.engine.training.llama import Llama

PREFIX = "base_model.model.model.layers"


@dataclass(frozen=True)
class Lora:
    """Matrices of low rank beside some of a model's projections.

    Attributes:
        alpha: the matrices' product is multiplied by alpha / rank.
        matrices: by layer and projection, the pair (down [rank, in], up [out, rank]).
    """

    rank: int
    alpha: float
    matrices: dict[tuple[int, str], tuple[Tensor, Tensor]]

    @classmethod
    def fresh(
        cls,
        model: Llama,
        places: Iterable[tuple[int, str]],
        rank: int,
        alpha: float,
        generator: torch.Generator,
    ) -> Lora:
        """A LoRA that changes nothing yet: `up` is zero."""
        matrices = {}
        for layer, name in places:
            place = model.layers[layer].projection(name)
            reach = 1 / math.sqrt(place.into)
            down = torch.empty(rank, place.into).uniform_(-reach, reach, generator=generator)
            matrices[layer, name] = (down, torch.zeros(place.out, rank))
        return cls(rank, alpha, matrices)

    @classmethod
    def read(cls, folder: Path) -> Lora:
        """Read a PEFT folder that `write` wrote."""
        config = json.loads((folder / "adapter_config.json").read_text(encoding="utf-8"))
        tensors = load_file(folder / "adapter_model.safetensors")
        matrices = {}
        for key, down in tensors.items():
            if key.endswith(".lora_A.weight"):
                layer, _, name = key.removeprefix(f"{PREFIX}.").split(".")[:3]
                up = tensors[key.replace(".lora_A.", ".lora_B.")]
                matrices[int(layer), name] = (down, up)
        return cls(config["r"], config["lora_alpha"], matrices)

    @property
    def first_layer(self) -> int:
        """The lowest layer it changes."""
        return min(layer for layer, _ in self.matrices)

    def parameters(self) -> list[Tensor]:
        """All matrices, in a fixed order."""
        return [matrix for place in sorted(self.matrices) for matrix in self.matrices[place]]

    def attach(self, model: Llama) -> None:
        """Have the model's forward pass go through this LoRA, and no other."""
        self.detach(model)
        for (layer, name), (down, up) in self.matrices.items():
            at = model.layers[layer].projection(name)
            at.down, at.up, at.scale = down, up, self.alpha / self.rank

    @staticmethod
    def detach(model: Llama) -> None:
        """Have the model be its base again."""
        for layer in model.layers:
            for name in PROJECTIONS:
                at = layer.projection(name)
                at.down = at.up = None

    def tensors(self) -> dict[str, Tensor]:
        """The matrices by PEFT's names."""
        return {
            f"{PREFIX}.{layer}.{PROJECTIONS[name]}.{name}.lora_{side}.weight": (
                matrix.detach().contiguous()
            )
            for (layer, name), pair in sorted(self.matrices.items())
            for side, matrix in zip("AB", pair, strict=True)
        }

    def sha256(self) -> str:
        """Of the tensors' names and values."""
        digest = hashlib.sha256()
        for name, tensor in self.tensors().items():
            digest.update(name.encode())
            digest.update(tensor.numpy().tobytes())
        return digest.hexdigest()

    def write(self, folder: Path, base_name: str) -> None:
        """Write `adapter_model.safetensors` and `adapter_config.json`.

        Args:
            folder: is there already.
            base_name: what the base model is called; a note for people, nothing is loaded by it.
        """
        save_file(self.tensors(), folder / "adapter_model.safetensors", metadata={"format": "pt"})
        config = {
            "peft_type": "LORA",
            "task_type": "CAUSAL_LM",
            "base_model_name_or_path": base_name,
            "inference_mode": True,
            "r": self.rank,
            "lora_alpha": self.alpha,
            "lora_dropout": 0.0,
            "bias": "none",
            "fan_in_fan_out": False,
            "target_modules": sorted({name for _, name in self.matrices}),
            "layers_to_transform": sorted({layer for layer, _ in self.matrices}),
            "layers_pattern": "layers",
        }
        (folder / "adapter_config.json").write_text(json.dumps(config, indent=2), encoding="utf-8")
