"""What is said of a correction whose version was rolled back."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import CorrectionState, Verdict
from lib.ui.language import KEY
from tests.gradient_server import WRONG
from tests.pages.conftest import QUESTION, RIGHT, asked, button, page, texts
from tests.pages.scenes import taught
from tests.pages.test_history import numbers

if TYPE_CHECKING:
    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction
    from tests.gradient_server import GradientServer

NOT_LIVE = "Learned in version 1, not live"
MODEL_ITSELF = "From a correction that the live version does not know. The model itself says:"


@pytest.fixture
def correction(ledger: Ledger, versioned: GradientServer) -> Correction:
    """One that version 1 has learned; it is live."""
    assert versioned.url
    correction = taught(ledger)
    assert correction.exchange_id
    ledger.judge(correction.exchange_id, Verdict.WRONG)
    return ledger.correction(correction.id)


def roll_back() -> None:
    button(page("teach"), "Roll back")


def badges(app: AppTest) -> set[str]:
    """What is said of corrections, without what opens on them."""
    words = ("Taught", "Learned", "Patched", "Enseignée", "Apprise", "Correctif")
    said = (text.rpartition("badge[")[2].rstrip("]") for text in texts(app) if "badge[" in text)
    return {text.rpartition(": ")[2] for text in said if any(word in text for word in words)}


def test_a_correction_is_learned_until_its_version_is_rolled_back_and_then_patched_again(
    ledger: Ledger, correction: Correction
) -> None:
    assert correction.state is CorrectionState.TAUGHT
    again = asked(ledger, QUESTION)
    assert {"Learned"} == {word for word in badges(page("ask")) if "Learned" in word}
    assert not any("Patched" in word for word in badges(page("ask")))
    roll_back()
    app = page("ask")
    assert {NOT_LIVE, "Patched"} <= badges(app)
    assert "Learned" not in badges(app)
    assert MODEL_ITSELF in texts(app)
    assert texts(app).count(RIGHT) == 2  # its own exchange's, and above the other's answer
    assert ledger.exchange(again.id).answer == WRONG
    button(page("teach"), "Make version 1 live")
    assert MODEL_ITSELF not in texts(page("ask"))
    assert "Learned" in badges(page("ask"))


def test_it_says_so_where_corrections_are_listed(correction: Correction) -> None:
    assert correction.run_id
    assert {"Taught", "Learned"} <= badges(page("corrections"))
    roll_back()
    app = page("corrections")
    assert {"Taught", NOT_LIVE, "Patched"} <= badges(app)
    app.toggle(key="corrections_table").set_value(True).run()
    assert list(app.dataframe[0].value["Now"]) == [f"{NOT_LIVE} · Patched"]


def test_it_says_so_in_french(correction: Correction) -> None:
    assert correction.run_id
    roll_back()
    app = page("corrections")
    app.session_state[KEY] = "fr"
    app.run()
    assert {"Apprise dans la version 1, hors service", "Correctif appliqué"} <= badges(app)


def test_what_was_learned_is_said_where_answers_are_not_patched_too(
    ledger: Ledger, correction: Correction
) -> None:
    assert correction.run_id
    ledger.prefer("patching", value=False)
    assert "Learned" in badges(page("corrections"))
    roll_back()
    app = page("corrections")
    assert NOT_LIVE in badges(app)
    assert "Patched" not in badges(app)


def test_what_the_live_version_does_not_know_can_be_taught_again_and_that_be_undone(
    ledger: Ledger, correction: Correction
) -> None:
    assert "Accept again" not in [found.label for found in page("corrections").button]
    roll_back()
    app = button(page("corrections"), "Accept again")
    assert ledger.correction(correction.id).state is CorrectionState.READY
    button(app, "Undo")
    assert ledger.correction(correction.id).state is CorrectionState.TAUGHT


def test_history_says_which_run_made_what_is_live(correction: Correction) -> None:
    assert correction.run_id
    for run in ("my-adapter, version 1 · Live", "my-adapter, version 1"):
        assert [row["Run"] for row in numbers(page("history"), "history_runs")] == [run]
        if run.endswith("Live"):
            roll_back()
