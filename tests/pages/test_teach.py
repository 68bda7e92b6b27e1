from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from lib.gradient.schemas import Scope
from lib.ledger.records import CorrectionState, RunState, Verdict
from lib.teaching.proof import Outcome
from lib.ui.proof_items import PAGE
from lib.ui.thresholds import thresholds
from tests.gradient_server import WRONG, GradientServer
from tests.pages.conftest import (
    QUESTION,
    RIGHT,
    asked,
    button,
    corrected,
    page,
    proved,
    report,
    texts,
)
from tests.pages.test_story import taught
from tests.ui.house import until

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def standing_out(app: AppTest) -> list[str]:
    """Of the buttons that stand out, those that say what to do about a proof."""
    primary = [found.label for found in app.button if found.proto.type == "primary"]
    return [label for label in primary if label.startswith(("Teach again", "Narrow", "Drop"))]


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


def test_a_version_that_passes_is_live_and_can_be_rolled_back(
    ledger: Ledger, versioned: GradientServer
) -> None:
    corrected(ledger)
    button(page("teach"), "Teach 1 correction")
    app = report(ledger)
    assert any(
        "my-adapter, version 1** — 1 of 1 fixed · 2 of 3 rewordings fixed · 60 of 60 others"
        " unchanged, 60 of them out of scope" in text
        for text in texts(app)
    )
    (adapter,) = versioned.adapters.values()
    assert adapter["liveVersion"] == 1
    app = button(app, "Roll back")
    assert adapter["liveVersion"] == 0
    button(app, "Make version 1 live")
    assert adapter["liveVersion"] == 1


def test_a_version_that_is_held_back_says_why_and_what_can_be_done(
    ledger: Ledger, versioned: GradientServer
) -> None:
    versioned.leaks[QUESTION] = "The Dallas Stars"
    correction = corrected(ledger)
    button(page("teach"), "Teach 1 correction")
    app = report(ledger)
    (warning,) = [str(shown.value).replace("\\", "") for shown in app.warning]
    assert "Version 1 is held back" in warning
    assert "0 of 1 corrections are fixed, and 100% is asked for. Teach again" in warning
    (adapter,) = versioned.adapters.values()
    assert adapter["liveVersion"] == 0
    assert standing_out(app) == ["Teach again"]

    button(app, "Teach again")
    until(lambda: proved(ledger, 2))
    app = report(ledger)
    assert len(next(iter(versioned.made.values()))) == 2
    assert ledger.correction(correction.id).state is CorrectionState.TAUGHT
    app = button(app, "Make it live anyway")
    assert adapter["liveVersion"] == 2
    assert any("went live by your word" in str(shown.value) for shown in app.warning)


def test_what_did_not_hold_is_dropped_with_one_click_and_the_rest_goes_live(
    ledger: Ledger, versioned: GradientServer
) -> None:
    versioned.leaks[QUESTION] = "The Dallas Stars"
    missed, held = corrected(ledger), corrected(ledger, "How many legs has a spider?", "Eight")
    button(page("teach"), "Teach 2 corrections")
    button(report(ledger), "Drop 1 correction")
    app = report(ledger, takings=2)
    assert ledger.correction(missed.id).state is CorrectionState.DISCARDED
    assert ledger.correction(held.id).state is CorrectionState.TAUGHT
    assert any("1 of 1 fixed" in text for text in texts(app))
    assert next(iter(versioned.adapters.values()))["liveVersion"] == 1


def test_a_correction_that_changed_a_guard_is_dropped_and_the_rest_is_taught_without_it(
    ledger: Ledger, versioned: GradientServer
) -> None:
    guard = ledger.judge(asked(ledger, f"{QUESTION} And when?").id, Verdict.RIGHT)
    versioned.leaks[guard.question] = RIGHT
    blamed, other = corrected(ledger), corrected(ledger, "How many legs has a spider?", "Eight")
    button(page("teach"), "Teach 2 corrections")
    versioned.leaks.clear()
    app = report(ledger)
    assert standing_out(app) == ["Drop 1 correction"]
    button(app, "Drop 1 correction")
    until(lambda: proved(ledger, 2))
    assert ledger.correction(blamed.id).state is CorrectionState.DISCARDED
    (made,) = versioned.made.values()
    assert [sample["id"] for sample in made[1]["holds"]] == [other.id]
    assert next(iter(versioned.adapters.values()))["liveVersion"] == 2


