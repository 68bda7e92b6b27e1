"""The sentence model, once for all tests of scope."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.engine.scope.sentences import Sentences, packaged_sentence_model

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="session")
def sentence_model() -> Path:
    model = packaged_sentence_model()
    assert model is not None
    return model


@pytest.fixture(scope="session")
def sentences(
    sentence_model: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sentences]:
    """The sentence model, loaded from a twin of its own."""
    loaded = Sentences(sentence_model, tmp_path_factory.mktemp("sentences"))
    yield loaded
    loaded.close()
