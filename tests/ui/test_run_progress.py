"""What is said of a run that is under way."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import NewRun, RunProgress
from lib.ui.run_progress import stage_of

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
