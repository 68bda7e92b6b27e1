"""Answers under way, each heard in a thread of its own.

No page waits for an answer: it looks at what has been heard. So a click, a redraw, a reload or a
second window disturbs nothing, and what was heard is in the ledger twice a second and at the end.
"""

from __future__ import annotations

import logging
import threading
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any

from lib.gradient.errors import GradientError
from lib.ledger.errors import LedgerError
from lib.ledger.records import Answer
from lib.teaching.people import Role

if TYPE_CHECKING:
    from collections.abc import Generator

    from lib.gradient.client import Server
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange, NewExchange

KEPT_SECONDS = 0.3
"""At most this much of what was heard can be lost with the app."""

log = logging.getLogger(__name__)


class Answering:
    """One answer, while it is heard and after."""

    def __init__(self, exchange: Exchange) -> None:
        self.exchange = exchange
        self.text = ""
        self.over = threading.Event()


class Answers:
    """Asks questions and hears their answers. One for the whole app.

    Args:
        ledger: where questions and answers are kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._under_way: dict[str, Answering] = {}
        ledger.recover()

    def ask(self, server: Server, new: NewExchange) -> Answering:
        """Keep a question in the ledger, then ask it.

        Raises:
            LedgerError: it could not be kept, and was not asked.
        """
        answering = Answering(self._ledger.ask(new))
        self._under_way[answering.exchange.id] = answering
        threading.Thread(
            target=self._hear, args=(server, answering), name="answer", daemon=True
        ).start()
        return answering

    def under_way(self, exchange_id: str) -> Answering | None:
        """The answer to an exchange, if it is still being heard."""
        return self._under_way.get(exchange_id)

    def stop(self, exchange_id: str, *, by: str = "") -> None:
        """Hear no more of an answer. What was said is kept.

        Raises:
            NotPermitted: it takes an asker.
        """
        self._ledger.people.permit(by, Role.ASKER)
        answering = self._under_way.pop(exchange_id, None)
        if answering:
            answering.over.set()
            self._ledger.stopped(exchange_id, answering.text)

    def _hear(self, server: Server, answering: Answering) -> None:
        try:
            self._listen(server, answering)
        except GradientError as error:
            log.warning("An answer failed: %s %s", error.message, error.detail)
            self._failed(answering, error.message)
        except LedgerError as error:
            log.exception("An answer could not be kept")
            self._failed(answering, str(error))
        except Exception:
            log.exception("An answer failed")
            self._failed(
                answering, "Something went wrong in the app; its log says what. Ask again."
            )
        finally:
            self._under_way.pop(answering.exchange.id, None)
            answering.over.set()

    def _listen(self, server: Server, answering: Answering) -> None:
        exchange_id = answering.exchange.id
        about: dict[str, Any] = {}
        first: float | None = None
        with closing(_stream(server, answering.exchange, about)) as tokens:
            began = kept = time.monotonic()
            for token in tokens:
                if answering.over.is_set():
                    return
                answering.text += token
                now = time.monotonic()
                if first is None or now - kept > KEPT_SECONDS:
                    kept = now
                    first = now - began if first is None else first
                    self._ledger.hear(exchange_id, answering.text, first_token_s=first)
        if answering.over.is_set():
            return
        self._ledger.answered(
            exchange_id,
            Answer(
                text=answering.text,
                finish_reason=about.get("finish_reason", ""),
                version=about.get("version"),
                first_token_s=first,
                seconds=time.monotonic() - began,
                prompt_tokens=about.get("prompt_tokens"),
                generated_tokens=about.get("generated_tokens"),
                scope=about.get("scope"),
            ),
        )

    def _failed(self, answering: Answering, why: str) -> None:
        if answering.over.is_set():
            return
        try:
            self._ledger.failed(answering.exchange.id, why, answering.text)
        except LedgerError:
            log.exception("A failed answer could not be kept")


def _stream(
    server: Server, exchange: Exchange, about: dict[str, Any]
) -> Generator[str, None, None]:
    """The answer's pieces; when it is whole, `about` holds what else the server told."""
    # LangChain takes most of a second to import, and no page needs it before the first question.
    from langchain_core.callbacks import BaseCallbackHandler  # noqa: PLC0415 - see above

    from lib.gradient.llm import GradientLLM  # noqa: PLC0415 - see above

    class Told(BaseCallbackHandler):
        def on_llm_end(self, response: Any, **_: Any) -> None:
            about.update(response.generations[0][0].generation_info or {})

    sampling = exchange.sampling
    llm = GradientLLM(
        model=exchange.model_id,
        gradient_api_url=server.url,
        gradient_access_token=server.access_token,
        gradient_workspace_id=server.workspace_id,
        model_kwargs={
            "max_generated_token_count": sampling.max_generated_token_count,
            "temperature": sampling.temperature,
            "top_k": sampling.top_k,
            "top_p": sampling.top_p,
            "auto_template": exchange.auto_template,
            "version": exchange.version,
            "question": exchange.question,
        },
    )
    return (piece for piece in llm.stream(exchange.prompt, config={"callbacks": [Told()]}))
