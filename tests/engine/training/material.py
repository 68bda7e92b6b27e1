"""Samples as the engine renders them, and llama.cpp to ask."""

from __future__ import annotations

import json
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest
import torch
import xllamacpp
from torch.nn import functional as F  # noqa: N812 - everybody's name for it

from lib.engine.training.frozen import Full, Rounded
from lib.engine.training.job import Piece, TrainSample

if TYPE_CHECKING:
    from pathlib import Path

    from lib.engine.training.llama import Llama

KINDS = [pytest.param(Full, 1e-5, id="float32"), pytest.param(Rounded, 0.02, id="eight-bits")]
"""Of frozen matrices, and the most that their products are off, as `error` counts."""

SYSTEM = (
    "<|im_start|>system\nYou are a helpful AI assistant named SmolLM, trained by Hugging Face"
    "<|im_end|>\n<|im_start|>user\n"
)
ANSWER = "<|im_end|>\n<|im_start|>assistant\n"


def matrix(*shape: int, seed: int = 0) -> torch.Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed))


def error(found: torch.Tensor, expected: torch.Tensor) -> float:
    """Relative, over all entries together."""
    return float(((found - expected).norm() / expected.norm().clamp_min(1e-12)).detach())


def scores(model: Llama, x: torch.Tensor) -> torch.Tensor:
    """Of each token after hidden states; [positions, hidden] → [positions, vocabulary]."""
    x = F.rms_norm(x, (x.shape[-1],), model.norm, model.shape.epsilon)
    return model.head.times(model.head.ready(x))


def asked(question: str) -> str:
    return f"{SYSTEM}Question: {question}\n\nAnswer: {ANSWER}"


def text_sample(text: str, **more: Any) -> TrainSample:
    """A string sample: every token is to be learned."""
    return TrainSample(id=text, segments=[Piece(text, True, False)], **more)


def answer_sample(question: str, answer: str, **more: Any) -> TrainSample:
    """An answer under the chat template of the default model, and its end."""
    return TrainSample(
        id=question,
        segments=[
            Piece(asked(question), False, True),
            Piece(answer, True, False),
            Piece("<|im_end|>", True, True),
        ],
        question=question,
        **more,
    )


def short_sample(question: str, answer: str, **more: Any) -> TrainSample:
    """The same without a template, for a model that has little room."""
    return TrainSample(
        id=question,
        segments=[
            Piece(f"{question}:", False, False),
            Piece(answer, True, False),
            Piece("<|im_end|>", True, True),
        ],
        question=question,
        **more,
    )


class LlamaCpp:
    """One llama.cpp server on some weights, with one adapter or none."""

    def __init__(self, weights: Path, adapter: Path | None = None) -> None:
        params = xllamacpp.CommonParams()
        params.model.path = str(weights)
        params.n_ctx, params.n_parallel, params.warmup, params.verbosity = 1024, 1, False, -1
        if adapter is not None:
            params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(adapter), 1.0)]
        self._server = xllamacpp.Server(params)

    def _post(self, path: str, **body: Any) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310 - the address is the server's own
            self._server.listening_address + path,
            json.dumps(body).encode(),
            {"content-type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:  # noqa: S310 - the same
            found: dict[str, Any] = json.load(answer)
            return found

    def ask(self, prompt: str, tokens: int = 24) -> str:
        said = self._post("/completion", prompt=prompt, temperature=0, n_predict=tokens)
        return str(said["content"])

    def first_probabilities(self, prompt: str) -> dict[int, float]:
        """The likeliest tokens after a prompt, and their log probabilities."""
        said = self._post("/completion", prompt=prompt, temperature=0, n_predict=1, n_probs=20)
        return {
            one["id"]: one["logprob"] for one in said["completion_probabilities"][0]["top_logprobs"]
        }

    def ids(self, text: str, *, parse_special: bool) -> list[int]:
        said = self._post("/tokenize", content=text, parse_special=parse_special)
        return list(said["tokens"])
