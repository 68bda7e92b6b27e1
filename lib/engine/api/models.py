"""`/models`: base models and adapters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from fastapi import APIRouter, Query, Request

from lib.engine.api import asked
from lib.engine.errors import NotFound, Refused
from lib.engine.loaded import usable_context
from lib.engine.told import Told
from lib.gradient.schemas import (
    AdapterItem,
    Capability,
    CountTokens,
    CreateAdapter,
    CreatedAdapter,
    ModelList,
    TokenCounts,
    Wire,
)

if TYPE_CHECKING:
    from lib.engine.engine import Engine


def routes(engine: Engine) -> APIRouter:
    """List, create, show, delete, and count tokens."""
    router = APIRouter(tags=["models"])

    @router.get("/models", response_model=ModelList)
    def list_models(
        capability: Capability = Capability.FINE_TUNE,
        only_base: Annotated[bool, Query(alias="onlyBase")] = False,  # noqa: FBT002  the API's word
    ) -> Told:
        able = [
            weights
            for weights in engine.base_models
            if capability is not Capability.FINE_TUNE or weights.fine_tunable
        ]
        adapters = [] if only_base else engine.store.adapters(engine.workspace_id)
        return Told(
            ModelList(
                models=[
                    *(engine.store.item(adapter) for adapter in adapters),
                    *(weights.item(usable_context(weights)) for weights in able),
                ]
            )
        )

    @router.post(
        "/models", response_model=CreatedAdapter, openapi_extra=asked.described(CreateAdapter)
    )
    async def create_adapter(request: Request) -> Told:
        wanted = await asked.body(request, CreateAdapter)
        weights = engine.base_models.get(wanted.model.base_model_id)
        if not weights.fine_tunable:
            raise Refused(f"The base model {weights.slug!r} cannot be fine-tuned in this engine.")
        settings = wanted.initial_hyperparameters
        lora = settings and settings.lora_hyperparameters
        arguments = settings and settings.training_arguments
        adapter = engine.store.create(
            wanted.model.name,
            weights.id,
            engine.workspace_id,
            rank=lora.rank if lora else None,
            learning_rate=arguments.learning_rate if arguments else None,
        )
        engine.warm(weights)
        return Told(CreatedAdapter(id=adapter.id))

    @router.get("/models/{model_id}", response_model=AdapterItem)
    def get_adapter(model_id: str) -> Told:
        if engine.base_models.find(model_id):
            raise NotFound("This is a base model; only adapters are shown by themselves.")
        return Told(engine.store.item(engine.adapter(model_id)))

    @router.delete("/models/{model_id}")
    async def delete_adapter(model_id: str) -> Told:
        await engine.delete(engine.adapter(model_id))
        return Told(Wire())

    @router.post(
        "/models/{model_id}/tokens",
        response_model=TokenCounts,
        openapi_extra=asked.described(CountTokens),
    )
    async def count_tokens(model_id: str, request: Request) -> Told:
        texts = (await asked.body(request, CountTokens)).texts
        answering, _, _ = engine.chosen(model_id, None)
        # Who counts is about to teach; the teacher takes some seconds to be ready, the first time.
        engine.warm(answering.weights)
        tokens = await answering.tokens(texts, prompt=True)
        return Told(TokenCounts(counts=[len(ids) for ids in tokens]))

    return router
