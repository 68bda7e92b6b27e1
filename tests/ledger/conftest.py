"""A ledger of its own for every test, and short ways to fill it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import pytest

from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, BatchSample, Correction, Exchange, NewExchange, NewRun, Run

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Ask(Protocol):
    def __call__(self, question: str = "", **instead: Any) -> Exchange: ...


class Correct(Protocol):
    def __call__(self, text: str = "The Dallas Cowboys") -> Correction: ...


class Submit(Protocol):
    def __call__(self, run_id: str, *corrections: Correction) -> Run: ...


@pytest.fixture
def url(tmp_path: Path) -> str:
    return f"sqlite:///{tmp_path / 'home' / 'ledger.db'}"


@pytest.fixture
def ledger(url: str) -> Iterator[Ledger]:
    ledger = Ledger(url)
    yield ledger
    ledger.close()


@pytest.fixture
def ask(ledger: Ledger) -> Ask:
    """Asks, and gives the exchange before its answer."""

    def ask(question: str = "What NFL team won?", **instead: Any) -> Exchange:
        given: dict[str, Any] = {
            "question": question,
            "prompt": f"Question: {question}\n\nAnswer: ",
            "template_text": "Question: {question}\n\nAnswer: ",
            "server_url": "http://127.0.0.1/api",
            "model_id": "model",
            "model_name": "Model",
        }
        return ledger.ask(NewExchange(**given | instead))

    return ask


@pytest.fixture
def correct(ledger: Ledger, ask: Ask) -> Correct:
    """A correction that is ready, of a question of its own."""

    def correct(text: str = "The Dallas Cowboys") -> Correction:
        exchange = ledger.answered(ask(f"Who? {text}").id, Answer(text="The Patriots"))
        return ledger.ready(ledger.draft(exchange.id, text).id)

    return correct


@pytest.fixture
def submit(ledger: Ledger) -> Submit:
    def submit(run_id: str, *corrections: Correction) -> Run:
        return ledger.submit(
            NewRun(id=run_id, server_url="u", adapter_id="adapter", adapter_name="Adapter"),
            [BatchSample(one.id, {"inputs": one.prompt + one.right_answer}) for one in corrections],
        )

    return submit
