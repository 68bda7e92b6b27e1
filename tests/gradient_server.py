"""A Gradient server for tests of the app: answers from a table, learns by remembering.

Plain by default: no streaming, no versions, no runs. With `stream=True` it says that it can stream,
and does so a word at a time.
"""

from __future__ import annotations

import asyncio
import json
import re
import socket
import threading
import time
import uuid
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, StreamingResponse
from starlette.routing import Route

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from starlette.requests import Request

TOKEN = "token-of-the-test"  # noqa: S105 - opens nothing
WORKSPACE = "workspace-of-the-test"
BASE = f"{uuid.UUID(int=1)}_base_ml_model"
WRONG = "The New England Patriots"


@dataclass
class GradientServer:
    """Start it with `with`. `answers` holds what is said to a prompt; anything else is WRONG."""

    stream: bool = False
    pause: float = 0.0
    """Seconds before an answer, and before each word of a streamed one."""
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Last part of a path → the status and message to refuse it with."""
    answers: dict[str, str] = field(default_factory=dict)
    adapters: dict[str, dict[str, Any]] = field(default_factory=dict)
    taught: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)

    def __enter__(self) -> Self:
        listener = socket.socket()
        listener.bind(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/api"
        config = uvicorn.Config(self._app(), log_level="error", lifespan="off")
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, args=([listener],), daemon=True)
        self._thread.start()
        deadline = time.monotonic() + 10
        while not self._server.started and time.monotonic() < deadline:
            time.sleep(0.01)
        return self

    def __exit__(self, *_: object) -> None:
        self._server.should_exit = True
        self._thread.join(10)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "GRADIENT_API_URL": self.url,
            "GRADIENT_ACCESS_TOKEN": TOKEN,
            "GRADIENT_WORKSPACE_ID": WORKSPACE,
        }

    def _app(self) -> Starlette:
        return Starlette(
            routes=[
                Route("/api/models", self._guarded(self._list)),
                Route("/api/models", self._guarded(self._create), methods=["POST"]),
                Route("/api/models/{id}", self._guarded(self._one), methods=["GET", "DELETE"]),
                Route("/api/models/{id}/complete", self._guarded(self._complete), methods=["POST"]),
                Route(
                    "/api/models/{id}/fine-tune", self._guarded(self._fine_tune), methods=["POST"]
                ),
                *([Route("/api/server", self._guarded(self._info))] if self.stream else []),
            ]
        )

    def _guarded(
        self, endpoint: Callable[[Request], Awaitable[Any]]
    ) -> Callable[[Request], Awaitable[Any]]:
        async def guarded(request: Request) -> Any:
            if request.headers.get("authorization") != f"Bearer {TOKEN}":
                return JSONResponse({"message": "The access token is unknown"}, 401)
            refused = self.refuse.get(request.url.path.rpartition("/")[2])
            if refused:
                return JSONResponse({"message": refused[1]}, refused[0])
            model_id = request.path_params.get("id", BASE)
            if model_id != BASE and model_id not in self.adapters:
                return JSONResponse(
                    {"message": "No such model", "type": "unknownModelAdapter"}, 404
                )
            return await endpoint(request)

        return guarded

    async def _info(self, _: Request) -> JSONResponse:
        return JSONResponse({"name": "Test", "version": "1", "extensions": ["stream"]})

    async def _list(self, _: Request) -> JSONResponse:
        base = {
            "type": "baseModel",
            "id": BASE,
            "name": "Test base",
            "slug": "test-base",
            "capabilities": ["complete", "fineTune"],
        }
        return JSONResponse({"models": [*self.adapters.values(), base]})

    async def _create(self, request: Request) -> JSONResponse:
        model = (await request.json())["model"]
        adapter_id = f"{uuid.uuid4()}_model_adapter"
        self.adapters[adapter_id] = {
            "type": "modelAdapter",
            "id": adapter_id,
            "name": model["name"],
            "baseModelId": model["baseModelId"],
            "latestUpdateTime": "2026-01-02T03:04:05Z",
        }
        return JSONResponse({"id": adapter_id})

    async def _one(self, request: Request) -> JSONResponse:
        adapter_id = request.path_params["id"]
        if request.method == "DELETE":
            del self.adapters[adapter_id]
            return JSONResponse({})
        return JSONResponse(self.adapters[adapter_id])

    async def _complete(self, request: Request) -> Any:
        body = await request.json()
        self.asked.append(body)
        text = self.answers.get(body["query"], WRONG)
        if request.path_params["id"] != BASE:
            for sample in map(_text, self.taught):
                if sample.startswith(body["query"]):
                    text = sample[len(body["query"]) :].strip()
        if self.stream and "text/event-stream" in request.headers["accept"]:
            return StreamingResponse(self._words(text), media_type="text/event-stream")
        await asyncio.sleep(self.pause)
        return JSONResponse({"generatedOutput": text, "finishReason": "stop"})

    async def _words(self, text: str) -> AsyncIterator[str]:
        for word in re.findall(r"\s*\S+", text):
            await asyncio.sleep(self.pause)
            yield f"event: token\ndata: {json.dumps({'text': word})}\n\n"
        done = {"generatedOutput": text, "finishReason": "stop"}
        yield f"event: done\ndata: {json.dumps(done)}\n\n"

    async def _fine_tune(self, request: Request) -> JSONResponse:
        body = await request.json()
        await asyncio.sleep(self.pause)
        self.taught.extend(body["samples"])
        tokens = sum(len(str(sample["inputs"]).split()) for sample in body["samples"])
        return JSONResponse({"numberOfTrainableTokens": tokens, "sumLoss": 2.9 * tokens})


def _text(sample: dict[str, Any]) -> str:
    inputs = sample["inputs"]
    return inputs if isinstance(inputs, str) else "".join(piece["value"] for piece in inputs)
