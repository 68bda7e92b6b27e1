"""`/models/{id}/versions`: what each fine-tune made, and which of it answers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fastapi import APIRouter, Request, Response

from lib.engine.api import asked
from lib.engine.told import Told
from lib.gradient.schemas import ChangeVersion, VersionList, Wire

if TYPE_CHECKING:
    from lib.engine.engine import Engine


def routes(engine: Engine) -> APIRouter:
    """List, change, delete."""
    router = APIRouter(tags=["versions"])

    @router.get("/models/{model_id}/versions", response_model=VersionList)
    def list_versions(model_id: str) -> Told:
        return Told(VersionList(versions=engine.store.versions(engine.adapter(model_id))))

    @router.post(
        "/models/{model_id}/versions/{number}",
        response_model=VersionList,
        openapi_extra=asked.described(ChangeVersion),
    )
    async def change_version(model_id: str, number: int, request: Request) -> Told:
        """Set a version's scope; make it live, loading it first. Version 0 is the base model."""
        adapter = engine.adapter(model_id)
        wanted = await asked.body(request, ChangeVersion)
        if wanted.scope is not None:
            await engine.scopes.prepare(adapter, number, wanted.scope)
            engine.store.set_scope(adapter, number, wanted.scope)
        if wanted.live:
            version = engine.store.adapted(adapter, number)
            if version is not None:
                await engine.answering(adapter.base_model_id).load(version)
            engine.store.make_live(adapter, number)
        return Told(VersionList(versions=engine.store.versions(adapter)))

    @router.get(
        "/models/{model_id}/versions/{number}/files",
        response_class=Response,
        responses={200: {"content": {"application/zip": {}}}},
    )
    def version_files(model_id: str, number: int) -> Response:
        """A PEFT folder in a zip, for whatever loads LoRA adapters."""
        return Response(
            engine.store.peft(engine.adapter(model_id), number), media_type="application/zip"
        )

    @router.delete("/models/{model_id}/versions/{number}")
    def delete_version(model_id: str, number: int) -> Told:
        engine.store.delete_version(engine.adapter(model_id), number)
        return Told(Wire())

    return router
