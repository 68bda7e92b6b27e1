from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import BatchSample, NewRun, ProofItem, RunResult
from lib.teaching.decision import Decision
from lib.teaching.proof import Kind, Outcome
from tests.gradient_server import WRONG
from tests.pages.conftest import QUESTION, RIGHT, button, corrected, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def taught(ledger: Ledger) -> None:
    """A run that is done and proved."""
    correction = corrected(ledger)
    new = NewRun(id="run", server_url="u", adapter_id="a", adapter_name="my-adapter")
    ledger.submit(new, [BatchSample(correction.id, {"inputs": QUESTION + RIGHT})])
    ledger.finish("run", RunResult(trainable_tokens=5, sum_loss=9.0, version=1, seconds=3.2))
    item = ProofItem(
        kind=Kind.CORRECTION, question=QUESTION, before=WRONG, expected=RIGHT, after=RIGHT,
        outcome=Outcome.FIXED, exact=True, f1=1.0, version=1,
    )  # fmt: skip
    ledger.prove("run", [item])
    ledger.decide("run", Decision(()))


def test_without_a_run_there_is_no_story_yet(open_page: Open) -> None:
    assert any("Teach something first" in text for text in texts(open_page("story")))


def test_a_story_is_shared_by_a_link_that_can_be_closed(open_page: Open, ledger: Ledger) -> None:
    taught(ledger)
    app = button(open_page("story"), "Make a link")
    token = app.code[0].value.rpartition("/shared/")[2]
    assert RIGHT in (ledger.story(token) or "")
    button(app, "Close it")
    assert ledger.story(token) is None
