"""`/models/{id}/complete`: a question in, its answer out, whole or token by token."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from lib.engine import guidance, wording
from lib.engine.api import asked
from lib.engine.errors import UnknownCollection
from lib.engine.told import events, unless_gone, wants_events
from lib.gradient.schemas import Complete, Completed, Token

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator

    from lib.engine.engine import Engine


def routes(engine: Engine) -> APIRouter:
    """Complete."""
    router = APIRouter(tags=["complete"])

    @router.post(
        "/models/{model_id}/complete",
        response_model=Completed,
        openapi_extra=asked.described(Complete),
    )
    async def complete(model_id: str, request: Request) -> Response:
        """Answer; with `Accept: text/event-stream`, as `token` events and a last `done`."""
        wanted = await asked.body(request, Complete)
        if wanted.rag is not None:
            raise UnknownCollection(
                f"There is no RAG collection {wanted.rag.collection_id!r}: this engine keeps none."
            )
        if wants_events(request):
            return await events(_answer(engine, model_id, wanted, whole=False))
        answer = _answer(engine, model_id, wanted, whole=True)
        return await unless_gone(request, _last(answer))

    return router


async def _answer(
    engine: Engine, model_id: str, wanted: Complete, *, whole: bool
) -> AsyncGenerator[Token | Completed]:
    answering, version, number = engine.chosen(model_id, wanted.version)
    nearness = None
    if version is not None and number is not None:
        nearness = await engine.scopes.decide(engine.adapter(model_id), number, wanted)
        if nearness is not None and not nearness.near:
            version = None
    body = wording.request(wanted, await answering.template())
    if wanted.guidance is not None:
        pieces = guidance.choose(answering, body, version, wanted.guidance.value)
    else:
        pieces = answering.answer(body, version, whole=whole)
    text = ""
    async for piece in pieces:
        text += piece.text
        if piece.text:
            yield Token(text=piece.text)
        if piece.finish_reason is not None:
            yield Completed(
                generated_output=text,
                finish_reason=piece.finish_reason,
                version=number,
                prompt_tokens=piece.prompt_tokens or None,
                generated_tokens=piece.generated_tokens,
                scope=nearness,
            )


async def _last(answer: AsyncGenerator[Token | Completed]) -> Completed:
    async for told in answer:
        if isinstance(told, Completed):
            return told
    raise AssertionError("an answer ends with what was completed")
