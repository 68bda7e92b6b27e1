from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotAllowed, NotFound
from lib.ledger.ledger import Ledger
from lib.ledger.records import (
    BatchSample,
    CorrectionState,
    NewRun,
    Run,
    RunProgress,
    RunResult,
    RunState,
)

if TYPE_CHECKING:
    from collections.abc import Callable

    from .conftest import Correct, Submit

RESULT = RunResult(
    trainable_tokens=27, sum_loss=78.2, final_loss=0.1, version=4, seconds=4.1, not_learned=(1,)
)


def test_a_run_is_kept_with_exactly_what_is_sent_before_it_is_sent(
    ledger: Ledger, correct: Correct
) -> None:
    corrections = [correct("one"), correct("two")]
    new = NewRun(
        id="made-by-the-client",
        server_url="http://127.0.0.1/api",
        adapter_id="adapter",
        adapter_name="Adapter",
        parent_version=3,
        settings={"scope": "near", "withdraw": ["x"]},
        submitted_by="Ada",
    )
    samples = [
        BatchSample(one.id, {"inputs": [{"value": "a\0\ud800", "trainable": True}], "id": one.id})
        for one in reversed(corrections)
    ]
    run = ledger.submit(new, samples)

    assert ledger.run(run.id) == run
    assert (run.id, run.state, run.parent_version) == (new.id, RunState.PREPARING, 3)
    assert (run.settings, run.submitted_by) == (new.settings, "Ada")
    assert (run.result, run.progress, run.losses, run.error) == (None, None, (), None)
    batch = ledger.batch(run.id)
    assert [sample for _, sample in batch] == samples
    assert [one.id for one, _ in batch] == [one.id for one in reversed(corrections)]
    assert {one.state for one, _ in batch} == {CorrectionState.SUBMITTED}
    assert {one.run_id for one, _ in batch} == {run.id}


