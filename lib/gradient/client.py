"""The Gradient API's client: `Client` for ordinary callers, `AsyncClient` for coroutines.

Each operation is named once, in `_Operations`, and works on both. What differs between them is
how bytes are moved, and nothing else is written twice.

    server = Server("http://127.0.0.1:8000/api", SecretStr(token), workspace_id)
    with Client(server) as client:
        for model in client.list_models():
            print(model.id)

What is read is tried three times when the server cannot be reached or says 503; what changes
something is sent once. Every failure is a `GradientError`.
"""

from __future__ import annotations

import functools
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self, TypeVar

import httpx
import stamina
from httpx_sse import EventSource

from lib.gradient import operations
from lib.gradient.calls import Call, StreamedCall
from lib.gradient.errors import (
    Closed,
    GradientError,
    Misconfigured,
    NotUnderstood,
    TimedOut,
    Unreachable,
    refusal,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncGenerator, Generator, Iterator
    from types import TracebackType

    from pydantic import SecretStr

    from lib.gradient.operations import Operation, Streamed

CONNECT_SECONDS = 5.0
REPEAT: dict[str, Any] = {"attempts": 3, "wait_initial": 0.1, "wait_max": 0.5, "wait_jitter": 0.1}
"""Long enough for a server to come back from a hiccup, short enough not to be felt as a pause."""

Answer = TypeVar("Answer")
Event = TypeVar("Event")


@dataclass(frozen=True)
class Server:
    """Where to ask, and as whom. The token shows in no representation of it.

    Raises:
        Misconfigured: the address is no http(s) base URL, or a credential cannot be sent.
    """

    url: str
    access_token: SecretStr
    workspace_id: str

    def __post_init__(self) -> None:
        try:
            url = httpx.URL(self.url)
        except httpx.InvalidURL as error:
            raise Misconfigured(f"The server's address is not a URL: {error}") from error
        if url.scheme not in {"http", "https"} or not url.host:
            raise Misconfigured(
                "The server's address must begin with http:// or https:// and name a host, such as"
                " http://127.0.0.1:8000/api."
            )
        if url.userinfo or url.query or url.fragment:
            raise Misconfigured(
                "The server's address must end with its path: leave out user, password, ? and #."
            )
        for name, value in (
            ("access token (GRADIENT_ACCESS_TOKEN)", self.access_token.get_secret_value()),
            ("workspace id (GRADIENT_WORKSPACE_ID)", self.workspace_id),
        ):
            if not value:
                raise Misconfigured(f"The {name} is missing.")
            if not (value.isascii() and value.isprintable()) or " " in value:
                raise Misconfigured(
                    f"The {name} holds a space, a line break or a letter that cannot be sent."
                    " Copy it again."
                )

    def address(self, path: str) -> str:
        """The URL of a path below the API's base."""
        return f"{self.url.rstrip('/')}{path}"

    def conceal(self, text: str) -> str:
        """The text without the access token, should a server repeat it."""
        return text.replace(self.access_token.get_secret_value(), "[access token]")


class _Operations:
    """Every operation of the API, and what both clients make of a request and an answer."""

    list_models = Call(operations.list_models)
    get_adapter = Call(operations.get_adapter)
    create_adapter = Call(operations.create_adapter)
    delete_adapter = Call(operations.delete_adapter)
    complete = Call(operations.complete)
    stream = StreamedCall(operations.stream)
    fine_tune = Call(operations.fine_tune)
    fine_tune_progress = StreamedCall(operations.fine_tune_progress)
    versions = Call(operations.versions)
    make_live = Call(operations.make_live)
    set_scope = Call(operations.set_scope)
    nearness = Call(operations.nearness)
    pairs = Call(operations.pairs)
    version_files = Call(operations.version_files)
    delete_version = Call(operations.delete_version)
    run = Call(operations.run)
    cancel_run = Call(operations.cancel_run)
    count_tokens = Call(operations.count_tokens)
    info = Call(operations.info)
    health = Call(operations.health)

    _http: httpx.Client | httpx.AsyncClient

    def __init__(self, server: Server) -> None:
        self.server = server

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self.server.url!r})"

    def _settings(self) -> dict[str, Any]:
        """What an httpx client is built with."""
        return {
            "headers": {
                "authorization": f"Bearer {self.server.access_token.get_secret_value()}",
                "x-gradient-workspace-id": self.server.workspace_id,
                "user-agent": "errata",
            },
            "verify": _certificates(),
            # A proxy for the world outside is none for this machine.
            "mounts": {"all://127.0.0.1": None, "all://localhost": None, "all://[::1]": None},
        }

    def _request(self, operation: Operation[Any], accept: str) -> dict[str, Any]:
        """What httpx is asked to send."""
        request: dict[str, Any] = {
            "method": operation.method,
            "url": self.server.address(operation.path),
            "params": operation.query or None,
            "headers": {"accept": accept},
            "timeout": httpx.Timeout(operation.seconds, connect=CONNECT_SECONDS),
        }
        if operation.body is not None:
            request["json"] = operation.body.wire()
        return request

    def _answer(self, operation: Operation[Answer], response: httpx.Response) -> Answer:
        if response.is_success:
            return operation.read(response.content)
        if response.status_code < HTTPStatus.BAD_REQUEST:
            raise NotUnderstood(
                f"The server at {self.server.url} sends requests elsewhere"
                f" (HTTP {response.status_code}). Use the address that it names.",
                detail=response.headers.get("location", ""),
                status=response.status_code,
            )
        raise refusal(response.status_code, self.server.conceal(response.text))

    @contextmanager
    def _failures(self, operation: Operation[Any]) -> Iterator[None]:
        """Tell what httpx raises in the words of this boundary."""
        try:
            yield
        except (httpx.RequestError, RuntimeError) as error:
            failure = self._failure(operation, error)
            if failure is None:
                raise
            raise failure from error

    def _failure(self, operation: Operation[Any], error: Exception) -> GradientError | None:
        url, detail = self.server.url, str(error)
        if self._http.is_closed:  # httpx has no error of its own for it
            return Closed(
                f"The connection to the server at {url} was closed. Open the page again.",
                detail=detail,
            )
        match error:
            case httpx.ConnectError() | httpx.ConnectTimeout():
                return Unreachable(
                    f"The server at {url} cannot be reached. Check that it is running and that its"
                    " address is right, then try again.",
                    detail=detail,
                )
            case httpx.TimeoutException():
                return TimedOut(
                    f"The server at {url} did not answer within {operation.seconds:g} seconds. It"
                    " may still be at work: wait a moment, then try again.",
                    detail=detail,
                )
            case httpx.DecodingError():
                return NotUnderstood(
                    f"The answer of the server at {url} is damaged. Try again.", detail=detail
                )
            case httpx.TransportError():
                return self._broken_off(detail)
        return None

    def _broken_off(self, detail: str) -> Unreachable:
        return Unreachable(
            f"The connection to the server at {self.server.url} broke off before the answer was"
            " whole. Check that it is running, then try again.",
            detail=detail,
        )


