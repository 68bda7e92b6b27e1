from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from lib.engine.errors import StorageFailed, UnknownAdapter, Unprocessable
from lib.engine.records import Adapter, Made
from lib.engine.store import Store
from lib.gradient.schemas import Sample, Scope
from tests.disk import full_disk

if TYPE_CHECKING:
    from pathlib import Path

WORKSPACE = "mine"
BASE = "base"


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path)


@pytest.fixture
def adapter(store: Store) -> Adapter:
    return store.create("name", BASE, WORKSPACE, rank=4)


def trained(store: Store, adapter: Adapter) -> Path:
    folder = store.place(adapter)
    folder.mkdir()
    (folder / "adapter.gguf").write_bytes(b"weights")
    return folder


def made(number: int) -> Made:
    return Made(
        number=number,
        parent=number - 1,
        created=datetime.now(UTC),
        run_id="run",
        seed=0,
        max_seconds=60,
        local=False,
        samples=1,
        number_of_trainable_tokens=27,
        sum_loss=78.2,
        final_loss=0.1,
        losses=[2.9, 0.1],
        seconds=1.0,
        not_learned=[],
        sha256="0" * 64,
    )


def add(store: Store, adapter: Adapter) -> int:
    number = store.next_number(adapter)
    store.add(adapter, trained(store, adapter), made(number), [Sample(inputs=f"text {number} ü")])
    store.make_live(adapter, number)
    return number


def test_everything_is_there_after_a_restart(
    store: Store, adapter: Adapter, tmp_path: Path
) -> None:
    add(store, adapter)
    add(store, adapter)
    store.make_live(adapter, 1)
    store.set_scope(adapter, 2, Scope.NEAR)
    again = Store(tmp_path)
    found = again.adapter(adapter.id, WORKSPACE)
    assert found == adapter
    assert again.live(found) == 1
    assert again.versions(found) == store.versions(adapter)
    assert again.samples(found, 2) == [Sample(inputs="text 2 ü")]
    assert again.adapted(found, 1) == store.adapted(adapter, 1)
    assert again.next_number(found) == 3


def test_another_workspaces_adapter_is_unknown(store: Store, adapter: Adapter) -> None:
    assert store.adapters("other") == []
    with pytest.raises(UnknownAdapter):
        store.adapter(adapter.id, "other")


def test_what_a_crash_left_unfinished_is_removed_at_the_next_start(
    store: Store, adapter: Adapter, tmp_path: Path
) -> None:
    add(store, adapter)
    half = trained(store, adapter)
    partial = half.with_name(f"{half.name}.partial")
    partial.mkdir()
    unborn = tmp_path / f".{adapter.id[:-1]}x"
    unborn.mkdir()
    again = Store(tmp_path)
    assert not half.exists()
    assert not partial.exists()
    assert not unborn.exists()
    assert [version.number for version in again.versions(adapter)] == [1]


def test_a_crash_between_the_new_version_and_its_going_live_leaves_the_old_one_live(
    store: Store, adapter: Adapter, tmp_path: Path
) -> None:
    add(store, adapter)
    store.add(adapter, trained(store, adapter), made(2), [])
    again = Store(tmp_path)
    assert again.live(adapter) == 1
    assert [version.candidate for version in again.versions(adapter)] == [False, True]


@pytest.mark.parametrize("file", ["version.json", "samples.json"])
def test_a_broken_file_of_one_version_leaves_the_others(
    store: Store, adapter: Adapter, tmp_path: Path, file: str
) -> None:
    add(store, adapter)
    add(store, adapter)
    path = store.version_folder(adapter, 1) / file
    path.write_text(path.read_text()[:5])
    again = Store(tmp_path)
    assert again.live(adapter) == 2
    with pytest.raises((UnknownAdapter, StorageFailed)):
        _ = again.made(adapter, 1), again.samples(adapter, 1)


def test_a_live_version_that_cannot_be_read_is_told_and_not_replaced_by_another(
    store: Store, adapter: Adapter, tmp_path: Path
) -> None:
    add(store, adapter)
    (store.version_folder(adapter, 1) / "version.json").unlink()
    again = Store(tmp_path)
    assert list(again.live_versions()) == []
    with pytest.raises(UnknownAdapter, match="no version 1"):
        again.adapted(adapter, again.live(adapter))
    assert again.next_number(adapter) == 2


def test_an_adapter_that_cannot_be_read_leaves_the_others(
    store: Store, adapter: Adapter, tmp_path: Path
) -> None:
    other = store.create("other", BASE, WORKSPACE)
    (tmp_path / other.id / "adapter.json").write_text("{")
    assert [one.id for one in Store(tmp_path).adapters(WORKSPACE)] == [adapter.id]


def test_a_full_disk_leaves_everything_as_it_was(
    store: Store, adapter: Adapter, tmp_path: Path
) -> None:
    add(store, adapter)
    folder = trained(store, adapter)
    with full_disk():
        for change in (
            lambda: store.create("another", BASE, WORKSPACE),
            lambda: store.add(adapter, folder, made(2), []),
            lambda: store.make_live(adapter, 0),
            lambda: store.set_scope(adapter, 1, Scope.NEAR),
        ):
            with pytest.raises(StorageFailed):
                change()
    assert not folder.exists()
    for one in (store, Store(tmp_path)):
        assert [found.id for found in one.adapters(WORKSPACE)] == [adapter.id]
        assert [version.number for version in one.versions(adapter)] == [1]
        assert one.live(adapter) == 1
        assert one.scope(adapter, 1) is Scope.EVERYWHERE
    assert add(store, adapter) == 2


def test_only_what_is_not_live_can_be_deleted(
    store: Store, adapter: Adapter, tmp_path: Path
) -> None:
    add(store, adapter)
    with pytest.raises(Unprocessable, match="live"):
        store.delete_version(adapter, 1)
    store.make_live(adapter, 0)
    store.delete_version(adapter, 1)
    assert Store(tmp_path).versions(adapter) == []
    assert store.next_number(adapter) == 2


def test_a_deleted_adapter_is_gone_for_good(store: Store, adapter: Adapter, tmp_path: Path) -> None:
    add(store, adapter)
    folder = trained(store, adapter)
    store.delete(adapter)
    assert list(tmp_path.iterdir()) == []
    with pytest.raises(UnknownAdapter):
        store.adapter(adapter.id, WORKSPACE)
    with pytest.raises(UnknownAdapter, match="was deleted"):
        store.add(adapter, folder, made(2), [])


def test_a_version_says_how_it_was_made(store: Store, adapter: Adapter) -> None:
    add(store, adapter)
    kept = json.loads((store.version_folder(adapter, 1) / "version.json").read_text())
    assert kept["losses"] == [2.9, 0.1]
    assert kept["seed"] == 0
    assert len(kept["gguf_sha256"]) == 64
