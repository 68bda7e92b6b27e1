"""A Gradient server for tests of the app: answers from a table, learns by remembering.

Plain by default: no streaming, no versions, no runs. With `stream=True` it says that it can stream,
and does so a word at a time. With `versions=True` it keeps versions, which have a scope.
"""

from __future__ import annotations

import asyncio
import io
import json
import re
import socket
import threading
import time
import uuid
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.responses import JSONResponse, Response, StreamingResponse
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
    versions: bool = False
    leaks: dict[str, str] = field(default_factory=dict)
    """What a taught version says to a question, which it takes to be near its corrections."""
    spoils: str = ""
    """What a taught version says to every other question, where its scope is everywhere."""
    alike: tuple[str, str] | None = None
    """Two questions that mean the same."""
    pause: float = 0.0
    """Seconds before an answer, and before each word of a streamed one."""
    learning: list[dict[str, Any]] = field(default_factory=list)
    """What is told of a fine-tune, which goes on until this is empty and breaks off."""
    refuse: dict[str, tuple[int, str]] = field(default_factory=dict)
    """Last part of a path → the status and message to refuse it with."""
    answers: dict[str, str] = field(default_factory=dict)
    adapters: dict[str, dict[str, Any]] = field(default_factory=dict)
    taught: list[dict[str, Any]] = field(default_factory=list)
    asked: list[dict[str, Any]] = field(default_factory=list)
    most_at_once: int = 0
    """Whole answers that were being made at the same time."""
    _answering: int = 0
    counted: list[str] = field(default_factory=list)
    """The models that tokens were counted for."""
    made: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    """Adapter → its versions, each with the samples it holds."""

    def __enter__(self) -> Self:
        # Named as TCP: otherwise asyncio leaves Nagle's algorithm on, and an answer waits 40 ms.
        listener = socket.socket(proto=socket.IPPROTO_TCP)
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
                *self._extensions(),
            ]
        )

    def _extensions(self) -> list[Route]:
        routes = []
        if self.stream or self.versions:
            routes.append(Route("/api/server", self._guarded(self._info)))
        if self.versions:
            model = "/api/models/{id}"
            routes += [
                Route(f"{model}/versions", self._guarded(self._versions)),
                Route(f"{model}/versions/{{n}}", self._guarded(self._change), methods=["POST"]),
                Route(f"{model}/versions/{{n}}/files", self._guarded(self._files)),
                Route(f"{model}/scope", self._guarded(self._nearness), methods=["POST"]),
                Route("/api/pairs", self._guarded(self._pairs), methods=["POST"]),
                Route(f"{model}/tokens", self._guarded(self._tokens), methods=["POST"]),
            ]
        return routes

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
        extensions = ["stream"] * self.stream + [
            "versions",
            "scope",
            "pairs",
            "files",
            "tokens",
        ] * self.versions
        extensions += ["cancel"] * bool(self.learning)
        return JSONResponse({"name": "Test", "version": "1", "extensions": extensions})

    async def _tokens(self, request: Request) -> JSONResponse:
        texts = (await request.json())["texts"]
        self.counted.append(request.path_params["id"])
        return JSONResponse({"counts": [len(text.split()) for text in texts]})

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
            **({"liveVersion": 0} if self.versions else {}),
        }
        self.made[adapter_id] = []
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
        said: dict[str, Any] = {"generatedOutput": text, "finishReason": "stop"}
        if self.versions and request.path_params["id"] != BASE:
            said |= self._version_says(request.path_params["id"], body, text)
        elif request.path_params["id"] != BASE:
            for sample in map(_text, self.taught):
                if sample.startswith(body["query"]):
                    said["generatedOutput"] = sample[len(body["query"]) :].strip()
        if self.stream and "text/event-stream" in request.headers["accept"]:
            return StreamingResponse(self._words(said), media_type="text/event-stream")
        self._answering += 1
        self.most_at_once = max(self.most_at_once, self._answering)
        await asyncio.sleep(self.pause)
        self._answering -= 1
        return JSONResponse(said)

    async def _words(self, said: dict[str, Any]) -> AsyncIterator[str]:
        for word in re.findall(r"\s*\S+", said["generatedOutput"]):
            await asyncio.sleep(self.pause)
            yield f"event: token\ndata: {json.dumps({'text': word})}\n\n"
        yield f"event: done\ndata: {json.dumps(said)}\n\n"

    async def _fine_tune(self, request: Request) -> Response:
        body = await request.json()
        if self.learning:
            return StreamingResponse(self._learns(), media_type="text/event-stream")
        await asyncio.sleep(self.pause)
        self.taught.extend(body["samples"])
        tokens = sum(len(str(sample["inputs"]).split()) for sample in body["samples"])
        answer = {"numberOfTrainableTokens": tokens, "sumLoss": 2.9 * tokens}
        if self.versions:
            answer["version"] = self._make(request.path_params["id"], body)
        return JSONResponse(answer)

    async def _learns(self) -> AsyncIterator[str]:
        for told in self.learning:
            yield f"event: progress\ndata: {json.dumps(told)}\n\n"
        while self.learning:  # noqa: ASYNC110 - the test that empties it is another thread
            await asyncio.sleep(0.02)

    # --- versions ------------------------------------------------------------------------

    def _make(self, adapter_id: str, body: dict[str, Any]) -> int:
        adapter, made = self.adapters[adapter_id], self.made[adapter_id]
        parent = adapter["liveVersion"]
        held = made[parent - 1]["holds"] if parent else []
        gone = {*(sample["id"] for sample in body["samples"]), *(body.get("withdraw") or ())}
        made.append(
            {
                "number": len(made) + 1,
                "parent": parent,
                "createdTime": "2026-01-02T03:04:05Z",
                "scope": body.get("scope") or "everywhere",
                "samples": len(body["samples"]),
                "numberOfTrainableTokens": 1,
                "sumLoss": 1.0,
                "seconds": 0.5,
                "sha256": "0" * 64,
                "candidate": True,
                "holds": [s for s in held if s["id"] not in gone] + body["samples"],
            }
        )
        if body.get("goLive") is not False:
            self._live(adapter_id, len(made))
        return len(made)

    def _live(self, adapter_id: str, number: int) -> None:
        self.adapters[adapter_id]["liveVersion"] = number
        if number:
            self.made[adapter_id][number - 1]["candidate"] = False

    def _version_says(self, adapter_id: str, body: dict[str, Any], base: str) -> dict[str, Any]:
        number = body.get("version")
        if number is None:
            number = self.adapters[adapter_id]["liveVersion"]
        text, said = base, dict[str, Any]()
        if number:
            version = self.made[adapter_id][number - 1]
            if version["scope"] == "near":
                said = {"scope": self._nearness_to(version, body["question"])}
            near = self._near(version, body["question"])
            if near is not None:
                text = near
            elif version["scope"] == "everywhere":
                text = self.spoils or base
        return {"generatedOutput": text, "version": number, **said}

    def _near(self, version: dict[str, Any], question: str) -> str | None:
        """What is said to a question that is near a correction; None: it is far from all."""
        for sample in _nearest(version, question):
            right: str = sample["inputs"][-1]["value"]
            return self.leaks.get(question, right)
        return self.leaks.get(question)

    async def _versions(self, request: Request) -> JSONResponse:
        adapter_id = request.path_params["id"]
        live = self.adapters[adapter_id]["liveVersion"]
        return JSONResponse(
            {
                "versions": [
                    {**version, "live": version["number"] == live}
                    for version in self.made[adapter_id]
                ]
            }
        )

    async def _change(self, request: Request) -> JSONResponse:
        adapter_id, number = request.path_params["id"], int(request.path_params["n"])
        body = await request.json()
        if body.get("scope"):
            self.made[adapter_id][number - 1]["scope"] = body["scope"]
        if body.get("live"):
            self._live(adapter_id, number)
        return await self._versions(request)

    async def _files(self, _: Request) -> Response:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w") as archive:
            archive.writestr("adapter_config.json", "{}")
        return Response(out.getvalue(), media_type="application/zip")

    async def _nearness(self, request: Request) -> JSONResponse:
        body = await request.json()
        version = self.made[request.path_params["id"]][body["version"] - 1]
        nearness = [self._nearness_to(version, question) for question in body["questions"]]
        return JSONResponse({"nearness": nearness})

    async def _pairs(self, request: Request) -> JSONResponse:
        body = await request.json()
        pairs = [
            {"question": place, "other": other, "similarity": 0.95}
            for place, question in enumerate(body["questions"])
            for other, text in enumerate(body["among"])
            if self.alike in ((question, text), (text, question))
        ]
        return JSONResponse({"pairs": pairs})

    def _nearness_to(self, version: dict[str, Any], question: str) -> dict[str, Any]:
        return {
            "near": self._near(version, question) is not None,
            "sampleId": next((held["id"] for held in _nearest(version, question)), None),
        }


def teach_versions(server: GradientServer, question: str, *answers: str) -> None:
    """Give a server with versions an adapter, each version of which answers a question so."""
    server.adapters["taught"] = {
        "type": "modelAdapter",
        "id": "taught",
        "name": "my-adapter",
        "baseModelId": BASE,
        "latestUpdateTime": "2026-01-02T03:04:05Z",
        "liveVersion": 0,
    }
    server.made["taught"] = []
    for answer in answers:
        sample = {"id": "sample", "question": question, "inputs": [{"value": answer}]}
        server._make("taught", {"samples": [sample]})


def _nearest(version: dict[str, Any], question: str) -> list[dict[str, Any]]:
    """The samples whose question is within this one."""
    return [
        sample
        for sample in version["holds"]
        if sample["question"].lower().rstrip("?") in question.lower()
    ]


def _text(sample: dict[str, Any]) -> str:
    inputs = sample["inputs"]
    return inputs if isinstance(inputs, str) else "".join(piece["value"] for piece in inputs)