def test_the_same_run_submitted_again_is_the_same_run(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct()
    run = submit("run", correction)
    assert submit("run", correction) == run
    assert len(ledger.runs()) == 1
    ledger.finish("run", RESULT)
    assert submit("run", correction).state is RunState.DONE


def test_a_double_click_in_two_threads_is_one_run(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct()
    with ThreadPoolExecutor(4) as threads:
        runs = list(threads.map(lambda _: submit("run", correction), range(8)))
    assert all(run == runs[0] for run in runs)
    assert len(ledger.runs()) == 1
    assert len(ledger.batch("run")) == 1


def test_two_runs_cannot_take_the_same_correction(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    one, two = correct("one"), correct("two")
    submit("first", one)
    with pytest.raises(NotAllowed, match="1 of the 2 corrections"):
        submit("second", one, two)
    assert [run.id for run in ledger.runs()] == ["first"]
    assert ledger.correction(two.id) == two


def test_an_empty_batch_is_refused(submit: Submit) -> None:
    with pytest.raises(NotAllowed, match="nothing to teach"):
        submit("run")


def test_a_run_that_only_withdraws_needs_no_samples(ledger: Ledger) -> None:
    new = NewRun(
        id="run",
        server_url="u",
        adapter_id="adapter",
        adapter_name="Adapter",
        settings={"withdraw": ["x"]},
    )
    assert ledger.submit(new, []).settings == {"withdraw": ["x"]}
    assert ledger.batch("run") == []


def test_progress_draws_a_loss_curve_with_one_point_a_step(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    submit("run", correct())
    queued = ledger.progress("run", RunProgress(stage="queued"))
    assert (queued.state, queued.losses) == (RunState.QUEUED, ())
    for step, loss in ((1, 3.0), (1, 3.0), (2, 1.0), (3, None), (4, 0.5)):
        ledger.progress("run", RunProgress(stage="training", step=step, samples=1, loss=loss))
    run = ledger.progress("run", RunProgress(stage="exporting", step=4, learned=1, seconds=2.0))
    assert (run.state, run.losses) == (RunState.RUNNING, (3.0, 1.0, 0.5))
    assert run.progress == RunProgress(stage="exporting", step=4, learned=1, seconds=2.0)


def test_a_finished_run_has_its_result_and_its_corrections_are_taught(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct()
    submit("run", correction)
    done = ledger.finish("run", RESULT)
    assert (done.state, done.result) == (RunState.DONE, RESULT)
    assert done.finished_at is not None
    assert ledger.finish("run", RESULT) == done
    assert ledger.correction(correction.id).state is CorrectionState.TAUGHT
    # Nothing that comes late changes it.
    ledger.progress("run", RunProgress(stage="training", step=9, loss=1.0))
    ledger.fail("run", "late")
    ledger.cancel("run")
    assert ledger.run("run") == done


def test_a_run_that_came_to_nothing_gives_its_corrections_back(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct()
    ends: list[tuple[RunState, str | None, Callable[[str], Run]]] = [
        (RunState.FAILED, "It broke.", lambda run_id: ledger.fail(run_id, "It broke.")),
        (RunState.CANCELLED, None, ledger.cancel),
        (RunState.INTERRUPTED, "Lost.", lambda run_id: ledger.interrupt(run_id, "Lost.")),
    ]
    for state, error, end in ends:
        run = end(submit(state, correction).id)
        assert (run.state, run.error) == (state, error)
        assert run.finished_at is not None
        assert ledger.correction(correction.id).state is CorrectionState.READY
    assert ledger.unfinished_runs() == []


def test_a_run_thought_lost_that_the_server_finished_is_done(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    kept, changed, retaught = correct("kept"), correct("changed"), correct("retaught")
    submit("run", kept, changed, retaught)
    ledger.interrupt("run", "The server could not be reached.")
    ledger.edit(changed.id, "changed since", revision=ledger.correction(changed.id).revision)
    ledger.ready(changed.id)
    submit("next", retaught)
    assert ledger.finish("run", RESULT).error is None
    states = [ledger.correction(one.id).state.value for one in (kept, changed, retaught)]
    assert states == ["taught", "ready", "submitted"]


def test_a_correction_changed_while_it_is_taught_is_not_taught(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct("old")
    submit("run", correction)
    assert correction.exchange_id is not None
    changed = ledger.draft(correction.exchange_id, "new")
    ledger.finish("run", RESULT)
    assert ledger.correction(correction.id) == changed
    (_, sample) = ledger.batch("run")[0]
    assert sample.sample["inputs"].endswith("old")


def test_runs_in_progress_are_there_to_be_followed_after_a_crash(
    url: str, ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    for run_id in ("preparing", "running", "done"):
        submit(run_id, correct(run_id))
    ledger.progress("running", RunProgress(stage="training", step=1, loss=1.0))
    ledger.finish("done", RESULT)

    after = Ledger(url)
    after.recover()
    assert [run.id for run in after.unfinished_runs()] == ["preparing", "running"]
    assert [run.id for run in after.runs(limit=2)] == ["done", "running"]
    assert after.runs(adapter_id="another") == []
    after.close()


def test_the_first_run_of_an_adapter_is_found_however_many_came_after_it(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    names = [f"run {number}" for number in range(120)]
    for name in names:
        submit(name, correct(name))
    adapter_id = ledger.run(names[0]).adapter_id
    assert {run.id for run in ledger.runs(adapter_id=adapter_id)} == set(names)


def test_an_unknown_run_is_said_so(ledger: Ledger) -> None:
    calls: list[Callable[[], object]] = [
        lambda: ledger.run("no"),
        lambda: ledger.progress("no", RunProgress(stage="training")),
        lambda: ledger.finish("no", RESULT),
        lambda: ledger.cancel("no"),
        lambda: ledger.batch("no"),
        lambda: ledger.prove("no", []),
        lambda: ledger.decide("no", None),
        lambda: ledger.held("no"),
    ]
    for call in calls:
        with pytest.raises(NotFound, match="There is no run 'no'"):
            call()
