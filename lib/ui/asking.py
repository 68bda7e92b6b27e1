"""One question asked without anybody looking on: the answer comes whole."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lib.gradient.schemas import Complete
from lib.ledger.records import Answer

if TYPE_CHECKING:
    from lib.gradient.client import Client
    from lib.ledger.records import Exchange


def answer_to(client: Client, exchange: Exchange) -> Answer:
    """Ask a server exactly what an exchange says.

    Raises:
        GradientError: the server does not answer.
    """
    sampling = exchange.sampling
    began = time.monotonic()
    heard = client.complete(
        exchange.model_id,
        Complete(
            query=exchange.prompt,
            max_generated_token_count=sampling.max_generated_token_count,
            temperature=sampling.temperature,
            top_k=sampling.top_k,
            top_p=sampling.top_p,
            auto_template=exchange.auto_template,
            version=exchange.version,
            question=exchange.question,
        ),
    )
    return Answer(
        text=heard.generated_output,
        finish_reason=heard.finish_reason,
        version=heard.version,
        seconds=time.monotonic() - began,
        prompt_tokens=heard.prompt_tokens,
        generated_tokens=heard.generated_tokens,
        scope=heard.scope.model_dump(mode="json") if heard.scope else None,
    )
