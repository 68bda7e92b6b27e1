from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lib.ledger.records import CorrectionState, RunState
from lib.teaching.proof import Outcome
from tests.gradient_server import WRONG
from tests.pages.conftest import QUESTION, RIGHT, button, corrected, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger
    from tests.gradient_server import GradientServer

    Open = Callable[[str], AppTest]


def until(what: Callable[[], bool]) -> None:
    for _ in range(200):
        if what():
            return
        time.sleep(0.05)
    raise AssertionError("It did not happen within ten seconds")


def proved(ledger: Ledger, number: int = 1) -> bool:
    runs = ledger.runs()
    return len(runs) == number and runs[0].decision is not None


def test_an_empty_page_says_what_it_is_for(open_page: Open) -> None:
    assert any(text.startswith("Here a model learns") for text in texts(open_page("teach")))


def test_a_correction_is_taught_to_a_new_adapter_and_asked_again(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    correction = corrected(ledger)
    button(open_page("teach"), "Teach 1 correction")
    until(lambda: proved(ledger))
    (run,) = ledger.runs()
    item = ledger.proof(run.id)[0]
    assert (item.before, item.expected, item.after, item.outcome) == (
        WRONG,
        RIGHT,
        RIGHT,
        Outcome.FIXED,
    )
    assert run.state is RunState.DONE
    assert ledger.correction(correction.id).state is CorrectionState.TAUGHT
    assert server.taught == [{"inputs": f"Question: {QUESTION}\n\nAnswer: {RIGHT}"}]
    until(lambda: any("1 of 1 fixed" in text for text in texts(open_page("teach"))))
    app = open_page("teach")
    assert "Roll back" not in [found.label for found in app.button]


def test_two_windows_that_teach_the_same_make_one_run(open_page: Open, ledger: Ledger) -> None:
    corrected(ledger)
    one, other = open_page("teach"), open_page("teach")
    button(one, "Teach 1 correction")
    app = button(other, "Teach 1 correction")
    assert len(ledger.runs()) == 1
    until(lambda: proved(ledger))
    assert any("Nothing was sent" in text for text in texts(app))


def test_a_failed_run_says_why_and_leaves_the_corrections_ready(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    server.refuse["fine-tune"] = (400, "Too many samples")
    corrected(ledger)
    button(open_page("teach"), "Teach 1 correction")
    until(lambda: ledger.runs()[0].state.over)
    until(lambda: any("Too many samples" in text for text in texts(open_page("teach"))))
    assert ledger.counts()[CorrectionState.READY] == 1


def test_an_adapter_needs_a_name(open_page: Open, ledger: Ledger) -> None:
    corrected(ledger)
    app = open_page("teach")
    app.text_input[0].set_value("  ").run()
    assert next(found for found in app.button if found.label == "Teach 1 correction").disabled


def test_a_second_batch_goes_to_the_adapter_that_was_taught_last(
    open_page: Open, ledger: Ledger, server: GradientServer
) -> None:
    corrected(ledger)
    button(open_page("teach"), "Teach 1 correction")
    until(lambda: proved(ledger))
    corrected(ledger, "How many legs has a spider?", "Eight")
    button(open_page("teach"), "Teach 1 correction")
    until(lambda: proved(ledger, 2))
    assert len(server.adapters) == 1
