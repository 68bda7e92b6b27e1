"""Runs that an app left behind, on a plain server; the pages' tests run the ordinary ones."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotAllowed
from lib.ledger.records import (
    Answer,
    BatchSample,
    Correction,
    CorrectionState,
    NewExchange,
    NewRun,
    RunProgress,
    RunResult,
    RunState,
)
from lib.teaching.proof import Outcome
from lib.ui.batch import sample_of
from lib.ui.fine_tunes import FineTunes, NewAdapter
from tests.disk import full_disk
from tests.gradient_server import BASE, WRONG, GradientServer
from tests.ui.house import house_at, until

if TYPE_CHECKING:
    from pathlib import Path

    from lib.ledger.ledger import Ledger
    from lib.ui.connection import Connection


@pytest.fixture
def correction(ledger: Ledger) -> Correction:
    """One that is ready, of a question asked of the base model."""
    exchange = ledger.ask(
        NewExchange(
            question="Who?",
            prompt="Who? ",
            template_text="{question} ",
            server_url="http://127.0.0.1:1/api",
            model_id=BASE,
            model_name="Test base",
        )
    )
    ledger.answered(exchange.id, Answer(text="Nobody"))
    return ledger.ready(ledger.draft(exchange.id, "Ada").id)


def left_behind(
    ledger: Ledger, connection: Connection, correction: Correction, url: str | None = None
) -> str:
    """A run that an app submitted and did not live to send."""
    adapter_id = connection.client().create_adapter(BASE, "mine")
    run = ledger.submit(
        NewRun(
            id="left",
            server_url=url or connection.client().server.url,
            adapter_id=adapter_id,
            adapter_name="mine",
        ),
        [BatchSample(correction.id, sample_of(correction, ours=False).wire())],
    )
    return run.id


def wait_until_over(ledger: Ledger, fine_tunes: FineTunes, run_id: str) -> None:
    until(lambda: ledger.run(run_id).state.over and not fine_tunes.under_way(run_id))


def test_a_run_that_was_never_sent_is_sent_after_a_restart(
    ledger: Ledger, connection: Connection, correction: Correction, server: GradientServer
) -> None:
    run_id = left_behind(ledger, connection, correction)
    fine_tunes = FineTunes(ledger, connection)
    fine_tunes.resume()
    wait_until_over(ledger, fine_tunes, run_id)
    item = ledger.proof(run_id)[0]
    assert (item.after, item.outcome) == ("Ada", Outcome.FIXED)
    assert len(server.taught) == 1


def test_a_run_that_the_ledger_cannot_keep_is_taken_up_when_it_can(
    ledger: Ledger,
    connection: Connection,
    correction: Correction,
    server: GradientServer,
    caplog: pytest.LogCaptureFixture,
) -> None:
    run_id = left_behind(ledger, connection, correction)
    fine_tunes = FineTunes(ledger, connection, pause=0.05)
    with full_disk():
        fine_tunes.resume()
        until(lambda: caplog.text.count("it is taken up again") > 1)
        assert fine_tunes.under_way(run_id)
    wait_until_over(ledger, fine_tunes, run_id)
    assert ledger.run(run_id).state is RunState.DONE
    assert ledger.proof(run_id)[0].outcome is Outcome.FIXED
    assert len(server.taught) == 1


def test_a_run_that_a_plain_server_was_teaching_is_interrupted_by_a_restart(
    ledger: Ledger, connection: Connection, correction: Correction, server: GradientServer
) -> None:
    run_id = left_behind(ledger, connection, correction)
    ledger.progress(run_id, RunProgress(stage="sent"))
    fine_tunes = FineTunes(ledger, connection)
    fine_tunes.resume()
    wait_until_over(ledger, fine_tunes, run_id)
    assert ledger.run(run_id).state is RunState.INTERRUPTED
    assert ledger.correction(correction.id).state is CorrectionState.READY
    assert server.taught == []


def test_a_run_of_another_server_is_not_sent_to_this_one(
    ledger: Ledger, connection: Connection, correction: Correction, server: GradientServer
) -> None:
    run_id = left_behind(ledger, connection, correction, url="https://elsewhere.example/api")
    fine_tunes = FineTunes(ledger, connection)
    fine_tunes.resume()
    wait_until_over(ledger, fine_tunes, run_id)
    assert "elsewhere.example" in (ledger.run(run_id).error or "")
    assert server.taught == []


def test_a_proof_that_was_not_taken_is_taken_after_a_restart(
    ledger: Ledger, connection: Connection, correction: Correction
) -> None:
    run_id = left_behind(ledger, connection, correction)
    ledger.finish(run_id, RunResult(trainable_tokens=1, sum_loss=2.0))
    fine_tunes = FineTunes(ledger, connection)
    fine_tunes.resume()
    wait_until_over(ledger, fine_tunes, run_id)
    item = ledger.proof(run_id)[0]
    assert (item.before, item.after, item.outcome) == ("Nobody", WRONG, Outcome.NOT_FIXED)


def test_the_same_run_submitted_twice_is_one(
    ledger: Ledger, connection: Connection, correction: Correction, server: GradientServer
) -> None:
    fine_tunes = FineTunes(ledger, connection)
    adapter = NewAdapter(BASE, "mine")
    first = fine_tunes.submit("once", adapter, [correction])
    assert fine_tunes.submit("once", adapter, [correction]).id == first.id
    wait_until_over(ledger, fine_tunes, first.id)
    assert fine_tunes.submit("once", adapter, [correction]).state is RunState.DONE
    assert (len(server.taught), len(server.adapters)) == (1, 1)


def test_the_end_of_a_proof_is_waited_for_no_longer_than_said(
    ledger: Ledger, connection: Connection, correction: Correction, server: GradientServer
) -> None:
    server.pause = 0.02
    fine_tunes = FineTunes(ledger, connection)
    run_id = fine_tunes.submit("once", NewAdapter(BASE, "mine"), [correction]).id
    assert not fine_tunes.over_within(run_id, 0.01)
    assert fine_tunes.over_within(run_id, 60.0)
    assert ledger.proof(run_id)


def test_a_run_whose_app_is_closed_is_left_to_the_next_one(
    ledger: Ledger,
    connection: Connection,
    correction: Correction,
    server: GradientServer,
    tmp_path: Path,
) -> None:
    server.pause = 0.05
    fine_tunes = FineTunes(ledger, connection)
    run_id = fine_tunes.submit("once", NewAdapter(BASE, "mine"), [correction]).id
    until(lambda: bool(server.asked))
    connection.close()
    until(lambda: not fine_tunes.under_way(run_id))
    assert ledger.run(run_id).state is RunState.PREPARING
    server.pause = 0.0
    next_one = house_at(tmp_path, server.url)
    next_one.fine_tunes.resume()
    assert next_one.seen_through(run_id).state is RunState.DONE
    assert len(server.taught) == 1
    next_one.close()


def test_a_correction_that_was_changed_meanwhile_is_not_taught(
    ledger: Ledger, connection: Connection, correction: Correction, server: GradientServer
) -> None:
    ledger.edit(correction.id, "Grace", revision=correction.revision)
    with pytest.raises(NotAllowed, match="another window"):
        FineTunes(ledger, connection).submit("late", NewAdapter(BASE, "mine"), [correction])
    assert (server.adapters, server.taught) == ({}, [])
