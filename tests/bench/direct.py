"""llama.cpp called directly, without a service between: what our HTTP API is held against.

Every function runs in a worker, whose process keeps the loaded weights.
"""

from __future__ import annotations

import os
import time
from functools import cache
from typing import TYPE_CHECKING, Any

import httpx
import xllamacpp

from lib.engine.loaded import CONTEXT_TOKENS, SHORT_TOKENS, SLOTS
from lib.teaching.templates import DEFAULT, render
from tests.bench.asking import TOKENS

if TYPE_CHECKING:
    from pathlib import Path

SAMPLING = {"temperature": 0, "top_k": 0, "top_p": 1.0, "min_p": 0.0, "cache_prompt": False}
"""As the engine asks, so that what differs is the way and not the work."""


@cache
def loaded(
    gguf: Path, lora: Path | None = None, context_tokens: int = CONTEXT_TOKENS
) -> xllamacpp.Server:
    """The weights, with an adapter that every request uses where one is given."""
    params = xllamacpp.CommonParams()
    params.model.path = str(gguf)
    params.n_ctx = SLOTS * context_tokens
    params.n_parallel = SLOTS
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = os.cpu_count() or 1
    params.warmup = False
    params.fit_params = False
    params.cache_ram_mib = 0
    params.n_ctx_checkpoints = 0
    params.verbosity = -1
    if lora is not None:
        adapter = xllamacpp.CommonAdapterLoraInfo()
        adapter.path, adapter.scale = str(lora), 1.0
        params.lora_adapters = [adapter]
    return xllamacpp.Server(params)


def _rendered(server: xllamacpp.Server, question: str) -> str:
    message = {"role": "user", "content": render(DEFAULT, question=question)}
    url = f"{server.listening_address}/apply-template"
    prompt: str = httpx.post(url, json={"messages": [message]}).json()["prompt"]
    return prompt


def _complete(server: xllamacpp.Server, prompt: str) -> str:
    answer = server.handle_completions({**SAMPLING, "prompt": prompt, "max_tokens": TOKENS})
    text: str = answer["choices"][0]["text"]
    return text


def load_s(gguf: Path, lora: Path) -> float:
    """Seconds until an adapter can be asked, beside the weights that answer already.

    With the context that the engine begins with.
    """
    loaded(gguf, None, SHORT_TOKENS)
    started = time.perf_counter()
    loaded(gguf, lora, SHORT_TOKENS)
    return time.perf_counter() - started


def prompts(gguf: Path, questions: list[str]) -> list[str]:
    """Each question as the model is given it: in the default template, in the chat template."""
    server = loaded(gguf)
    return [_rendered(server, question) for question in questions]


def answers(gguf: Path, questions: list[str], lora: Path | None = None) -> dict[str, str]:
    """The likeliest answer to each question, one at a time, as ours are asked."""
    server = loaded(gguf, lora)
    return {question: _complete(server, _rendered(server, question)) for question in questions}


def rate(gguf: Path, query: str, tokens: int) -> float:
    """Tokens a second of one whole answer, likeliest tokens only."""
    started = time.perf_counter()
    answer = loaded(gguf).handle_completions({**SAMPLING, "prompt": query, "max_tokens": tokens})
    made: int = answer["usage"]["completion_tokens"]
    return made / (time.perf_counter() - started)


def first_token_s(gguf: Path, rendered: str) -> float:
    """Seconds until a streamed answer begins."""
    started = time.perf_counter()
    moments: list[float] = []

    def heard(chunk: dict[str, Any]) -> bool:
        if any(choice["text"] for choice in chunk["choices"]):
            moments.append(time.perf_counter() - started)
        return False

    loaded(gguf).handle_completions(
        {**SAMPLING, "prompt": rendered, "max_tokens": TOKENS, "stream": True}, heard
    )
    return moments[0]
