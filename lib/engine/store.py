"""Adapters and their immutable versions, on disk.

    adapters/<adapter id>/adapter.json          what it is
                          state.json            which version is live, which are candidates, scopes
                          versions/<n>/         a PEFT folder and its GGUF twin, with
                                       version.json    how it was made
                                       samples.json    all samples it holds, as they were sent

A version is written under another name and renamed in, and so is every file that changes. Whatever
a crash leaves under such names is removed at the next start. All methods block for as long as a
small write takes, and may be called from any thread.
"""

from __future__ import annotations

import hashlib
import json
import logging
import shutil
import threading
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from pydantic import TypeAdapter, ValidationError

from lib.engine import files
from lib.engine.answering import Adapted
from lib.engine.errors import StorageFailed, UnknownAdapter, Unprocessable
from lib.engine.loaded import Key
from lib.engine.records import Adapter, Made, State
from lib.gradient.schemas import ADAPTER_SUFFIX, AdapterItem, Sample, Scope, Version

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

log = logging.getLogger(__name__)

SAMPLES: TypeAdapter[list[Sample]] = TypeAdapter(list[Sample])
UNFINISHED = "."
"""Begins the name of everything that is not whole yet, or is being deleted."""

PEFT_FILES = ("adapter_config.json", "adapter_model.safetensors")