class Client(_Operations):
    """The operations as calls that return their answers; safe to share between threads.

    Args:
        server: where to ask, and as whom.
        transport: what moves the bytes, instead of the network.
    """

    def __init__(self, server: Server, *, transport: httpx.BaseTransport | None = None) -> None:
        super().__init__(server)
        self._http: httpx.Client = httpx.Client(transport=transport, **self._settings())
        self._repeat = stamina.RetryingCaller(**REPEAT).on(_worth_repeating)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Close the connections that are kept open between calls."""
        self._http.close()

    def send(self, operation: Operation[Answer]) -> Answer:
        """Carry out an operation."""
        try:
            if operation.repeatable:
                return self._repeat(self._once, operation)
            return self._once(operation)
        except tuple(operation.instead) as error:
            return operation.meaning(error)

    def listen(self, streamed: Streamed[Event, Any]) -> Generator[Event]:
        """Carry out an operation and give its events as they come; closing it hangs up."""
        operation = streamed.operation
        request = self._request(operation, "text/event-stream, application/json;q=0.9")
        with self._failures(operation), self._http.stream(**request) as response:
            if not _is_event_stream(response):
                response.read()
                yield from streamed.whole(self._answer(operation, response))
                return
            for sent in EventSource(response).iter_sse():
                event = streamed.read(sent.event, self.server.conceal(sent.data))
                if event is not None:
                    yield event
                if sent.event == streamed.last:
                    return
        raise self._broken_off("the stream ended without its last event")

    def _once(self, operation: Operation[Answer]) -> Answer:
        with self._failures(operation):
            response = self._http.request(**self._request(operation, "application/json"))
        return self._answer(operation, response)


class AsyncClient(_Operations):
    """The operations as coroutines and asynchronous iterators; for one event loop.

    Args:
        server: where to ask, and as whom.
        transport: what moves the bytes, instead of the network.
    """

    def __init__(
        self, server: Server, *, transport: httpx.AsyncBaseTransport | None = None
    ) -> None:
        super().__init__(server)
        self._http: httpx.AsyncClient = httpx.AsyncClient(transport=transport, **self._settings())
        self._repeat = stamina.AsyncRetryingCaller(**REPEAT).on(_worth_repeating)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """Close the connections that are kept open between calls."""
        await self._http.aclose()

    async def send(self, operation: Operation[Answer]) -> Answer:
        """Carry out an operation."""
        try:
            if operation.repeatable:
                return await self._repeat(self._once, operation)
            return await self._once(operation)
        except tuple(operation.instead) as error:
            return operation.meaning(error)

    async def listen(self, streamed: Streamed[Event, Any]) -> AsyncGenerator[Event]:
        """Carry out an operation and give its events as they come; closing it hangs up."""
        operation = streamed.operation
        request = self._request(operation, "text/event-stream, application/json;q=0.9")
        with self._failures(operation):
            async with self._http.stream(**request) as response:
                if not _is_event_stream(response):
                    await response.aread()
                    for event in streamed.whole(self._answer(operation, response)):
                        yield event
                    return
                async for sent in EventSource(response).aiter_sse():
                    heard = streamed.read(sent.event, self.server.conceal(sent.data))
                    if heard is not None:
                        yield heard
                    if sent.event == streamed.last:
                        return
        raise self._broken_off("the stream ended without its last event")

    async def _once(self, operation: Operation[Answer]) -> Answer:
        with self._failures(operation):
            response = await self._http.request(**self._request(operation, "application/json"))
        return self._answer(operation, response)


@functools.cache
def _certificates() -> ssl.SSLContext:
    """Loaded once: it takes longer than a whole question to a server nearby."""
    return httpx.create_ssl_context()


def _worth_repeating(error: Exception) -> bool:
    return isinstance(error, Unreachable) or (
        isinstance(error, GradientError) and error.status == HTTPStatus.SERVICE_UNAVAILABLE
    )


def _is_event_stream(response: httpx.Response) -> bool:
    kind: str = response.headers.get("content-type", "")
    return response.is_success and kind.partition(";")[0].strip() == "text/event-stream"
