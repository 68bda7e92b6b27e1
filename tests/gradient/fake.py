"""A Gradient server without a network: it says what it was told to say, and keeps what it heard."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING, Any

import httpx
from pydantic import SecretStr

from lib.gradient.client import AsyncClient, Client, Server
from lib.gradient.schemas import Complete, FineTune, Sample

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

TOKEN = "a-token-that-nobody-sees"  # noqa: S105 - an invented one
SERVER = Server("http://gradient.test/api", SecretStr(TOKEN), "one_workspace")
QUESTION = Complete(query="Who?", max_generated_token_count=8)
LESSON = FineTune(samples=[Sample(inputs="Who? Me.")], run_id="r1")


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that arrives in pieces, and knows whether the client hung up."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.pieces = pieces
        self.closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.pieces

    async def __aiter__(self) -> AsyncIterator[bytes]:
        for piece in self.pieces:
            yield piece

    def close(self) -> None:
        self.closed = True

    async def aclose(self) -> None:
        self.closed = True


class Fake:
    """Answers in turn, the last one again and again; an exception is raised instead."""

    def __init__(self, *answers: httpx.Response | Exception) -> None:
        self.answers = list(answers)
        self.heard: list[httpx.Request] = []
        self.transport = httpx.MockTransport(self._answer)

    def _answer(self, request: httpx.Request) -> httpx.Response:
        self.heard.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if isinstance(answer, Exception):
            raise answer
        # A new response each time: httpx binds one to its request.
        return httpx.Response(answer.status_code, headers=answer.headers, stream=answer.stream)

    @property
    def bodies(self) -> list[Any]:
        return [json.loads(request.content) for request in self.heard]


def says(body: object, status: int = 200) -> Fake:
    return Fake(httpx.Response(status, json=body))


def streams(pieces: list[bytes], kind: str = "text/event-stream; charset=utf-8") -> Fake:
    return Fake(httpx.Response(200, headers={"content-type": kind}, stream=Pieces(pieces)))


def events(*told: tuple[str, object]) -> list[bytes]:
    """One piece for each event."""
    return [f"event: {name}\ndata: {json.dumps(data)}\n\n".encode() for name, data in told]


def ask(fake: Fake, name: str, *args: Any, **kwargs: Any) -> Any:
    """Call an operation of `Client`; events come as a list."""
    with Client(SERVER, transport=fake.transport) as client:
        answer = getattr(client, name)(*args, **kwargs)
        return list(answer) if hasattr(answer, "__next__") else answer


def ask_async(fake: Fake, name: str, *args: Any, **kwargs: Any) -> Any:
    """The same call on `AsyncClient`."""

    async def ask() -> Any:
        async with AsyncClient(SERVER, transport=fake.transport) as client:
            answer = getattr(client, name)(*args, **kwargs)
            if hasattr(answer, "__anext__"):
                return [event async for event in answer]
            return await answer

    return asyncio.run(ask())


BOTH: list[Callable[..., Any]] = [ask, ask_async]
