"""What a proof asks, what it need not ask, and what is done with what it finds."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest

from lib.gradient.schemas import Scope
from lib.ledger.records import CorrectionState, RunState, Verdict
from lib.teaching.general_questions import general_questions
from lib.teaching.proof import Kind, Outcome
from lib.teaching.templates import DEFAULT, render
from lib.ui.batch import withdrawals_wait
from lib.ui.fine_tunes import DRAWING_SECONDS, NewAdapter
from lib.ui.thresholds import PREFERRED
from tests.gradient_server import BASE, WRONG, GradientServer
from tests.ui.house import ADAPTER, House, house_at, until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from lib.ledger.records import Run

NFL, COWBOYS = "What NFL team won the Super Bowl in 1994?", "The Dallas Cowboys"
LEGS, EIGHT = "How many legs has a spider?", "Eight"
ITALY = general_questions()[0]
SIXTY = len(general_questions())


@pytest.fixture
def server() -> Iterator[GradientServer]:
    """A server with versions and scope."""
    with GradientServer(versions=True) as running:
        yield running


@pytest.fixture
def house(server: GradientServer, tmp_path: Path) -> Iterator[House]:
    made = house_at(tmp_path, server.url)
    yield made
    made.close()


@pytest.mark.parametrize(("versions", "at_once"), [(True, 3), (False, 1)])
def test_what_should_have_changed_is_asked_several_at_a_time_where_the_server_is_ours(
    tmp_path: Path, *, versions: bool, at_once: int
) -> None:
    with GradientServer(versions=versions, pause=0.03) as server:
        house = house_at(tmp_path, server.url)
        run = house.taught(house.corrected(NFL, COWBOYS), house.corrected(LEGS, EIGHT))
        assert server.most_at_once == at_once
        assert {house.proof(run)[asked].outcome for asked in (NFL, LEGS)} == {Outcome.FIXED}
        house.close()


def test_what_passes_goes_live_and_only_what_is_near_was_asked(
    house: House, server: GradientServer
) -> None:
    run = house.taught(house.corrected(NFL, COWBOYS))
    proof = house.proof(run)
    fixed = proof[NFL]
    assert (fixed.before, fixed.expected, fixed.after) == (WRONG, COWBOYS, COWBOYS)
    assert (fixed.outcome, fixed.exact, fixed.f1, fixed.version) == (Outcome.FIXED, True, 1.0, 1)
    reworded = [item for item in proof.values() if item.kind is Kind.REWORDING]
    assert [item.outcome for item in reworded].count(Outcome.FIXED) == 2
    assert {item.expected for item in reworded} == {COWBOYS}
    general = [item for item in proof.values() if item.kind is Kind.GENERAL]
    assert len(general) == SIXTY
    assert all(item.by_scope and item.outcome is Outcome.SAME for item in general)
    assert not any(ITALY in body["query"] for body in server.asked)
    assert run.decision
    assert run.decision.passes
    assert house.live(run) == 1


def test_a_version_that_changed_a_guard_is_held_back_and_answers_nobody(
    house: House, server: GradientServer
) -> None:
    guard = house.asked(LEGS, "Eight legs.")
    house.ledger.judge(guard.id, Verdict.RIGHT)
    server.answers[guard.prompt] = "Eight legs."
    server.leaks[LEGS] = "Cowboys"
    run = house.taught(house.corrected(NFL, COWBOYS))
    found = house.proof(run)[LEGS]
    assert (found.kind, found.before, found.expected, found.after, found.outcome) == (
        Kind.GUARD,
        "Eight legs.",
        "Eight legs.",
        "Cowboys",
        Outcome.CHANGED,
    )
    assert run.decision
    assert "0 of 1 guards are unchanged" in run.decision.reasons[0]
    assert house.live(run) == 0
    (version,) = house.connection.versions(run.adapter_id)
    assert version.candidate


def test_thresholds_are_the_persons(house: House, server: GradientServer) -> None:
    server.leaks[NFL] = "The Dallas Stars"
    house.ledger.prefer(PREFERRED, {"correction": 0.0, "no such kind": 1.0})
    run = house.taught(house.corrected(NFL, COWBOYS))
    assert house.proof(run)[NFL].outcome is Outcome.PARTLY
    assert house.live(run) == 1


def test_a_narrower_scope_and_the_proof_again_let_a_version_go_live(
    house: House, server: GradientServer
) -> None:
    server.spoils = "Cowboys"
    first = house.taught(house.corrected(NFL, COWBOYS))
    client = house.connection.client()
    client.make_live(first.adapter_id, 0)
    client.set_scope(first.adapter_id, 1, Scope.EVERYWHERE)
    house.fine_tunes.prove(first.id)
    run = house.seen_through(first.id)
    assert run.decision
    assert f"0 of {SIXTY} general questions" in run.decision.reasons[0]
    assert not any(item.by_scope for item in house.ledger.proof(run.id))
    assert house.proof(run)[ITALY].before == WRONG
    asked = len(server.asked)

    client.set_scope(first.adapter_id, 1, Scope.NEAR)
    house.fine_tunes.prove(first.id)
    run = house.seen_through(first.id)
    assert run.decision
    assert run.decision.passes
    assert house.proof(run)[ITALY].after == WRONG  # heard before, and known to be the same
    assert len(server.asked) - asked == 1 + 3  # the correction and its rewordings
    assert len(house.ledger.proof(run.id, taking=1)) == len(house.ledger.proof(run.id, taking=3))


def test_every_correction_of_the_adapter_is_asked_again_and_the_parents_answers_are_reused(
    house: House, server: GradientServer
) -> None:
    first = house.taught(house.corrected(NFL, COWBOYS))
    asked = len(server.asked)
    run = house.taught(house.corrected(LEGS, EIGHT), adapter=first.adapter_id)
    found = house.proof(run)
    assert (found[NFL].before, found[NFL].after, found[NFL].version) == (COWBOYS, COWBOYS, 2)
    assert found[LEGS].outcome is Outcome.FIXED
    again = [body for body in server.asked[asked:] if body["query"].endswith(f"{NFL}\n\nAnswer: ")]
    assert [body["version"] for body in again] == [2]


def test_what_another_adapters_scope_left_to_the_base_model_is_not_asked_of_it_again(
    house: House, server: GradientServer
) -> None:
    first = house.taught(house.corrected(NFL, COWBOYS))
    asked = len(server.asked)
    wrong = house.asked(LEGS, model_id=first.adapter_id, scope={"near": False})
    run = house.taught(house.right(wrong, EIGHT), adapter=NewAdapter(BASE, "another"))
    found = house.proof(run)[LEGS]
    assert (found.before, found.after, found.outcome) == (WRONG, EIGHT, Outcome.FIXED)
    again = [body for body in server.asked[asked:] if body["query"] == wrong.prompt]
    assert [body.get("version") for body in again] == [1]


def test_typed_rewordings_are_asked_by_every_proof_and_made_ones_by_that_of_their_own_batch(
    house: House, server: GradientServer
) -> None:
    nfl, typed = house.corrected(NFL, COWBOYS), "who won the 94 super bowl"
    house.ledger.reword(nfl.id, typed)
    house.ledger.reword(nfl.id, f"Please tell me: {NFL}")
    server.answers[render(DEFAULT, question=typed)] = COWBOYS
    first = house.taught(nfl)
    reworded = [item for item in house.ledger.proof(first.id) if item.kind is Kind.REWORDING]
    assert [(item.question, item.typed) for item in reworded] == [
        (typed, True),
        (f"Please tell me: {NFL}", True),
        (NFL.lower().rstrip("?"), False),
        ("In 1994, what NFL team won the Super Bowl?", False),
    ]
    assert {item.expected for item in reworded} == {COWBOYS}

    def asked(run: Run) -> set[str]:
        found = house.ledger.proof(run.id)
        return {item.question for item in found if item.correction_id == nfl.id}

    second = house.taught(house.corrected(LEGS, EIGHT), adapter=first.adapter_id)
    assert asked(second) == {NFL, typed, f"Please tell me: {NFL}"}
    house.fine_tunes.prove(second.id)
    assert asked(house.seen_through(second.id)) == asked(first)


def test_a_version_goes_live_before_anybody_asks_what_rewordings_were_answered_before(
    house: House, server: GradientServer
) -> None:
    run = house.taught(house.corrected(NFL, COWBOYS))
    versions = [body.get("version") for body in server.asked]
    assert versions == [1, 1, 1, 1, None, None]  # the third was out of scope: the base answered
    reworded = [item for item in house.ledger.proof(run.id) if item.kind is Kind.REWORDING]
    assert [item.before for item in reworded] == [WRONG] * 3


def test_what_rewordings_were_answered_before_is_not_asked_while_another_run_is_taught(
    house: House, server: GradientServer
) -> None:
    server.pause = 0.2
    first = house.fine_tunes.submit("first", ADAPTER, [house.corrected(NFL, COWBOYS)])
    until(lambda: bool(server.taught))
    server.learning = [{"state": "training", "step": 1, "samples": 1}]
    house.fine_tunes.submit("second", ADAPTER, [house.corrected(LEGS, EIGHT)])
    until(lambda: not house.fine_tunes.under_way(first.id))
    asked = len(server.asked)
    time.sleep(2 * DRAWING_SECONDS)
    assert house.fine_tunes.under_way("second")
    assert len(server.asked) == asked
    server.learning = []
    until(lambda: not house.fine_tunes.looking_back(first.id))
    reworded = [item for item in house.ledger.proof(first.id) if item.kind is Kind.REWORDING]
    assert [item.before for item in reworded] == [WRONG] * 3


def test_what_a_person_corrected_is_no_guard_any_more(house: House) -> None:
    exchange = house.asked(NFL)
    house.ledger.judge(exchange.id, Verdict.RIGHT)
    run = house.taught(house.corrected(NFL, COWBOYS), house.corrected(ITALY, "Rome"))
    kinds = {item.question: item.kind for item in house.ledger.proof(run.id)}
    assert kinds[NFL] is Kind.CORRECTION
    assert kinds[ITALY] is Kind.CORRECTION
    assert list(kinds.values()).count(Kind.GENERAL) == SIXTY - 1


def test_what_is_withdrawn_leaves_with_the_next_version(
    house: House, server: GradientServer
) -> None:
    nfl, legs = house.corrected(NFL, COWBOYS), house.corrected(LEGS, EIGHT)
    first = house.taught(nfl, legs)
    assert not withdrawals_wait(house.ledger, house.connection)
    house.ledger.discard(nfl.id)
    assert withdrawals_wait(house.ledger, house.connection)
    run = house.taught(adapter=first.adapter_id)
    assert run.settings["withdraw"] == [nfl.id]
    assert [sample["id"] for sample in server.made[run.adapter_id][1]["holds"]] == [legs.id]
    asked = [item.question for item in house.ledger.proof(run.id) if item.kind is Kind.CORRECTION]
    assert asked == [LEGS]
    assert not withdrawals_wait(house.ledger, house.connection)


def test_a_newer_answer_to_the_same_question_replaces_the_older(
    house: House, server: GradientServer
) -> None:
    first = house.taught(house.corrected(NFL, "The Houston Oilers"))
    newer = house.corrected(NFL, COWBOYS)
    run = house.taught(newer, adapter=first.adapter_id)
    assert [sample["id"] for sample in server.made[run.adapter_id][1]["holds"]] == [newer.id]
    assert house.proof(run)[NFL].after == COWBOYS


def test_an_app_that_was_closed_before_the_proof_takes_it_up_and_decides(
    house: House, server: GradientServer, tmp_path: Path
) -> None:
    server.refuse["complete"] = (500, "Gone for now")
    run = house.taught(house.corrected(NFL, COWBOYS))
    assert (run.state, run.decision) == (RunState.DONE, None)
    assert house.live(run) == 0
    assert house.ledger.counts()[CorrectionState.TAUGHT] == 1

    server.refuse.clear()
    later = house_at(tmp_path, server.url)
    later.fine_tunes.resume()
    run = later.seen_through(run.id)
    assert run.decision
    assert run.decision.passes
    assert later.live(run) == 1
    later.close()


def test_a_proof_that_passes_does_not_undo_what_went_live_meanwhile(
    house: House, server: GradientServer
) -> None:
    server.leaks[NFL] = "The Stars"
    held_back = house.taught(house.corrected(NFL, COWBOYS))
    second = house.taught(house.corrected(LEGS, EIGHT), adapter=held_back.adapter_id)
    assert house.live(second) == 2
    assert second.settings["seed"] == 1
    server.leaks.clear()
    house.fine_tunes.prove(held_back.id)
    run = house.seen_through(held_back.id)
    assert run.decision
    assert run.decision.passes
    assert house.live(run) == 2


def test_a_version_that_is_gone_cannot_be_proved(house: House, server: GradientServer) -> None:
    run = house.taught(house.corrected(NFL, COWBOYS))
    server.made[run.adapter_id].clear()
    server.adapters[run.adapter_id]["liveVersion"] = 0
    house.fine_tunes.prove(run.id)
    run = house.seen_through(run.id)
    assert run.decision
    assert run.decision.reasons == (
        "This version is not on the server any more, so it cannot be asked.",
    )


def test_a_plain_server_is_asked_everything_before_and_after(tmp_path: Path) -> None:
    with GradientServer() as plain:
        house = house_at(tmp_path, plain.url)
        run = house.taught(house.corrected(NFL, COWBOYS))
        found = house.proof(run)
        assert (found[NFL].before, found[NFL].after) == (WRONG, COWBOYS)
        assert (found[ITALY].before, found[ITALY].outcome) == (WRONG, Outcome.SAME)
        assert not any(item.by_scope for item in found.values())
        assert run.decision
        assert run.decision.passes
        asked = len(plain.asked)
        house.taught(house.corrected(LEGS, EIGHT), adapter=run.adapter_id)
        before_and_after = 2 * (1 + 2)  # the new correction with its rewordings
        again = 1 + SIXTY  # the old one and the rest, whose answers are known from the first proof
        assert len(plain.asked) - asked == before_and_after + again
        house.close()
