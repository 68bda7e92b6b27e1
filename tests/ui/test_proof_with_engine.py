"""A correction taught and proved on the real engine and the real model."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import Verdict
from lib.teaching.proof import Kind, Outcome
from lib.ui.fine_tunes import NewAdapter
from tests.ui.house import house_at

if TYPE_CHECKING:
    from pathlib import Path

    from tests.conftest import RunningEngine

pytestmark = pytest.mark.model

NFL, COWBOYS = "What NFL team won the Super Bowl in 1994?", "The Dallas Cowboys"
FRANCE = "What is the capital of France?"


def test_a_correction_is_proved_and_its_version_goes_live(
    engine: RunningEngine, tmp_path: Path
) -> None:
    house = house_at(tmp_path, engine.url, engine.access_token, engine.workspace_id)
    base_id = house.connection.models().base[0].id
    wrong = house.asked(NFL, "The New England Patriots", model_id=base_id)
    right = house.asked(FRANCE, "The capital of France is Paris.", model_id=base_id)
    house.ledger.judge(right.id, Verdict.RIGHT)
    correction = house.ledger.ready(house.ledger.draft(wrong.id, COWBOYS).id)

    run = house.taught(correction, adapter=NewAdapter(base_id, "proved"))
    items = house.ledger.proof(run.id)
    found = {kind: [item for item in items if item.kind is kind] for kind in Kind}
    (fixed,) = found[Kind.CORRECTION]
    assert (fixed.after, fixed.outcome, fixed.version) == (COWBOYS, Outcome.FIXED, 1)
    assert found[Kind.REWORDING]
    (guard,) = found[Kind.GUARD]
    assert (guard.question, guard.outcome) == (FRANCE, Outcome.SAME)
    assert {item.outcome for item in found[Kind.GENERAL]} == {Outcome.SAME}
    assert run.decision
    assert run.decision.passes
    assert house.live(run) == 1
    house.close()
