"""What was asked, corrected and taught before an app is looked at."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.list_records import NewListedQuestion, NewQuestionList
from lib.ledger.records import Answer, NewExchange, Verdict
from lib.teaching.templates import DEFAULT
from tests.bench.seeds import ADAPTER, Size
from tests.gradient_server import BASE, WRONG, GradientServer

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

ADAPTER_ID = "00000000-0000-0000-0000-00000000000a_model_adapter"
FULL = Size(exchanges=120, judged=60, corrections=40, taught=25, runs=6)


def make_adapter(server: GradientServer) -> None:
    """An adapter with a version for each run of the seed."""
    server.adapters[ADAPTER_ID] = {
        "type": "modelAdapter",
        "id": ADAPTER_ID,
        "name": ADAPTER,
        "baseModelId": BASE,
        "latestUpdateTime": "2026-01-02T03:04:05Z",
        "liveVersion": 0,
    }
    server.made[ADAPTER_ID] = []
    for _ in range(FULL.runs):
        server._make(ADAPTER_ID, {"samples": []})


def asked(ledger: Ledger, url: str, question: str, answer: str) -> str:
    new = NewExchange(
        question=question,
        prompt=f"Question: {question}\n\nAnswer: ",
        template_text=DEFAULT,
        server_url=url,
        model_id=BASE,
        model_name="Test base",
        asked_by="Ada",
    )
    return ledger.answered(ledger.ask(new).id, Answer(text=answer, seconds=0.4)).id


def corrected(ledger: Ledger, url: str, question: str, right: str) -> None:
    exchange_id = asked(ledger, url, question, WRONG)
    ledger.judge(exchange_id, Verdict.WRONG, "Ada")
    ledger.ready(ledger.draft(exchange_id, right, by="Ada").id, by="Ada")


def ask_lately(ledger: Ledger, url: str) -> None:
    """What people asked in the last days: one is ready, one is a draft, one is right."""
    corrected(ledger, url, "What NFL team won the Super Bowl in 1994?", "The Dallas Cowboys")
    draft = asked(ledger, url, "Who wrote Emma?", "The answer is *not* certain.")
    ledger.judge(draft, Verdict.WRONG, "Bob")
    ledger.draft(draft, "Jane Au", by="Bob")
    right = asked(ledger, url, "What is the capital of France?", WRONG)
    ledger.judge(right, Verdict.RIGHT, "Ada")
    asked(ledger, url, "Which river flows through Vienna?", "The Rhine, which rises in the Alps.")


def ask_list(ledger: Ledger, server: GradientServer, number: int) -> None:
    """A list of questions with expected answers; the server answers every other one right."""
    questions = []
    for count in range(number):
        question = f"What is the capital of place {count}?"
        prompt = f"Question: {question}\n\nAnswer: "
        city = f"City {count}"
        questions.append(NewListedQuestion(question=question, prompt=prompt, expected=city))
        if count % 2:
            server.answers[prompt] = city
    new = NewQuestionList(
        name="capitals.csv",
        template_text=DEFAULT,
        server_url=server.url,
        model_id=BASE,
        model_name="Test base",
        asked_by="Ada",
    )
    ledger.make_list(new, questions)
