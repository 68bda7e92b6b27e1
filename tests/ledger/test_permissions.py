"""What a role lets a person do, whichever page they come from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, BatchSample, NewExchange, NewRun, Verdict
from lib.teaching.people import NotPermitted, People, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NEW: dict[str, Any] = {
    "question": "Who?",
    "prompt": "Who?",
    "template_text": "{question}",
    "server_url": "u",
    "model_id": "m",
    "model_name": "Model",
}
PEOPLE = People({name: [Role(name)] for name in ("asker", "reviewer", "teacher", "viewer")})
MAY = {
    "ask": {"asker"},
    "judge": {"asker", "reviewer"},
    "review": {"asker", "reviewer"},
    "correct": {"asker", "reviewer"},
    "change another's": {"reviewer"},
    "add another's": {"reviewer"},
    "discard another's": {"reviewer"},
    "discard many": {"reviewer"},
    "reword another's": {"reviewer"},
    "assign": {"reviewer"},
    "teach": {"teacher"},
}


@pytest.fixture
def guarded(url: str) -> Iterator[Ledger]:
    guarded = Ledger(url, PEOPLE)
    yield guarded
    guarded.close()


@pytest.mark.parametrize("name", ["asker", "reviewer", "teacher", "viewer", "stranger", ""])
@pytest.mark.parametrize("deed", MAY)
def test_a_person_does_what_their_role_permits_and_nothing_else(
    ledger: Ledger, guarded: Ledger, deed: str, name: str
) -> None:
    exchange = ledger.answered(ledger.ask(NewExchange(**NEW)).id, Answer(text="Patriots"))
    other = ledger.answered(ledger.ask(NewExchange(**NEW)).id, Answer(text="Patriots"))
    theirs = ledger.draft(other.id, "Cowboys", by="another")
    ready = ledger.draft(ledger.ask(NewExchange(**NEW)).id, "Cowboys", by="another")
    ledger.ready(ready.id)
    deeds: dict[str, Callable[[], object]] = {
        "ask": lambda: guarded.ask(NewExchange(**NEW, asked_by=name)),
        "judge": lambda: guarded.judge(exchange.id, Verdict.RIGHT, name),
        "review": lambda: guarded.review_next(name),
        "correct": lambda: guarded.ready(guarded.draft(exchange.id, "text", by=name).id, by=name),
        "change another's": lambda: guarded.draft(other.id, "Cow", by=name),
        "add another's": lambda: guarded.ready(theirs.id, by=name),
        "discard another's": lambda: guarded.discard(theirs.id, by=name),
        "discard many": lambda: guarded.discard_all([theirs.id], by=name),
        "reword another's": lambda: guarded.reword(theirs.id, "Who, then?", by=name),
        "assign": lambda: guarded.assign_all([theirs.id], "Bob", by=name),
        "teach": lambda: guarded.submit(
            NewRun(id="run", server_url="u", adapter_id="a", adapter_name="A", submitted_by=name),
            [BatchSample(ready.id, {})],
        ),
    }
    if name in MAY[deed]:
        deeds[deed]()
        return
    before = (ledger.exchanges(), ledger.corrections(), ledger.runs())
    with pytest.raises(NotPermitted, match="Nothing was changed"):
        deeds[deed]()
    assert (ledger.exchanges(), ledger.corrections(), ledger.runs()) == before
