"""Questions as a user's would go: through the API, in the default template, greedy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

from lib.gradient.schemas import Complete
from lib.teaching.templates import DEFAULT, render

if TYPE_CHECKING:
    from lib.gradient.client import Client

TOKENS = 32
CLIENTS = 4


def request(question: str) -> Complete:
    """A question inside the chat template, at most 32 tokens, always the likeliest one."""
    return Complete(
        query=render(DEFAULT, question=question),
        question=question,
        auto_template=True,
        temperature=0,
        max_generated_token_count=TOKENS,
    )


def answer(client: Client, model_id: str, question: str) -> str:
    """The model's output."""
    return client.complete(model_id, request(question)).generated_output


def answers(client: Client, model_id: str, questions: list[str]) -> dict[str, str]:
    """The output for each question, asked one after another."""
    return {question: answer(client, model_id, question) for question in questions}


def answers_at_once(client: Client, model_id: str, questions: list[str]) -> dict[str, str]:
    """The output for each question, four clients asking at a time."""
    with ThreadPoolExecutor(CLIENTS) as clients:
        said = clients.map(lambda question: answer(client, model_id, question), questions)
        return dict(zip(questions, said, strict=True))
