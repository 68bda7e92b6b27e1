"""`/models/{id}/fine-tune` and `/runs`: teaching, following it, and stopping it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from lib.engine.api import asked
from lib.engine.errors import NotFineTunable
from lib.engine.told import Told, events, wants_events
from lib.gradient.schemas import FineTune, FineTuned, RunStatus

if TYPE_CHECKING:
    from lib.engine.engine import Engine


def routes(engine: Engine) -> APIRouter:
    """Fine-tune, show a run, cancel it."""
    router = APIRouter(tags=["fine-tune"])

    @router.post(
        "/models/{model_id}/fine-tune",
        response_model=FineTuned,
        openapi_extra=asked.described(FineTune),
    )
    async def fine_tune(model_id: str, request: Request) -> Response:
        """Teach; with `Accept: text/event-stream`, as `progress` events and a last `done`."""
        wanted = await asked.body(request, FineTune)
        if engine.base_models.find(model_id):
            raise NotFineTunable("A base model is not taught itself: make an adapter over it.")
        run = engine.runs.begin(engine.adapter(model_id), wanted)
        if wants_events(request):
            return await events(run.follow())
        return Told(await run.ended())

    @router.get("/runs/{run_id}", response_model=RunStatus)
    async def show_run(run_id: str) -> Told:
        return Told(engine.runs.get(run_id, engine.workspace_id).status)

    @router.post("/runs/{run_id}/cancel", response_model=RunStatus)
    async def cancel_run(run_id: str) -> Told:
        """Stop a run; the answer comes when it has stopped, and says what it came to."""
        run = engine.runs.get(run_id, engine.workspace_id)
        await engine.runs.cancel(run)
        return Told(run.status)

    return router
