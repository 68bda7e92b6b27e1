"""What goes back on the wire: one JSON object, or events while something is going on.

An event stream has `event: token` or `event: progress`, and ends with `event: done` or
`event: error`. A comment line now and then keeps the connection open while there is nothing to
tell.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import aclosing
from typing import TYPE_CHECKING

from starlette.responses import JSONResponse, Response, StreamingResponse

from lib.engine.errors import EngineError
from lib.gradient.schemas import ErrorBody, Progress, Token, Wire

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Coroutine

    from starlette.requests import Request

log = logging.getLogger(__name__)

HEARTBEAT_SECONDS = 10.0
EVENT_STREAM = "text/event-stream"
GONE = 499
"""The status in the log of a request whose client left before its answer."""


class Told(JSONResponse):
    """A wire object as JSON, without the fields that are not set."""

    def __init__(self, answer: Wire, status: int = 200) -> None:
        super().__init__(answer.wire(), status)


def told(error: EngineError, path: str) -> Told:
    """An error as the operation behind `path` tells it."""
    return Told(error.body(typed=path.endswith(("/complete", "/fine-tune"))), error.status)


def wants_events(request: Request) -> bool:
    """Whether the client asked for an event stream."""
    return EVENT_STREAM in request.headers.get("accept", "").lower()


async def unless_gone(request: Request, work: Coroutine[None, None, Wire]) -> Response:
    """The answer of `work`, which is called off if the client leaves before it is there."""
    answer, gone = asyncio.ensure_future(work), asyncio.ensure_future(_gone(request))
    try:
        await asyncio.wait({answer, gone}, return_when=asyncio.FIRST_COMPLETED)
        return Told(answer.result()) if answer.done() else Response(status_code=GONE)
    finally:
        gone.cancel()
        answer.cancel()


async def events(source: AsyncGenerator[Wire]) -> Response:
    """A stream of events; an error before the first of them is an ordinary answer.

    Raises:
        EngineError: `source` failed before it had anything to tell.
    """
    first = asyncio.ensure_future(anext(source))
    await asyncio.wait({first}, timeout=HEARTBEAT_SECONDS)
    if first.done() and (error := first.exception()) is not None:
        raise error
    return StreamingResponse(
        _stream(source, first), media_type=EVENT_STREAM, headers={"Cache-Control": "no-store"}
    )


async def _gone(request: Request) -> None:
    while (await request.receive())["type"] != "http.disconnect":
        pass


async def _stream(
    source: AsyncGenerator[Wire], upcoming: asyncio.Future[Wire]
) -> AsyncGenerator[str]:
    async with aclosing(source):
        try:
            while True:
                await asyncio.wait({upcoming}, timeout=HEARTBEAT_SECONDS)
                if not upcoming.done():
                    yield ": waiting\n\n"
                    continue
                yield _event(upcoming.result())
                upcoming = asyncio.ensure_future(anext(source))
        except StopAsyncIteration:
            pass
        except EngineError as error:
            yield _event(error.body(typed=True).model_copy(update={"status": error.status}))
        finally:
            upcoming.cancel()
            await asyncio.wait({upcoming})


def _event(told: Wire) -> str:
    names = {Token: "token", Progress: "progress", ErrorBody: "error"}
    name = names.get(type(told), "done")
    return f"event: {name}\ndata: {told.model_dump_json(by_alias=True, exclude_none=True)}\n\n"
