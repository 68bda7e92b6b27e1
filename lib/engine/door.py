"""The service's door: every request comes in through it, and every answer leaves by it.

It reads the whole body before anything is refused, so that a connection that is kept alive is never
left with half a request in it; forgives doubled and trailing slashes; answers HEAD as GET, whose
body the HTTP server then leaves out; asks for the access token; and keeps the log, which never
holds a body, a query string or a path that somebody made up.
"""

from __future__ import annotations

import logging
import re
import time
from typing import TYPE_CHECKING

from starlette.datastructures import Headers

from lib.engine.errors import EngineError, QueryNotUnderstood, TooLarge
from lib.engine.told import told

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from lib.engine.credentials import Credentials

log = logging.getLogger(__name__)

LARGEST_BODY = 64 * 2**20
"""Bytes; a batch of a thousand long corrections has some hundred thousand."""
OPEN = frozenset({"/health", "/api/health", "/docs", "/openapi.json"})
"""Paths that need no token: they tell only that the engine is there, and its language."""


class Door:
    """ASGI middleware around the whole service."""

    def __init__(self, app: ASGIApp, credentials: Credentials) -> None:
        self._app = app
        self._credentials = credentials

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request in, or refuse it once it has been read."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, status = time.monotonic(), 0

        async def noted(message: Message) -> None:
            nonlocal status
            status = message.get("status", status)
            await send(message)

        asked = scope["method"]
        path = re.sub("/{2,}", "/", scope["path"]).rstrip("/") or "/"
        scope = {**scope, "path": path, "method": "GET" if asked == "HEAD" else asked}
        try:
            body = await _whole(receive)
            if body is None:
                return
            self._admit(scope)
        except EngineError as error:
            await told(error, scope["path"])(scope, receive, noted)
        else:
            await self._app(scope, _again(body, receive), noted)
        route = getattr(scope.get("route"), "path", "-")
        seconds = time.monotonic() - began
        log.info("%s %s %d %.3f s", asked, route, status, seconds)

    def _admit(self, scope: Scope) -> None:
        if scope["path"] in OPEN:
            return
        headers = Headers(scope=scope)
        authorization = headers.get("authorization")
        workspace_id = headers.get("x-gradient-workspace-id")
        self._credentials.check_token(authorization)
        if not workspace_id:
            raise QueryNotUnderstood("The header x-gradient-workspace-id is missing.")
        self._credentials.check_workspace(workspace_id)


async def _whole(receive: Receive) -> bytes | None:
    """The body; None if the client left in its middle."""
    body, size, more = bytearray(), 0, True
    while more:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        part = message.get("body", b"")
        size += len(part)
        if size <= LARGEST_BODY:
            body += part
        more = message.get("more_body", False)
    if size > LARGEST_BODY:
        raise TooLarge(f"The body is larger than {LARGEST_BODY // 2**20} MB. Send less at once.")
    return bytes(body)


def _again(body: bytes, receive: Receive) -> Receive:
    """Give the body once more, and then what comes after it: that the client has left."""
    given = False

    async def receive_again() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive_again
