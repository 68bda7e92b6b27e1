"""What is said of a run that is under way."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import NewRun, RunProgress
from lib.ui.run_progress import SOON_S, ends_soon, stage_of

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger


@pytest.mark.parametrize(
    ("progress", "said"),
    [
        (RunProgress(stage="queued"), "Waiting for its turn"),
        (RunProgress(stage="reading", step=32, samples=90), "as it is: 32 of 90"),
        (RunProgress(stage="training", samples=3, learned=2), "2 of 3 learned"),
        (RunProgress(stage="training", samples=3, step=1, loss=0.25), "0 of 3 learned · loss 0.25"),
        (RunProgress(stage="something a server thought of"), "Learning"),
    ],
)
def test_a_run_says_what_is_being_done(ledger: Ledger, progress: RunProgress, said: str) -> None:
    new = NewRun(
        id="run", server_url="u", adapter_id="a", adapter_name="A", settings={"withdraw": ["x"]}
    )
    ledger.submit(new, [])
    assert stage_of(ledger.progress("run", progress)).endswith(said)


def test_the_end_of_a_young_proof_is_waited_for_with_glances_at_what_else_is_wanted() -> None:
    answers = iter([False, False, True])
    glances: list[str] = []
    assert ends_soon(
        datetime.now(UTC),
        over_within=lambda _: next(answers),
        glance=lambda: glances.append("looked up"),
    )
    assert glances == ["looked up"] * 2


@pytest.mark.parametrize("taught", [None, datetime.now(UTC) - timedelta(seconds=SOON_S)])
def test_neither_a_training_nor_a_long_proof_is_waited_for(taught: datetime | None) -> None:
    def fail(*_: float) -> bool:
        raise AssertionError("It was waited for")

    assert not ends_soon(taught, over_within=fail, glance=fail)


def test_a_proof_that_grows_old_meanwhile_is_waited_for_no_longer() -> None:
    began = datetime.now(UTC) - timedelta(seconds=SOON_S - 0.05)
    assert not ends_soon(began, over_within=lambda _: False, glance=lambda: time.sleep(0.01))
