"""One llama.cpp server: a base model with the adapter versions that it was given when it was built.

It lives in this process and answers through its Python face. Its own HTTP face listens on a
loopback port that only a random key opens; it is used for what the Python face lacks.
"""

from __future__ import annotations

import asyncio
import json
import logging
import math
import os
import secrets
import threading
import time
import urllib.request
from typing import TYPE_CHECKING, Any, NamedTuple

# llama.cpp's threads meet some five hundred times a token. By default they wait for each other
# spinning for long, which is ruinous beside anything else that wants the processor, as a training
# does: a tenth of the speed. Not spinning at all halves the speed of an idle machine. With this
# many turns an idle machine is as fast as ever, and a busy one four times as fast as by default.
# The policy is named because otherwise they turn a fifth as often once more threads than processors
# were ever made, as after each swap, and answers come a third slower from then on.
# Read once, when llama.cpp is loaded.
os.environ.setdefault("GOMP_SPINCOUNT", "500")
os.environ.setdefault("OMP_WAIT_POLICY", "ACTIVE")

import xllamacpp

from lib.engine.errors import EngineError, Unprocessable, WeightsBroken
from lib.engine.wording import ChatTemplate

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Mapping
    from concurrent.futures import Executor
    from pathlib import Path

    from lib.engine.weights import Weights

log = logging.getLogger(__name__)

SLOTS = 4
"""Answers generated at once; further requests wait their turn inside llama.cpp."""
CONTEXT_TOKENS, SHORT_TOKENS = 2048, 512
"""Of each slot, unless the model has less: prompt and answer together. The short one is for as long
as nothing asked for needs more: getting the memory of the long ones, of the default model 190 MB,
was measured to take up to twice as long as all else that building a server does."""
DIRECTLY = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""Never through a proxy that the environment names: it would not know this machine's loopback."""
PAUSE_SECONDS = 0.03
"""Between two pieces of an answer: more often, telling them would slow down making them."""
SENTINELS = ("\ue000question\ue000", "\ue000answer\ue000")


class Key(NamedTuple):
    """An adapter's version."""

    adapter_id: str
    number: int


class Cut(NamedTuple):
    """A token of a text."""

    id: int
    whole: bool
    """It does not begin or end within a character."""


class Piece(NamedTuple):
    """A stretch of an answer; the last one has a finish reason and the counts."""

    text: str
    finish_reason: str | None = None
    prompt_tokens: int = 0
    generated_tokens: int = 0
    token: int | None = None
    """Its id, if that was asked for with `logprobs`."""


def usable_context(weights: Weights, needed: int = CONTEXT_TOKENS) -> int:
    """Tokens that a prompt and its answer can have together, where so many are `needed`."""
    enough = SHORT_TOKENS if needed <= SHORT_TOKENS else CONTEXT_TOKENS
    return min(weights.context_tokens, enough)