class Store:
    """All adapters of all workspaces.

    Args:
        folder: is made if it is not there.

    Raises:
        OSError: it cannot be made or read.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._adapters: dict[str, Adapter] = {}
        self._states: dict[str, State] = {}
        self._versions: dict[str, dict[int, Made]] = {}
        folder.mkdir(parents=True, exist_ok=True)
        for path in sorted(folder.iterdir()):
            if path.name.startswith(UNFINISHED):
                shutil.rmtree(path, ignore_errors=True)
            else:
                self._read(path)

    def adapters(self, workspace_id: str) -> list[Adapter]:
        """The adapters of a workspace, oldest first."""
        mine = [a for a in self._adapters.values() if a.workspace_id == workspace_id]
        return sorted(mine, key=lambda adapter: adapter.created)

    def adapter(self, adapter_id: str, workspace_id: str) -> Adapter:
        """One adapter.

        Raises:
            UnknownAdapter: there is none of this id in this workspace.
        """
        found = self._adapters.get(adapter_id)
        if found is None or found.workspace_id != workspace_id:
            raise UnknownAdapter("There is no adapter of this id in this workspace.")
        return found

    def item(self, adapter: Adapter) -> AdapterItem:
        """How the API shows it."""
        state = self._states[adapter.id]
        return AdapterItem(
            id=adapter.id,
            name=adapter.name,
            base_model_id=adapter.base_model_id,
            latest_update_time=state.updated,
            live_version=state.live,
        )

    def create(
        self,
        name: str,
        base_model_id: str,
        workspace_id: str,
        *,
        rank: int | None = None,
        learning_rate: float | None = None,
    ) -> Adapter:
        """Make an adapter without versions; it answers as its base model does.

        Raises:
            StorageFailed: it could not be written; there is no new adapter.
        """
        now = datetime.now(UTC)
        adapter = Adapter(
            id=f"{uuid.uuid4()}{ADAPTER_SUFFIX}",
            name=name,
            base_model_id=base_model_id,
            workspace_id=workspace_id,
            rank=rank,
            learning_rate=learning_rate,
            created=now,
        )
        state = State(updated=now)
        beside = self._folder / f"{UNFINISHED}{adapter.id}"
        try:
            (beside / "versions").mkdir(parents=True)
            files.write(beside / "adapter.json", adapter.model_dump_json())
            files.write(beside / "state.json", state.model_dump_json())
            beside.rename(self._folder / adapter.id)
            files.sync_folder(self._folder)
        except OSError as error:
            shutil.rmtree(beside, ignore_errors=True)
            raise StorageFailed.of(error, "No adapter was made; make room, then again.") from error
        with self._lock:
            self._versions[adapter.id] = {}
            self._states[adapter.id] = state
            self._adapters[adapter.id] = adapter
        return adapter

    def delete(self, adapter: Adapter) -> None:
        """Remove an adapter and all its versions.

        Raises:
            StorageFailed: it could not be removed; it is still there.
        """
        gone = self._folder / f"{UNFINISHED}{adapter.id}"
        with self._lock:
            try:
                (self._folder / adapter.id).rename(gone)
            except OSError as error:
                raise StorageFailed.of(error, "The adapter is still there.") from error
            for kept in (self._adapters, self._states, self._versions):
                kept.pop(adapter.id, None)
        shutil.rmtree(gone, ignore_errors=True)

    def live(self, adapter: Adapter) -> int:
        """The number of the version that answers; 0 is the base model alone."""
        return self._state(adapter).live

    def made(self, adapter: Adapter, number: int) -> Made:
        """How a version was made.

        Raises:
            UnknownAdapter: the adapter has no such version.
        """
        made = self._versions.get(adapter.id, {}).get(number)
        if made is None:
            raise UnknownAdapter(f"The adapter {adapter.name!r} has no version {number}.")
        return made

    def adapted(self, adapter: Adapter, number: int) -> Adapted | None:
        """What answering loads for a version; None for version 0, the base model alone.

        Raises:
            UnknownAdapter: the adapter has no such version.
        """
        if number == 0:
            return None
        made = self.made(adapter, number)
        gguf = self.version_folder(adapter, number) / "adapter.gguf"
        return Adapted(Key(adapter.id, number), gguf, made.gguf_sha256)

    def live_versions(self) -> Iterator[tuple[Adapter, Adapted]]:
        """The live version of every adapter that has one, the one changed last at the end."""
        for adapter_id, state in sorted(self._states.items(), key=lambda item: item[1].updated):
            if state.live in self._versions[adapter_id]:
                adapter = self._adapters[adapter_id]
                adapted = self.adapted(adapter, state.live)
                if adapted is not None:
                    yield adapter, adapted

    def version_folder(self, adapter: Adapter, number: int) -> Path:
        """The PEFT folder of a version."""
        return self._folder / adapter.id / "versions" / str(number)

    def peft(self, adapter: Adapter, number: int) -> bytes:
        """A version's files in PEFT's format, as a zip: what it learned, not what it was taught.

        Raises:
            UnknownAdapter: the adapter has no such version.
            StorageFailed: a file is gone or cannot be read.
        """
        self.made(adapter, number)
        folder = self.version_folder(adapter, number)
        try:
            return files.zipped(folder / name for name in PEFT_FILES)
        except OSError as error:
            raise StorageFailed(
                f"The files of version {number} cannot be read. Teach it again, or restore them."
            ) from error

    def versions(self, adapter: Adapter) -> list[Version]:
        """All versions as the API shows them, oldest first."""
        state = self._state(adapter)
        return [
            Version(
                **made.model_dump(include=set(Version.model_fields)),
                created_time=made.created,
                live=number == state.live,
                candidate=number in state.candidates,
                scope=self.scope(adapter, number),
            )
            for number, made in sorted(self._versions[adapter.id].items())
        ]

    def samples(self, adapter: Adapter, number: int) -> list[Sample]:
        """All samples that a version holds.

        Raises:
            StorageFailed: its file is missing or broken.
        """
        if number == 0:
            return []
        path = self.version_folder(adapter, number) / "samples.json"
        try:
            return SAMPLES.validate_json(path.read_bytes())
        except (OSError, ValidationError) as error:
            raise StorageFailed(
                f"The samples of version {number} cannot be read, so nothing can be taught on top "
                "of it. Make another version live, or start a new adapter."
            ) from error

    def place(self, adapter: Adapter) -> Path:
        """A path for a training to make its folder at, on the same disk; nothing is there yet."""
        return self._folder / adapter.id / "versions" / f"{UNFINISHED}{uuid.uuid4()}"

    def add(self, adapter: Adapter, folder: Path, made: Made, samples: list[Sample]) -> Adapted:
        """Turn a trained folder into the version `made.number`, as a candidate.

        Raises:
            UnknownAdapter: the adapter was deleted meanwhile.
            StorageFailed: it could not be written; the folder is gone and there is no new version.
        """
        with self._lock:
            try:
                state = self._state(adapter)
                with (folder / "adapter.gguf").open("rb") as file:
                    digest = hashlib.file_digest(file, "sha256").hexdigest()
                made = made.model_copy(update={"gguf_sha256": digest})
                files.write(folder / "version.json", made.model_dump_json())
                wire = [sample.wire() for sample in samples]
                files.write(folder / "samples.json", json.dumps(wire, ensure_ascii=False))
                folder.rename(self.version_folder(adapter, made.number))
                files.sync_folder(folder.parent)
            except OSError as error:
                shutil.rmtree(folder, ignore_errors=True)
                raise StorageFailed.of(
                    error, "The adapter is as it was; make room, then teach again."
                ) from error
            self._versions[adapter.id][made.number] = made
            candidates = [*state.candidates, made.number]
            self._change(adapter, last=made.number, candidates=candidates)
            return Adapted(
                Key(adapter.id, made.number),
                self.version_folder(adapter, made.number) / "adapter.gguf",
                digest,
            )

    def next_number(self, adapter: Adapter) -> int:
        """The number that the next version gets."""
        return max([self._state(adapter).last, *self._versions[adapter.id]]) + 1

    def make_live(self, adapter: Adapter, number: int) -> None:
        """Have a version answer from the next request on; 0 is the base model alone.

        Raises:
            UnknownAdapter: the adapter has no such version.
            StorageFailed: the version that was live still is.
        """
        with self._lock:
            if number != 0:
                self.made(adapter, number)
            candidates = [n for n in self._state(adapter).candidates if n != number]
            self._change(adapter, live=number, candidates=candidates)

    def scope(self, adapter: Adapter, number: int) -> Scope:
        """Where a version applies: everywhere, unless it was told otherwise."""
        return self._state(adapter).scopes.get(number, Scope.EVERYWHERE)

    def set_scope(self, adapter: Adapter, number: int, scope: Scope) -> None:
        """Say where a version applies.

        Raises:
            UnknownAdapter: the adapter has no such version.
            StorageFailed: the scope is as it was.
        """
        with self._lock:
            self.made(adapter, number)
            self._change(adapter, scopes=self._state(adapter).scopes | {number: scope})

    def delete_version(self, adapter: Adapter, number: int) -> None:
        """Remove a version that is not live.

        Raises:
            UnknownAdapter: the adapter has no such version.
            Unprocessable: it is live.
            StorageFailed: it could not be removed; it is still there.
        """
        with self._lock:
            self.made(adapter, number)
            if number == self.live(adapter):
                raise Unprocessable(
                    f"Version {number} is live. Make another version live, then delete it."
                )
            folder = self.version_folder(adapter, number)
            gone = folder.with_name(f"{UNFINISHED}{number}")
            try:
                folder.rename(gone)
            except OSError as error:
                raise StorageFailed.of(error, "The version is still there.") from error
            del self._versions[adapter.id][number]
            candidates = [n for n in self._state(adapter).candidates if n != number]
            self._change(adapter, candidates=candidates)
        shutil.rmtree(gone, ignore_errors=True)

    def _state(self, adapter: Adapter) -> State:
        state = self._states.get(adapter.id)
        if state is None:
            raise UnknownAdapter(f"The adapter {adapter.name!r} was deleted.")
        return state

    def _change(self, adapter: Adapter, **changes: object) -> None:
        state = self._state(adapter).model_copy(update={**changes, "updated": datetime.now(UTC)})
        try:
            files.write(self._folder / adapter.id / "state.json", state.model_dump_json())
        except OSError as error:
            raise StorageFailed.of(error, "The version that was live still is.") from error
        self._states[adapter.id] = state

    def _read(self, path: Path) -> None:
        try:
            adapter = Adapter.model_validate_json((path / "adapter.json").read_bytes())
            state = State.model_validate_json((path / "state.json").read_bytes())
            folders = list((path / "versions").iterdir())
        except (OSError, ValidationError):
            log.exception("The adapter in %s cannot be read; it is left out.", path)
            return
        versions: dict[int, Made] = {}
        for folder in folders:
            if folder.name.startswith(UNFINISHED):
                shutil.rmtree(folder, ignore_errors=True)
                continue
            try:
                made = Made.model_validate_json((folder / "version.json").read_bytes())
            except (OSError, ValidationError):
                log.exception("The version in %s cannot be read; it is left out.", folder)
                continue
            versions[made.number] = made
        self._adapters[adapter.id] = adapter
        self._states[adapter.id] = state
        self._versions[adapter.id] = versions
