"""Operations as methods: written once, they serve `Client` and `AsyncClient` alike.

On `Client` a call returns its answer, or a generator of events; on `AsyncClient` a coroutine, or
an asynchronous generator. Type checkers know which.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, TypeVar, overload

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Coroutine, Generator

    from lib.gradient.client import AsyncClient, Client
    from lib.gradient.operations import Operation, Streamed

Args = ParamSpec("Args")
Answer = TypeVar("Answer")
Event = TypeVar("Event")


class Call(Generic[Args, Answer]):
    """An operation as a method of both clients."""

    def __init__(self, make: Callable[Args, Operation[Answer]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Client, owner: type) -> Callable[Args, Answer]: ...
    @overload
    def __get__(
        self, client: AsyncClient, owner: type
    ) -> Callable[Args, Coroutine[Any, Any, Answer]]: ...

    def __get__(self, client: Client | AsyncClient | None, owner: type) -> Any:
        if client is None:
            return self

        @functools.wraps(self._make)
        def call(*args: Args.args, **kwargs: Args.kwargs) -> Any:
            return client.send(self._make(*args, **kwargs))

        return call


class StreamedCall(Generic[Args, Event, Answer]):
    """An operation that is answered in events, as a method of both clients."""

    def __init__(self, make: Callable[Args, Streamed[Event, Answer]]) -> None:
        self._make = make
        self.__doc__ = make.__doc__

    @overload
    def __get__(self, client: None, owner: type) -> Self: ...
    @overload
    def __get__(self, client: Client, owner: type) -> Callable[Args, Generator[Event]]: ...
    @overload
    def __get__(
        self, client: AsyncClient, owner: type
    ) -> Callable[Args, AsyncGenerator[Event]]: ...

    def __get__(self, client: Client | AsyncClient | None, owner: type) -> Any:
        if client is None:
            return self

        @functools.wraps(self._make)
        def call(*args: Args.args, **kwargs: Args.kwargs) -> Any:
            return client.listen(self._make(*args, **kwargs))

        return call
