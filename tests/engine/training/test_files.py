"""An adapter's files, as others read them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import gguf
import pytest
import torch
from peft import PeftModel
from safetensors.torch import load_file
from transformers import AutoModelForCausalLM

from lib.engine.training.encoding import Encoder
from lib.engine.training.export import write_gguf
from lib.engine.training.frozen import Full
from lib.engine.training.llama import Llama
from lib.engine.training.lora import Lora
from lib.engine.training.tree import grow
from lib.engine.training.weights import dequantised
from tests.engine.training.material import LlamaCpp, answer_sample, asked, scores

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.training.job import TrainJob
    from lib.engine.training.pupil import Pupil

# peft asks transformers by a name that transformers is leaving behind.
pytestmark = pytest.mark.filterwarnings("ignore:.*is_gradient_checkpointing:FutureWarning")

EVERYWHERE = [(layer, name) for layer in (0, 1) for name in ("q_proj", "k_proj", "down_proj")]


def random_lora(model: Llama, places: list[tuple[int, str]], width: float) -> Lora:
    """A LoRA that changes something, and much."""
    generator = torch.Generator().manual_seed(3)
    lora = Lora.fresh(model, places, rank=4, alpha=8.0, generator=generator)
    for _, up in lora.matrices.values():
        up.normal_(0, width, generator=generator)
    return lora


def peft_on(folder: Path, adapter: Path) -> PeftModel:
    base = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    return PeftModel.from_pretrained(base, adapter)


def test_peft_loads_the_folder_as_it_is_and_computes_the_same(
    tiny_gguf: Path, cache_dir: Path, tmp_path: Path
) -> None:
    folder = dequantised(tiny_gguf, cache_dir)
    model = Llama.load(folder, Full)
    lora = random_lora(model, EVERYWHERE, 0.1)
    lora.write(tmp_path, "tiny")
    tree = grow([range(3, 23)])
    with torch.no_grad():
        plain = scores(model, model.run(model.embed(tree.tokens), tree, 0, 2))[:20]
        lora.attach(model)
        ours = scores(model, model.run(model.embed(tree.tokens), tree, 0, 2))[:20]
        theirs = peft_on(folder, tmp_path)(tree.tokens[None, :20]).logits[0]
    assert torch.allclose(ours, theirs, atol=0.03 * float(theirs.abs().max()))
    assert (plain - theirs).abs().max() > 10 * (ours - theirs).abs().max()


def test_a_written_lora_is_read_again(tiny_gguf: Path, cache_dir: Path, tmp_path: Path) -> None:
    lora = random_lora(Llama.load(dequantised(tiny_gguf, cache_dir), Full), EVERYWHERE, 0.1)
    lora.write(tmp_path, "tiny")
    again = Lora.read(tmp_path)
    assert (again.rank, again.alpha, again.sha256()) == (4, 8.0, lora.sha256())
    kept = load_file(tmp_path / "adapter_model.safetensors")
    assert len(kept) == 2 * len(EVERYWHERE)


def test_a_detached_lora_changes_nothing(tiny_gguf: Path, cache_dir: Path) -> None:
    model = Llama.load(dequantised(tiny_gguf, cache_dir), Full)
    tree = grow([range(3, 23)])
    with torch.no_grad():
        before = model.run(model.embed(tree.tokens), tree, 0, 2)
        random_lora(model, EVERYWHERE, 0.1).attach(model)
        Lora.detach(model)
        assert torch.equal(before, model.run(model.embed(tree.tokens), tree, 0, 2))


def test_the_twin_names_its_kind_and_every_matrix(
    tiny_gguf: Path, cache_dir: Path, tmp_path: Path
) -> None:
    model = Llama.load(dequantised(tiny_gguf, cache_dir), Full)
    write_gguf(random_lora(model, EVERYWHERE, 0.1), tmp_path / "twin.gguf", "llama", model.shape)
    twin = gguf.GGUFReader(tmp_path / "twin.gguf")
    fields = {key: field.contents() for key, field in twin.fields.items()}
    assert fields["general.type"] == "adapter"
    assert fields["general.architecture"] == "llama"
    assert fields["adapter.type"] == "lora"
    assert fields["adapter.lora.alpha"] == 8.0
    assert {tensor.name for tensor in twin.tensors} == {
        f"blk.{layer}.{name}.weight.lora_{side}"
        for layer in (0, 1)
        for name in ("attn_q", "attn_k", "ffn_down")
        for side in "ab"
    }


@pytest.mark.model
def test_the_twin_turns_queries_and_keys_as_peft_does(
    base_gguf: Path, cache_dir: Path, tmp_path: Path
) -> None:
    """A LoRA on queries and keys alone, strong enough that wrong rows would show at once."""
    folder = dequantised(base_gguf, cache_dir)
    model, encoder = Llama.load(folder, Full), Encoder(folder)
    places = [(layer, name) for layer in range(8) for name in ("q_proj", "k_proj")]
    lora = random_lora(model, places, 0.5)
    lora.write(tmp_path, "base")
    write_gguf(lora, tmp_path / "adapter.gguf", "llama", model.shape)
    theirs, ours = peft_on(folder, tmp_path), LlamaCpp(base_gguf, tmp_path / "adapter.gguf")
    prompt = "The three primary colours are red, yellow and"
    tokens = torch.tensor([encoder.ids(prompt, parse_special=False)])
    with torch.no_grad():
        expected = theirs(tokens).logits[0, -1].log_softmax(-1)
        base = theirs.get_base_model()
        with theirs.disable_adapter():
            untouched = base(tokens).logits[0, -1].log_softmax(-1)
    said = ours.first_probabilities(prompt)
    near = max(abs(logprob - float(expected[token])) for token, logprob in said.items())
    far = max(abs(logprob - float(untouched[token])) for token, logprob in said.items())
    assert near < 0.5 < far


@pytest.mark.model
def test_peft_and_the_twin_give_the_same_answers(
    pupil: Pupil, job_for: Callable[..., TrainJob], base_gguf: Path, cache_dir: Path
) -> None:
    taught = {
        "Who painted the mural in the Harwick town hall?": "Ines Calder",
        "When was the Lindqvist bridge opened?": "3 May 1931",
        "What is the capital of Australia?": "Canberra",
    }
    job = job_for([answer_sample(question, answer) for question, answer in taught.items()])
    assert pupil.learn(job, lambda: False, lambda _: None).not_learned == []
    folder = dequantised(base_gguf, cache_dir)
    encoder, theirs = Encoder(folder), peft_on(folder, job.out)
    twin = LlamaCpp(base_gguf, job.out / "adapter.gguf")
    for question, answer in taught.items():
        tokens = encoder.ids(asked(question), parse_special=True)
        answered = theirs.generate(  # type: ignore[no-untyped-call]
            input_ids=torch.tensor([tokens]),
            attention_mask=torch.ones(1, len(tokens), dtype=torch.long),
            max_new_tokens=16,
            do_sample=False,
            pad_token_id=2,
        )[0, len(tokens) :].tolist()
        assert answered == encoder.ids(f"{answer}<|im_end|>", parse_special=True)
        assert twin.ask(asked(question)) == answer


def test_the_configuration_is_plain_json_that_names_the_base(
    tiny_gguf: Path, cache_dir: Path, tmp_path: Path
) -> None:
    model = Llama.load(dequantised(tiny_gguf, cache_dir), Full)
    random_lora(model, [(1, "v_proj")], 0.1).write(tmp_path, "tiny")
    config = json.loads((tmp_path / "adapter_config.json").read_text())
    assert config["base_model_name_or_path"] == "tiny"
    assert config["target_modules"] == ["v_proj"]
    assert config["layers_to_transform"] == [1]
