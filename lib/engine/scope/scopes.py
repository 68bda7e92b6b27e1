"""The corrections of all versions, made when they are first needed and kept beside each version.

adapters/<id>/versions/<n>/scope.npz    the vectors of its corrections; made again if lost
"""

from __future__ import annotations

import asyncio
import hashlib
import io
import logging
import zipfile
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from lib.engine import files
from lib.engine.errors import EngineError
from lib.engine.loaded import Key
from lib.engine.scope.corrections import FAR, Corrections
from lib.engine.scope.pairs import pairs
from lib.engine.scope.question import compared, forms, question
from lib.engine.scope.sentences import TWIN
from lib.gradient.schemas import Scope

if TYPE_CHECKING:
    from pathlib import Path

    from lib.engine.records import Adapter
    from lib.engine.scope.question import Form
    from lib.engine.scope.sentences import Sentences, Vectors
    from lib.engine.store import Store
    from lib.gradient.schemas import Complete, Nearness, Pair

log = logging.getLogger(__name__)

FILE = "scope.npz"
VERSIONS = 16
"""Kept in memory, those used last."""


class _Taught(NamedTuple):
    corrections: Corrections
    forms: list[Form]


class Scopes:
    """Decides which questions are near the corrections of a version. Lives in one event loop.

    Args:
        store: where versions, their samples and their scopes are.
        sentences: tells what a question means.
    """

    def __init__(self, store: Store, sentences: Sentences) -> None:
        self._store = store
        self._sentences = sentences
        self._taught: dict[Key, _Taught] = {}  # the one used last is last
        self._making = asyncio.Lock()

    @property
    def able(self) -> bool:
        """Whether this engine can narrow a version at all."""
        return self._sentences.installed

    def check(self, scope: Scope | None) -> None:
        """Let a scope pass that this engine can keep to.

        Raises:
            Unprocessable: it cannot; the message says what is missing.
        """
        if scope is Scope.NEAR:
            self._sentences.check()

    async def warm(self) -> None:
        """Have the sentence model ready; if that fails, the first question to need it says so."""
        if self.able:
            try:
                await asyncio.to_thread(self._sentences.warm)
            except EngineError as error:
                log.warning("%s", error.message)

    async def prepare(self, adapter: Adapter, number: int, scope: Scope | None) -> None:
        """Have what a version needs for this scope ready before the first question.

        Raises:
            UnknownAdapter: the adapter has no such version.
            EngineError: its samples cannot be read, or there is no sentence model to read them.
        """
        if scope is Scope.NEAR:
            await self._of(adapter, number)

    async def decide(self, adapter: Adapter, number: int, asked: Complete) -> Nearness | None:
        """What a version's scope says to a query; None: it applies everywhere.

        What is compared is the question that came with the query, else what is inside the query if
        it has the form of a taught prompt, else the whole query.

        Raises:
            EngineError: as `prepare`.
        """
        if self._store.scope(adapter, number) is Scope.EVERYWHERE:
            return None
        taught = await self._of(adapter, number)
        said = asked.question or question(asked.query, taught.forms)
        return await asyncio.to_thread(self._nearness, taught, said)

    async def nearness(self, adapter: Adapter, number: int, questions: list[str]) -> list[Nearness]:
        """Which correction each question is near to, whatever the version's scope is.

        Raises:
            UnknownAdapter: the adapter has no such version.
            EngineError: as `prepare`.
        """
        if number == 0:
            return [FAR] * len(questions)
        taught = await self._of(adapter, number)
        return await asyncio.to_thread(lambda: [self._nearness(taught, q) for q in questions])

    async def pairs(self, questions: list[str], among: list[str]) -> list[Pair]:
        """Which questions are near which others, whatever any version holds.

        Raises:
            EngineError: there is no sentence model to read them.
        """
        return await asyncio.to_thread(lambda: [*pairs(questions, among, self._sentences)])

    def close(self) -> None:
        """Free the memory."""
        self._sentences.close()

    def _nearness(self, taught: _Taught, said: str) -> Nearness:
        return taught.corrections.nearness(said, lambda text: self._sentences.vectors([text])[0])

    async def _of(self, adapter: Adapter, number: int) -> _Taught:
        key = Key(adapter.id, number)
        if key not in self._taught:
            async with self._making:
                if key not in self._taught:
                    self._taught[key] = await asyncio.to_thread(self._make, adapter, number)
                    while len(self._taught) > VERSIONS:
                        del self._taught[next(iter(self._taught))]
        taught = self._taught[key] = self._taught.pop(key)
        return taught

    def _make(self, adapter: Adapter, number: int) -> _Taught:
        self._store.made(adapter, number)
        samples = self._store.samples(adapter, number)
        questions = [compared(sample) for sample in samples]
        vocabulary = self._sentences.vocabulary()
        vectors = self._vectors(self._store.version_folder(adapter, number) / FILE, questions)
        ids = [sample.id or str(i) for i, sample in enumerate(samples)]
        return _Taught(Corrections(ids, questions, vectors, vocabulary), forms(samples))

    def _vectors(self, path: Path, questions: list[str]) -> Vectors:
        """The questions' vectors: those kept in `path` if they are of these questions, else new."""
        of = hashlib.sha256("\0".join([TWIN, *questions]).encode()).hexdigest()
        try:
            with np.load(path, allow_pickle=False) as kept:
                if str(kept["of"]) == of:
                    found: Vectors = kept["vectors"]
                    self._sentences.remember(questions, found)
                    return found
        except (OSError, ValueError, KeyError, zipfile.BadZipFile):
            log.debug("There are no kept vectors in %s.", path)
        made = self._sentences.vectors(questions)
        packed = io.BytesIO()
        np.savez(packed, of=np.array(of), vectors=made)
        try:
            files.write(path, packed.getvalue())
        except OSError:
            log.warning("The vectors of a version's corrections could not be kept.", exc_info=True)
        return made
