"""Runs over the end of an engine. What they do while it lives is tested through its routes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lib.engine.errors import TeachingStopped
from lib.engine.runs import Runs
from lib.engine.scope.scopes import Scopes
from lib.engine.scope.sentences import Sentences
from lib.engine.store import Store
from lib.engine.wording import ChatTemplate
from lib.gradient.schemas import FineTune, RunState
from tests.engine.conftest import FakeTeacher

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from lib.engine.records import Adapter
    from lib.engine.weights import BaseModels

ASKED = FineTune.model_validate({"samples": [{"inputs": "a b c"}], "runId": "mine"})


class NoAnswers:
    """Loads nothing."""

    def __init__(self, models: BaseModels) -> None:
        self.weights = models.default

    async def template(self) -> ChatTemplate:
        return ChatTemplate()

    async def load(self, *versions: object) -> None:
        """It is ready."""


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "adapters")


@pytest.fixture
def adapter(store: Store, models: BaseModels) -> Adapter:
    return store.create("name", models.default.id, "workspace")


@pytest.fixture
def started(tmp_path: Path, store: Store, models: BaseModels) -> Callable[[FakeTeacher], Runs]:
    """Runs, as an engine that starts on the same home has them."""
    answering: Any = NoAnswers(models)
    scopes = Scopes(store, Sentences(None, tmp_path))

    def start(teacher: FakeTeacher) -> Runs:
        return Runs(tmp_path / "runs", store, lambda _: answering, teacher, scopes, cache=tmp_path)

    return start


async def test_a_run_that_is_done_has_the_same_result_after_a_restart(
    started: Callable[[FakeTeacher], Runs], adapter: Adapter
) -> None:
    taught = await started(FakeTeacher()).begin(adapter, ASKED).ended()
    teacher = FakeTeacher()
    assert await started(teacher).begin(adapter, ASKED).ended() == taught
    assert not teacher.jobs


@pytest.mark.parametrize("end", ["killed", "closed"])
async def test_a_run_that_the_end_of_the_engine_cut_short_is_told_as_interrupted(
    started: Callable[[FakeTeacher], Runs], adapter: Adapter, store: Store, end: str
) -> None:
    teacher = FakeTeacher()
    teacher.going.clear()
    runs = started(teacher)
    run = runs.begin(adapter, ASKED)
    await teacher.begun.wait()
    if end == "closed":
        await runs.close()
        assert run.status.state is RunState.FAILED
    after = started(FakeTeacher()).get("mine", "workspace")
    assert after.status.state is RunState.FAILED
    with pytest.raises(TeachingStopped, match="stopped before this fine-tune was done"):
        await after.ended()
    assert store.live(adapter) == 0
    await runs.close()


async def test_a_run_on_disk_that_cannot_be_read_hinders_nobody(
    started: Callable[[FakeTeacher], Runs], adapter: Adapter, tmp_path: Path
) -> None:
    await started(FakeTeacher()).begin(adapter, ASKED).ended()
    for path in (tmp_path / "runs").glob("*.json"):
        path.write_text(path.read_text()[:40])
    teacher = FakeTeacher()
    assert (await started(teacher).begin(adapter, ASKED).ended()).version == 2
    assert teacher.jobs


async def test_another_workspaces_run_is_not_found(
    started: Callable[[FakeTeacher], Runs], adapter: Adapter
) -> None:
    runs = started(FakeTeacher())
    await runs.begin(adapter, ASKED).ended()
    with pytest.raises(Exception, match="no run of this id"):
        runs.get("mine", "another")
