"""Answers and progress as they come: from a server that streams, and from a plain one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import httpx
import pytest

from lib.gradient.client import Client
from lib.gradient.errors import (
    BadRequest,
    GradientError,
    NotFound,
    NotUnderstood,
    Refused,
    ServerFailed,
    Unreachable,
)
from lib.gradient.schemas import Completed, FineTuned, Progress, Token
from tests.gradient.fake import (
    BOTH,
    LESSON,
    QUESTION,
    SERVER,
    events,
    says,
    streams,
)

if TYPE_CHECKING:
    from collections.abc import Callable

both = pytest.mark.parametrize("asks", BOTH, ids=["sync", "async"])


@both
def test_an_answer_is_streamed_as_it_comes(asks: Callable[..., Any]) -> None:
    fake = streams(
        events(
            ("token", {"text": "Dallas"}),
            ("from-the-future", {"x": 1}),
            ("token", {"text": " Cowboys"}),
            ("done", {"generatedOutput": "Dallas Cowboys", "finishReason": "stop", "version": 2}),
            ("token", {"text": "never read"}),
        )
    )
    assert asks(fake, "stream", "x", QUESTION) == [
        Token(text="Dallas"),
        Token(text=" Cowboys"),
        Completed(generated_output="Dallas Cowboys", finish_reason="stop", version=2),
    ]
    assert "text/event-stream" in fake.heard[0].headers["accept"]


@both
def test_a_plain_server_gives_the_whole_text_at_once(asks: Callable[..., Any]) -> None:
    fake = says({"generatedOutput": "Dallas Cowboys", "finishReason": "stop"})
    answer = Completed(generated_output="Dallas Cowboys", finish_reason="stop")
    assert asks(fake, "stream", "x", QUESTION) == [Token(text="Dallas Cowboys"), answer]


@both
def test_progress_is_streamed_and_left_out_by_a_plain_server(asks: Callable[..., Any]) -> None:
    done = {"numberOfTrainableTokens": 27, "sumLoss": 78.1}
    ours = streams(events(("progress", {"state": "training", "step": 1}), ("done", done)))
    learned = FineTuned(number_of_trainable_tokens=27, sum_loss=78.1)
    assert asks(ours, "fine_tune_progress", "x", LESSON) == [
        Progress(state="training", step=1),
        learned,
    ]
    assert asks(says(done), "fine_tune_progress", "x", LESSON) == [learned]


@both
@pytest.mark.parametrize(
    ("kind", "status", "expected"),
    [
        ("unknownModelAdapter", None, NotFound),
        ("unprocessableContent", None, BadRequest),
        ("nanLoss", None, ServerFailed),
        ("failed", None, ServerFailed),
        ("failed", 409, Refused),
        ("failed", 507, ServerFailed),
        (None, None, BadRequest),
    ],
)
def test_an_error_in_the_middle_of_a_stream_is_told_like_any_other(
    asks: Callable[..., Any], kind: str | None, status: int | None, expected: type[GradientError]
) -> None:
    said = {"message": "it went wrong", "type": kind, "status": status}
    fake = streams(events(("token", {"text": "Da"}), ("error", said)))
    with pytest.raises(expected, match=r"it went wrong\.") as raised:
        asks(fake, "stream", "x", QUESTION)
    assert (type(raised.value), raised.value.kind, raised.value.status) == (expected, kind, status)


@both
@pytest.mark.parametrize(
    "pieces",
    [
        [],
        events(("token", {"text": "Da"})),
        [*events(("token", {"text": "Da"})), b"event: done\ndata: {}"],
    ],
)
def test_a_stream_that_ends_early_is_a_broken_connection(
    asks: Callable[..., Any], pieces: list[bytes]
) -> None:
    with pytest.raises(Unreachable, match="broke off"):
        asks(streams(pieces), "stream", "x", QUESTION)


@both
def test_an_event_that_does_not_hold_what_it_says_is_not_understood(
    asks: Callable[..., Any],
) -> None:
    with pytest.raises(NotUnderstood):
        asks(streams([b"event: token\ndata: {nonsense\n\n"]), "stream", "x", QUESTION)


@both
def test_a_refused_stream_is_an_error_like_any_other(asks: Callable[..., Any]) -> None:
    with pytest.raises(NotFound, match="no such adapter"):
        asks(says({"message": "no such adapter"}, 404), "stream", "x", QUESTION)


def test_a_caller_who_has_heard_enough_hangs_up() -> None:
    fake = streams(events(("token", {"text": "Da"}), ("token", {"text": "l"})))
    body = fake.answers[0]
    assert isinstance(body, httpx.Response)
    with Client(SERVER, transport=fake.transport) as client:
        told = client.stream("x", QUESTION)
        assert next(told) == Token(text="Da")
        told.close()
    assert getattr(body.stream, "closed") is True  # noqa: B009 - the fake's own attribute
