"""`/models/{id}/scope` and `/pairs`: what questions are near to, without answering them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request

from lib.engine.api import asked
from lib.engine.told import Told
from lib.gradient.schemas import AskNearness, AskPairs, NearnessList, PairList

if TYPE_CHECKING:
    from lib.engine.engine import Engine


def routes(engine: Engine) -> APIRouter:
    """To a correction, and to one another."""
    router = APIRouter(tags=["versions"])

    @router.post(
        "/models/{model_id}/scope",
        response_model=NearnessList,
        openapi_extra=asked.described(AskNearness),
    )
    async def nearness(model_id: str, request: Request) -> Told:
        """Which correction each question is near to, whatever the version's scope is."""
        adapter = engine.adapter(model_id)
        wanted = await asked.body(request, AskNearness)
        number = engine.store.live(adapter) if wanted.version is None else wanted.version
        found = await engine.scopes.nearness(adapter, number, wanted.questions)
        return Told(NearnessList(nearness=found))

    @router.post("/pairs", response_model=PairList, openapi_extra=asked.described(AskPairs))
    async def pairs(request: Request) -> Told:
        """Which questions are near which others in meaning, whatever any version was taught."""
        wanted = await asked.body(request, AskPairs)
        return Told(PairList(pairs=await engine.scopes.pairs(wanted.questions, wanted.among)))

    return router
