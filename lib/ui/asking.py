"""One question asked without anybody looking on: the answer comes whole."""

from __future__ import annotations

import time
from contextlib import closing
from typing import TYPE_CHECKING

from lib.gradient.schemas import Complete, Completed
from lib.ledger.records import Answer

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.gradient.client import Client
    from lib.ledger.records import Exchange


def answer_to(client: Client, exchange: Exchange) -> Answer:
    """Ask a server exactly what an exchange says.

    Raises:
        GradientError: the server does not answer.
    """
    began = time.monotonic()
    return _answer(client.complete(exchange.model_id, _complete(exchange)), began)


def answer_while(go_on: Callable[[], bool], client: Client, exchange: Exchange) -> Answer | None:
    """The same, given up at the first token at which `go_on` is false: then None.

    Raises:
        GradientError: the server does not answer.
    """
    began = time.monotonic()
    with closing(client.stream(exchange.model_id, _complete(exchange))) as events:
        for event in events:
            if isinstance(event, Completed):
                return _answer(event, began)
            if not go_on():
                break
    return None


def _complete(exchange: Exchange) -> Complete:
    sampling = exchange.sampling
    return Complete(
        query=exchange.prompt,
        max_generated_token_count=sampling.max_generated_token_count,
        temperature=sampling.temperature,
        top_k=sampling.top_k,
        top_p=sampling.top_p,
        auto_template=exchange.auto_template,
        version=exchange.version,
        question=exchange.question,
    )


def _answer(heard: Completed, began: float) -> Answer:
    return Answer(
        text=heard.generated_output,
        finish_reason=heard.finish_reason,
        version=heard.version,
        seconds=time.monotonic() - began,
        prompt_tokens=heard.prompt_tokens,
        generated_tokens=heard.generated_tokens,
        scope=heard.scope.model_dump(mode="json") if heard.scope else None,
    )
