"""A run on the real engine that its person cancels."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import CorrectionState, RunState
from lib.ui.fine_tunes import NewAdapter
from tests.ui.house import house_at, until

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunningEngine

pytestmark = pytest.mark.model


def test_a_cancelled_run_gives_its_corrections_back_and_leaves_the_adapter_as_it_was(
    engine: RunningEngine, tmp_path: Path
) -> None:
    house = house_at(tmp_path, engine.url, engine.access_token, engine.workspace_id)
    base_id = house.connection.models().base[0].id
    wrong = house.asked("Who keeps the lighthouse?", "Nobody.", model_id=base_id)
    correction = house.ledger.ready(house.ledger.draft(wrong.id, "Old Marigold").id)
    run = house.fine_tunes.submit(uuid.uuid4().hex, NewAdapter(base_id, "stopped"), [correction])
    until(lambda: house.ledger.run(run.id).state is RunState.RUNNING)
    house.fine_tunes.cancel(run.id)
    assert house.seen_through(run.id).state is RunState.CANCELLED
    assert house.ledger.correction(correction.id).state is CorrectionState.READY
    assert house.live(run) == 0
    house.close()
