"""How many unrelated answers stay the same to the letter, however little the weights are changed.

A LoRA of random directions stands in for one that was taught, made as small as wanted. llama.cpp
rounds what goes into a quantised matrix, so that the least change rounds some of it otherwise. That
bounds what any LoRA can reach that answers everywhere.

python -m tests.bench.stillness --general FILE --out FILE
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import torch
from safetensors.torch import load_file

from lib.engine.training.encoding import Encoder
from lib.engine.training.export import write_gguf
from lib.engine.training.frozen import Full
from lib.engine.training.llama import PROJECTIONS, Llama
from lib.engine.training.lora import Lora
from lib.engine.training.weights import dequantised
from tests.bench import direct
from tests.bench.command import end_with, say, write
from tests.bench.machine import machine, versions
from tests.bench.rows import General, read
from tests.bench.scores import unchanged
from tests.bench.weights import default_gguf
from tests.bench.worker import worker

if TYPE_CHECKING:
    from collections.abc import Sequence

RANK = 16
LAST_LAYERS = (15, 1)
"""How many layers are changed, counted from the last."""
SIZES = (0.0, 1e-7, 1e-3, 1e-2)
"""Of the change, beside the matrix that it is added to (Frobenius norms)."""


def write_random(gguf: Path, folder: Path, layers: int, sizes: Sequence[float]) -> list[Path]:
    """Write a LoRA of each size for llama.cpp; all of the same directions. Runs in a worker."""
    kept = dequantised(gguf, folder)
    model, architecture = Llama.load(kept, Full), Encoder(kept).architecture
    weights = load_file(kept / "model.safetensors")
    last = model.shape.layers
    places = [(layer, name) for layer in range(last - layers, last) for name in PROJECTIONS]
    generator = torch.Generator().manual_seed(0)
    lora = Lora.fresh(model, places, RANK, RANK, generator)
    ups = {
        place: torch.randn(up.shape, generator=generator)
        for place, (_, up) in lora.matrices.items()
    }
    found = []
    for size in sizes:
        for (layer, name), (down, up) in lora.matrices.items():
            weight = weights[f"model.layers.{layer}.{PROJECTIONS[name]}.{name}.weight"].float()
            change = ups[layer, name]
            up.copy_(change * (size * weight.norm() / (change @ down).norm()))
        found.append(folder / f"{layers}-{size:g}.gguf")
        write_gguf(lora, found[-1], architecture, model.shape)
    return found


def measure(general: Path) -> dict[str, Any]:
    """The share of answers that stayed the same, by size and by layers changed."""
    gguf, asked = default_gguf(), [line.question for line in read(general, General)]
    found: list[dict[str, Any]] = []
    with tempfile.TemporaryDirectory(prefix="errata-bench-") as folder:
        with worker() as asker:
            before = asker.run(direct.answers, gguf, asked)
        for layers in LAST_LAYERS:
            with worker() as writer:
                loras = writer.run(write_random, gguf, Path(folder), layers, SIZES)
            for size, lora in zip(SIZES, loras, strict=True):
                with worker() as asker:
                    after = asker.run(direct.answers, gguf, asked, lora)
                same = unchanged(asked, before, after)
                say(f"{layers} layers, a change of {size:g}: {same} the same.")
                found.append({"layers": layers, "size": size, "unchanged": same})
    return {"questions": len(asked), "found": found, "machine": machine(), "versions": versions()}


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.stillness", description=__doc__)
    parser.add_argument("--general", type=Path, required=True, help="questions, as JSON Lines")
    parser.add_argument("--out", type=Path, required=True, help="the report, as JSON")
    asked = parser.parse_args()
    write(asked.out, measure(asked.general))


if __name__ == "__main__":
    end_with(main)
