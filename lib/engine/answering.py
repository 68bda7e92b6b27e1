"""Answering: prompt, parameters and adapter version in, an answer in pieces out.

llama.cpp takes adapters only when a server is built. So a version that is not loaded yet means a
new server beside the old one, and then a swap: requests that began on the old server end on it,
later ones go to the new, and the old one closes when its last answer is out. Each request names one
version and gets exactly that one.

Up to `ADAPTERS` versions are loaded at once, those used last. Any other is loaded when it is asked
for, which costs that one request a swap (some tenths of a second). So does, once, the first request
that may need a long context.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
from typing import TYPE_CHECKING, Any, NamedTuple

from lib.engine.errors import WeightsBroken
from lib.engine.loaded import Cut, Key, Loaded, Piece, usable_context
from lib.engine.wording import most_tokens

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Iterable
    from concurrent.futures import Executor
    from pathlib import Path

    from lib.engine.weights import Weights
    from lib.engine.wording import ChatTemplate

log = logging.getLogger(__name__)

ADAPTERS = 16


class Adapted(NamedTuple):
    """A version of an adapter, and the file by which llama.cpp loads it."""

    key: Key
    gguf: Path
    sha256: str


class Answering:
    """One base model and the versions over it; loaded when first used. Lives in one event loop.

    Args:
        weights: the base model.
        pool: threads for llama.cpp's calls, one for each answer being generated.
    """

    def __init__(self, weights: Weights, pool: Executor) -> None:
        self.weights = weights
        self._pool = pool
        self._kept: dict[Key, Adapted] = {}  # the one used last is last
        self._loaded: Loaded | None = None
        self._swapping = asyncio.Lock()

    @property
    def ready(self) -> bool:
        """Whether a question would be answered without loading the base model first."""
        return self._loaded is not None

    async def load(self, *versions: Adapted) -> None:
        """Have the base model ready, and these versions, whose files are looked at anew.

        Raises:
            WeightsBroken: a file cannot be loaded; what was loaded before goes on.
        """
        await _check(versions)
        await self._with(versions)

    async def template(self) -> ChatTemplate:
        """The base model's chat template."""
        return (await self._with(())).template

    async def tokens(self, texts: list[str], *, prompt: bool) -> list[list[Cut]]:
        """How each text is cut into tokens, as a prompt or as mere text; see `Loaded.tokens`."""
        return await (await self._with(())).tokens(texts, prompt=prompt)

    async def answer(
        self, body: dict[str, Any], version: Adapted | None, *, whole: bool = False
    ) -> AsyncGenerator[Piece]:
        """Answer with one version, or with the base model alone.

        Args:
            body: see `wording.request`.
            version: applies at full strength; no other does.
            whole: in one piece, and not token by token.

        Raises:
            WeightsBroken: the version cannot be loaded.
            Unprocessable: the query does not fit into the context.
        """
        loaded = await self._with(() if version is None else (version,), most_tokens(body))
        key = None if version is None else version.key
        async for piece in loaded.generate(body, key, whole=whole):
            yield piece

    def close(self) -> None:
        """Free the memory when the last answer is out."""
        if self._loaded is not None:
            self._loaded.retire()
            self._loaded = None

    async def _with(self, versions: Iterable[Adapted], tokens: int = 0) -> Loaded:
        """The server that has these versions and room for so many tokens, after a swap if need be.

        What may need more tokens than there can be is llama.cpp's to refuse.
        """
        wanted = {version.key: version for version in versions}
        context = usable_context(self.weights, tokens)
        if not self._serves(wanted, context):
            async with self._swapping:
                if not self._serves(wanted, context):
                    await self._swap(wanted, context)
        for key in wanted:
            self._kept[key] = self._kept.pop(key)
        assert self._loaded is not None  # noqa: S101  closed only when no request can come
        return self._loaded

    def _serves(self, wanted: dict[Key, Adapted], context: int) -> bool:
        loaded = self._loaded
        return (
            loaded is not None
            and loaded.context_tokens >= context
            and wanted.keys() <= set(loaded.keys)
        )

    async def _swap(self, wanted: dict[Key, Adapted], context: int) -> None:
        await _check(wanted.values())
        kept = {**self._kept, **wanted}
        for version in await asyncio.to_thread(_broken, self._kept.values()):
            log.warning("Version %s of %s is gone; it is no longer loaded.", *reversed(version.key))
            del kept[version.key]
        kept = dict(list(kept.items())[-max(ADAPTERS, len(wanted)) :])
        ggufs = {key: version.gguf for key, version in kept.items()}
        if self._loaded is not None:
            context = max(context, self._loaded.context_tokens)
        fresh = await asyncio.to_thread(Loaded, self.weights, ggufs, self._pool, context)
        old, self._loaded, self._kept = self._loaded, fresh, kept
        if old is not None:
            old.retire()


async def _check(versions: Iterable[Adapted]) -> None:
    broken = await asyncio.to_thread(_broken, versions)
    if broken:
        names = ", ".join(str(version.key.number) for version in broken)
        raise WeightsBroken(
            f"Version {names} of this adapter is broken: its file is missing or was changed. "
            "Its other versions are not affected; make one of them live, or teach again."
        )


def _broken(versions: Iterable[Adapted]) -> list[Adapted]:
    """Those whose file is not the one that was written."""
    return [version for version in versions if _sha256(version.gguf) != version.sha256]


def _sha256(path: Path) -> str | None:
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError:
        return None
