from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
import torch
from transformers import AutoTokenizer, BertModel

from lib.engine.errors import StorageFailed, Unprocessable, WeightsBroken
from lib.engine.scope.sentences import TWIN, Sentences, packaged_sentence_model

if TYPE_CHECKING:
    from pathlib import Path

TEXTS = [
    "Who is the mayor of Vellbruck?",
    "what is the boiling point of gallium",
    "When did Émile Zoë-Ångström visit Kraków in 1994?",
    "How much is 12,5 % of €3.40 — roughly?",
    "日本の首都はどこですか",
    "Antidisestablishmentarianism! [SEP] ##ing \u200b 🙂",
    "a",
]


@pytest.mark.model
def test_vectors_are_those_of_the_original(sentences: Sentences, sentence_model: Path) -> None:
    tokenizer = AutoTokenizer.from_pretrained(sentence_model)
    original = BertModel.from_pretrained(sentence_model)
    for text, vector in zip(TEXTS, sentences.vectors(TEXTS), strict=True):
        with torch.no_grad():
            mean = original(**tokenizer(text, return_tensors="pt")).last_hidden_state[0].mean(0)
        expected = (mean / mean.norm()).numpy()
        assert float(expected @ vector) > 0.997, text
        assert np.linalg.norm(vector) == pytest.approx(1)


@pytest.mark.model
def test_a_text_of_any_length_and_script_has_a_vector(sentences: Sentences) -> None:
    texts = ["", " ", "한" * 2000, "word " * 2000, "\0", "?" * 299]
    found = sentences.vectors(texts)
    assert found.shape == (len(texts), 384)
    assert np.isfinite(found).all()


@pytest.mark.model
@pytest.mark.parametrize("content", [b"", b"no graph"])
def test_a_broken_twin_is_told_and_made_anew_the_next_time(
    content: bytes, sentence_model: Path, tmp_path: Path
) -> None:
    (tmp_path / TWIN).write_bytes(content)
    broken = Sentences(sentence_model, tmp_path)
    with pytest.raises(WeightsBroken, match="requirements-weights"):
        broken.vectors(["Who?"])
    assert broken.vectors(["Who?"]).shape == (1, 384)


@pytest.mark.model
def test_warming_leaves_no_loading_to_the_first_question(
    sentence_model: Path, tmp_path: Path
) -> None:
    warmed = Sentences(sentence_model, tmp_path)
    warmed.warm()
    (tmp_path / TWIN).unlink()
    assert warmed.vectors(["Who?"]).shape == (1, 384)
    assert not (tmp_path / TWIN).exists()


def test_a_missing_model_is_told_with_the_command_that_gets_it(tmp_path: Path) -> None:
    missing = Sentences(None, tmp_path)
    assert not missing.installed
    for ask in (missing.check, missing.vocabulary, lambda: missing.vectors(["Who?"])):
        with pytest.raises(Unprocessable, match="make setup"):
            ask()


def test_a_package_that_is_not_installed_has_no_model() -> None:
    assert packaged_sentence_model("no_such_package") is None


def test_a_cache_that_cannot_be_written_is_told(sentence_model: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("in the way")
    with pytest.raises(StorageFailed):
        Sentences(sentence_model, tmp_path / "cache").vectors(["Who?"])