class Loaded:
    """A llama.cpp server that is up. Building one takes some tenths of a second and blocks.

    Args:
        weights: the base model.
        adapters: the GGUF of each version to serve.
        pool: threads for the calls, which block; each answer being generated holds one.
        context_tokens: what a prompt and its answer can have together; see `usable_context`.

    Raises:
        WeightsBroken: llama.cpp cannot load these files.
    """

    def __init__(
        self,
        weights: Weights,
        adapters: Mapping[Key, Path],
        pool: Executor,
        context_tokens: int,
    ) -> None:
        self.keys = tuple(adapters)
        self.context_tokens = context_tokens
        self._pool = pool
        self._secret = secrets.token_urlsafe(24)
        self._users = 0
        self._retired = False
        params = _params(weights, self._secret, context_tokens)
        params.lora_adapters = [_lora(path) for path in adapters.values()]
        try:
            self._server: Any = xllamacpp.Server(params)
        except RuntimeError as error:
            raise WeightsBroken(
                f"The model file {weights.path.name} cannot be loaded: it is cut short, or of an "
                "architecture that llama.cpp does not know. Put a whole file in its place, and "
                "start the engine again."
            ) from error
        self.template = self._chat_template() if weights.has_chat_template else ChatTemplate()

    async def generate(
        self, body: dict[str, Any], key: Key | None, *, whole: bool = False
    ) -> AsyncGenerator[Piece]:
        """Answer piece by piece, with the version `key`, or with the base model alone.

        Leaving the iteration stops the generation at its next token.

        Args:
            body: see `wording.request`.
            key: one of `keys`.
            whole: in one piece, which spares waking the event loop meanwhile.

        Raises:
            Unprocessable: the prompt does not fit into the context.
            EngineError: llama.cpp refused for another reason.
        """
        loop = asyncio.get_running_loop()
        pieces: asyncio.Queue[Piece | EngineError | None] = asyncio.Queue()
        left = threading.Event()
        scales = [{"id": i, "scale": float(k == key)} for i, k in enumerate(self.keys)]

        said: list[str] = []
        due = math.inf if whole else 0.0

        def hear(chunk: dict[str, Any]) -> bool:
            nonlocal due
            piece = _piece(chunk)
            if isinstance(piece, Piece):
                said.append(piece.text)
                if piece.finish_reason is None and time.monotonic() < due:
                    return left.is_set()
                piece = piece._replace(text="".join(said))
                said.clear()
                due = max(due, time.monotonic() + PAUSE_SECONDS)
            if not left.is_set():
                loop.call_soon_threadsafe(pieces.put_nowait, piece)
            return left.is_set()

        self._users += 1
        work = loop.run_in_executor(
            self._pool,
            self._server.handle_completions,
            {**body, "lora": scales, "stream": True},
            hear,
        )
        work.add_done_callback(lambda _: self._release())
        work.add_done_callback(lambda _: pieces.put_nowait(None))
        try:
            while (piece := await pieces.get()) is not None:
                if isinstance(piece, EngineError):
                    raise piece
                yield piece
                if piece.finish_reason is not None:
                    return
            await work
            raise EngineError("The model stopped without an answer. Ask again.")
        finally:
            left.set()

    async def tokens(self, texts: list[str], *, prompt: bool) -> list[list[Cut]]:
        """How each text is cut into tokens.

        Args:
            texts: each by itself.
            prompt: as a prompt is cut, which may get an opening token and has its special tokens
                parsed; otherwise as text that means nothing else.
        """
        self._users += 1
        try:
            return await asyncio.to_thread(lambda: [self._cut(text, prompt) for text in texts])
        finally:
            self._release()

    def retire(self) -> None:
        """Close when the last answer is out; there will be no further requests."""
        self._retired = True
        self._close_if_idle()

    def _release(self) -> None:
        self._users -= 1
        self._close_if_idle()

    def _close_if_idle(self) -> None:
        if self._retired and not self._users and self._server is not None:
            # The last reference goes to a thread, because llama.cpp's end takes a moment.
            self._pool.submit([self._server].clear)
            self._server = None

    def _cut(self, text: str, prompt: bool) -> list[Cut]:  # noqa: FBT001  handed down
        body = {"content": text, "add_special": prompt, "parse_special": prompt}
        tokens = self._post("/tokenize", {**body, "with_pieces": True})["tokens"]
        return [Cut(token["id"], isinstance(token["piece"], str)) for token in tokens]

    def _chat_template(self) -> ChatTemplate:
        """Read the template off one rendered exchange, so that texts keep every character."""
        question, answer = SENTINELS
        asked = [{"role": "user", "content": question}]
        answered = [*asked, {"role": "assistant", "content": answer}]
        before, _, after = self._rendered(asked, prompt=True).partition(question)
        _, _, end = self._rendered(answered, prompt=False).partition(answer)
        return ChatTemplate(before=before, after=after, end=end.rstrip())

    def _rendered(self, messages: list[dict[str, str]], *, prompt: bool) -> str:
        body = {"messages": messages, "add_generation_prompt": prompt}
        return str(self._post("/apply-template", body)["prompt"])

    def _post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        request = urllib.request.Request(  # noqa: S310  llama.cpp's own loopback address
            self._server.listening_address + path,
            json.dumps(body).encode(),
            {"Authorization": f"Bearer {self._secret}", "Content-Type": "application/json"},
        )
        with DIRECTLY.open(request, timeout=30) as answer:
            parsed: dict[str, Any] = json.load(answer)
            return parsed


def _params(weights: Weights, secret: str, context_tokens: int) -> Any:
    """llama.cpp's settings for answering on the processor."""
    params = xllamacpp.CommonParams()
    params.model.path = str(weights.path)
    params.n_parallel = SLOTS
    params.n_ctx = SLOTS * context_tokens
    threads = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    params.cpuparams.n_threads = params.cpuparams_batch.n_threads = threads or 1
    params.warmup = False
    params.fit_params = False  # the context is what it says above, and not what memory allows
    params.cache_ram_mib = 0  # no prompt is kept, see `cache_prompt` in wording
    params.n_ctx_checkpoints = 0
    params.prefill_assistant = False
    params.lora_init_without_apply = True  # each request says which adapter applies
    params.api_keys = [secret]
    params.ui = False
    params.verbosity = -1
    return params


def _lora(path: Path) -> Any:
    adapter = xllamacpp.CommonAdapterLoraInfo()
    adapter.path = str(path)
    adapter.scale = 0.0
    return adapter


def _piece(chunk: dict[str, Any]) -> Piece | EngineError:
    if "error" in chunk:
        return _refusal(chunk["error"])
    choice, usage = chunk["choices"][0], chunk.get("usage", {})
    return Piece(
        choice["text"],
        choice["finish_reason"],
        usage.get("prompt_tokens", 0),
        usage.get("completion_tokens", 0),
        choice["logprobs"]["content"][0]["id"] if choice.get("logprobs") else None,
    )


def _refusal(error: dict[str, Any]) -> EngineError:
    if error.get("type") == "exceed_context_size_error":
        return Unprocessable(
            f"The query is {error['n_prompt_tokens']} tokens long, and the model's context holds "
            f"{error['n_ctx']}. Shorten the query."
        )
    log.error("llama.cpp refused: %s", error.get("type"))
    return EngineError(f"The model could not answer: {error.get('message', 'no reason given')}")