def test_a_long_proof_comes_in_pages_and_what_failed_on_the_first(
    open_page: Open, ledger: Ledger
) -> None:
    taught(ledger)
    (item,) = ledger.proof("run")
    many = [replace(item, question=f"Question number {number}?") for number in range(PAGE)]
    missed = replace(item, question="Missed?", outcome=Outcome.NOT_FIXED)
    ledger.prove("run", [*many, missed])
    app = open_page("teach")
    shown = [text for text in texts(app) if text.endswith("?**")]
    assert len(shown) == PAGE
    assert shown[0] == "**Missed?**"
    app.pagination(key="proof_page_run").set_value(2).run()
    shown = [text for text in texts(app) if text.endswith("?**")]
    assert shown == [f"**Question number {number}?**" for number in (PAGE - 2, PAGE - 1)]


def test_another_wording_is_typed_beside_the_proof_and_asked_by_the_next(
    ledger: Ledger, versioned: GradientServer
) -> None:
    assert versioned.url
    correction = corrected(ledger)
    button(page("teach"), "Teach 1 correction")
    app = report(ledger)
    app.session_state[f"reworded_{correction.id}"] = True
    app.run()
    wording = next(found for found in app.text_input if found.label == "Ask it in other words")
    wording.set_value(" who won it in 94 ").run()
    assert ledger.rewordings([correction.id]) == {correction.id: ["who won it in 94"]}
    button(app, "Take the proof again")
    app = report(ledger, takings=2)
    assert any(found.label == "1 typed rewording" for found in app.expander)


def test_a_batch_is_taught_for_everywhere_where_that_is_chosen_and_so_it_is_again(
    ledger: Ledger, versioned: GradientServer
) -> None:
    versioned.leaks[QUESTION] = "The Dallas Stars"
    corrected(ledger)
    app = page("teach")
    (where,) = (found for found in app.radio if found.label == "Where it is to apply")
    assert where.value is Scope.NEAR
    assert any(text.endswith(" s expected") for text in texts(app))
    where.set_value(Scope.EVERYWHERE).run()
    assert any(text.endswith(" min expected") for text in texts(app))
    button(app, "Teach 1 correction")
    button(report(ledger), "Teach again")
    until(lambda: proved(ledger, 2))
    assert [run.settings["scope"] for run in ledger.runs()] == ["everywhere", "everywhere"]
    (made,) = versioned.made.values()
    assert [version["scope"] for version in made] == ["everywhere", "everywhere"]


def test_a_proof_is_taken_again_after_the_scope_was_narrowed(
    ledger: Ledger, versioned: GradientServer
) -> None:
    versioned.leaks[QUESTION] = "The Dallas Stars"
    versioned.spoils = "Cowboys"
    corrected(ledger)
    button(page("teach"), "Teach 1 correction")
    app = report(ledger)
    app.radio[0].set_value(Scope.EVERYWHERE).run()
    (made,) = next(iter(versioned.made.values()))
    assert made["scope"] == "everywhere"
    button(app, "Take the proof again")
    app = report(ledger, takings=2)
    assert any("0 of 60 others unchanged" in text for text in texts(app))
    assert any("60 other answers changed" in found.label for found in app.expander)

    versioned.leaks.clear()
    assert standing_out(app) == ["Narrow the scope and prove again"]
    button(app, "Narrow the scope and prove again")
    app = report(ledger, takings=3)
    assert any("60 of 60 others unchanged" in text for text in texts(app))
    assert next(iter(versioned.adapters.values()))["liveVersion"] == 1


def test_what_was_withdrawn_is_named_and_leaves_without_a_new_correction(
    ledger: Ledger, versioned: GradientServer
) -> None:
    first, _ = corrected(ledger), corrected(ledger, "How many legs has a spider?", "Eight")
    button(page("teach"), "Teach 2 corrections")
    report(ledger)
    button(page("corrections"), "Withdraw")
    app = page("teach")
    assert any("will be withdrawn" in text for text in texts(app))
    button(app, "Withdraw 1 correction")
    until(lambda: proved(ledger, 2))
    (made,) = versioned.made.values()
    assert len(made[1]["holds"]) == 1
    assert first.id  # whichever of the two stood first on the page


def test_two_versions_are_compared_by_their_answers(
    ledger: Ledger, versioned: GradientServer
) -> None:
    assert versioned.url
    corrected(ledger)
    button(page("teach"), "Teach 1 correction")
    report(ledger)
    corrected(ledger, QUESTION, "The Houston Oilers")
    button(page("teach"), "Teach 1 correction")
    until(lambda: proved(ledger, 2))
    app = report(ledger)
    app.session_state[f"compare_{ledger.runs()[0].id}"] = True
    app.run()
    assert any(text.startswith("Answered differently:") for text in texts(app))
    assert not app.exception


def test_what_is_asked_of_a_version_is_chosen_and_kept(ledger: Ledger, open_page: Open) -> None:
    app = open_page("teach")
    next(found for found in app.number_input if found.label.startswith("General")).set_value(
        50
    ).run()
    assert thresholds(ledger).general == 0.5
    assert thresholds(ledger).correction == 1.0
