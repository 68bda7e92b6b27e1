from __future__ import annotations

import logging
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import httpx
import pytest
from pydantic import SecretStr

from lib.gradient.client import Client, Server
from lib.gradient.errors import (
    BadRequest,
    Closed,
    Forbidden,
    GradientError,
    Misconfigured,
    NotFound,
    NotUnderstood,
    Refused,
    ServerFailed,
    TimedOut,
    Unauthorized,
    Unreachable,
)
from tests.gradient.fake import (
    BOTH,
    LESSON,
    QUESTION,
    SERVER,
    TOKEN,
    Fake,
    ask,
    events,
    says,
    streams,
)

if TYPE_CHECKING:
    from collections.abc import Callable

both = pytest.mark.parametrize("asks", BOTH, ids=["sync", "async"])


@both
@pytest.mark.parametrize(
    ("status", "kind", "next_step"),
    [
        (400, BadRequest, "Change it"),
        (401, Unauthorized, "GRADIENT_ACCESS_TOKEN"),
        (403, Forbidden, "GRADIENT_WORKSPACE_ID"),
        (404, NotFound, "list the models again"),
        (409, Refused, "Try again"),
        (422, BadRequest, "Change it"),
        (429, Refused, "Try again"),
        (500, ServerFailed, "log"),
        (503, ServerFailed, "log"),
        (507, ServerFailed, "log"),
    ],
)
def test_a_status_becomes_its_error_with_the_servers_words_and_a_next_step(
    asks: Callable[..., Any], status: int, kind: type[GradientError], next_step: str
) -> None:
    fake = says({"message": "the disk is full", "type": "failed"}, status)
    with pytest.raises(GradientError) as raised:
        asks(fake, "complete", "x", QUESTION)
    error = raised.value
    assert type(error) is kind
    assert (error.status, error.kind) == (status, "failed")
    assert "the disk is full. " in error.message
    assert next_step in error.message
    assert len(fake.heard) == 1


@both
@pytest.mark.parametrize(
    "body",
    [b"", b"<html>Bad gateway</html>", b"\xff\xfe", b'{"detail": "x"}', b'"text"', b"[]"],
)
def test_an_error_in_another_shape_is_told_all_the_same(
    asks: Callable[..., Any], body: bytes
) -> None:
    with pytest.raises(ServerFailed, match=r"^The server failed \(HTTP 502\)\. Try again"):
        asks(Fake(httpx.Response(502, content=body)), "complete", "x", QUESTION)


@both
@pytest.mark.parametrize(
    ("raised", "expected"),
    [
        (httpx.ConnectError("refused"), Unreachable),
        (httpx.ConnectTimeout("slow"), Unreachable),
        (httpx.ReadTimeout("slow"), TimedOut),
        (httpx.PoolTimeout("busy"), TimedOut),
        (httpx.ReadError("gone"), Unreachable),
        (httpx.RemoteProtocolError("gone"), Unreachable),
        (httpx.DecodingError("damaged"), NotUnderstood),
    ],
)
def test_a_broken_connection_is_told_with_the_servers_address(
    asks: Callable[..., Any], raised: Exception, expected: type[GradientError]
) -> None:
    fake = Fake(raised)
    for call in (("complete", "x", QUESTION), ("stream", "x", QUESTION)):
        with pytest.raises(expected, match=r"http://gradient\.test/api"):
            asks(fake, *call)


def test_a_client_that_was_closed_says_so_and_sends_nothing() -> None:
    fake = says({})
    client = Client(SERVER, transport=fake.transport)
    client.close()
    for call in (
        lambda: client.complete("x", QUESTION),
        lambda: list(client.stream("x", QUESTION)),
    ):
        with pytest.raises(Closed, match="was closed"):
            call()
    assert not fake.heard


@both
@pytest.mark.parametrize(
    "answer",
    [
        httpx.Response(200, text="<html>hello</html>"),
        httpx.Response(200, json={"models": [{"type": "unheardOf", "id": "x"}]}),
        httpx.Response(200, json=[]),
        httpx.Response(200, content=b'{"models": "\xff"}'),
        httpx.Response(200),
        httpx.Response(302, headers={"location": "https://elsewhere.test/"}),
    ],
)
def test_an_answer_that_is_not_the_apis_is_not_understood(
    asks: Callable[..., Any], answer: httpx.Response
) -> None:
    with pytest.raises(NotUnderstood, match="address"):
        asks(Fake(answer), "list_models")


@both
def test_what_is_only_read_is_asked_again_until_it_is_answered(asks: Callable[..., Any]) -> None:
    fake = Fake(
        httpx.ConnectError("refused"),
        httpx.Response(503, json={"message": "swapping"}),
        httpx.Response(200, json={"models": []}),
    )
    assert asks(fake, "list_models") == []
    assert len(fake.heard) == 3


@both
@pytest.mark.parametrize(
    ("call", "answer"),
    [
        (("complete", "x", QUESTION), httpx.ConnectError("refused")),
        (("create_adapter", "base", "mine"), httpx.Response(503, json={"message": "busy"})),
        (("fine_tune", "x", LESSON), httpx.ReadError("gone")),
        (("list_models",), httpx.ReadTimeout("slow")),
        (("list_models",), httpx.Response(500, json={"message": "broken"})),
    ],
)
def test_what_changes_something_or_would_not_help_is_asked_once(
    asks: Callable[..., Any], call: tuple[Any, ...], answer: httpx.Response | Exception
) -> None:
    fake = Fake(answer)
    with pytest.raises(GradientError):
        asks(fake, *call)
    assert len(fake.heard) == 1


@both
def test_a_plain_server_has_no_extensions_and_is_well(asks: Callable[..., Any]) -> None:
    plain = says({"message": "no such page"}, 404)
    assert asks(plain, "info") is None
    assert asks(plain, "health") is True


@both
@pytest.mark.parametrize(
    "answer", [httpx.ConnectError("refused"), httpx.Response(503, json={"message": "loading"})]
)
def test_a_server_that_cannot_answer_is_not_well(
    asks: Callable[..., Any], answer: httpx.Response | Exception
) -> None:
    assert asks(Fake(answer), "health") is False


@both
def test_a_wrong_token_is_not_taken_for_a_plain_server(asks: Callable[..., Any]) -> None:
    with pytest.raises(Unauthorized):
        asks(says({"message": "wrong token"}, 401), "info")


@pytest.mark.parametrize("model_id", ["../runs/1", "a/b?c#d", "..", ".", "", "é\n", "%2F"])
def test_an_id_stays_one_segment_of_the_path(model_id: str) -> None:
    fake = says({"generatedOutput": "", "finishReason": "stop"})
    ask(fake, "complete", model_id, QUESTION)
    path = fake.heard[0].url.raw_path.decode()
    assert path.startswith("/api/models/")
    assert path.endswith("/complete")
    assert path.count("/") == 4


@pytest.mark.parametrize(
    ("call", "rule"),
    [
        (("create_adapter", "", "mine"), "base_model_id"),
        (("create_adapter", "base", ""), "name"),
        (("create_adapter", "base", "mine", 33), "rank"),
        (("create_adapter", "base", "mine", 8, 1.0), "learning_rate"),
    ],
)
def test_a_broken_rule_is_told_before_anything_is_sent(call: tuple[Any, ...], rule: str) -> None:
    fake = says({})
    with pytest.raises(BadRequest, match=f"Nothing was sent.*{rule}"):
        ask(fake, *call)
    assert fake.heard == []


@pytest.mark.parametrize("url", ["http://gradient.test/api", "http://gradient.test/api/"])
def test_a_slash_at_the_end_of_the_address_changes_nothing(url: str) -> None:
    fake = says({"models": []})
    with Client(Server(url, SecretStr(TOKEN), "w"), transport=fake.transport) as client:
        client.list_models()
    assert fake.heard[0].url.path == "/api/models"


@pytest.mark.parametrize(
    ("url", "token", "workspace", "told"),
    [
        ("gradient.test/api", TOKEN, "w", "http://"),
        ("ftp://gradient.test", TOKEN, "w", "http://"),
        ("http://", TOKEN, "w", "http://"),
        ("http://[::1", TOKEN, "w", "not a URL"),
        ("http://me:pw@gradient.test/api", TOKEN, "w", "leave out user"),
        ("http://gradient.test/api?x=1", TOKEN, "w", "leave out user"),
        ("http://gradient.test/api", "", "w", "GRADIENT_ACCESS_TOKEN"),
        ("http://gradient.test/api", "secret\nline", "w", "GRADIENT_ACCESS_TOKEN"),
        ("http://gradient.test/api", "sécret", "w", "GRADIENT_ACCESS_TOKEN"),
        ("http://gradient.test/api", TOKEN, "", "GRADIENT_WORKSPACE_ID"),
        ("http://gradient.test/api", TOKEN, "two words", "GRADIENT_WORKSPACE_ID"),
    ],
)
def test_an_address_or_a_credential_that_cannot_be_used_is_told_at_once(
    url: str, token: str, workspace: str, told: str
) -> None:
    with pytest.raises(Misconfigured, match=told) as raised:
        Server(url, SecretStr(token), workspace)
    assert not token or token not in raised.value.message


def test_the_token_is_in_no_representation_no_error_and_no_log(
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"message": f"Bearer {TOKEN} is not known"}
    for fake in (says(echo, 401), says(echo, 503), streams(events(("error", echo)))):
        for call in (("list_models",), ("stream", "x", QUESTION)):
            with pytest.raises(GradientError) as raised:
                ask(fake, *call)
            assert TOKEN not in f"{raised.value!r} {raised.value.detail}"
    with Client(SERVER) as client:
        assert TOKEN not in f"{SERVER!r} {client!r} {client.__dict__}"
    assert TOKEN not in caplog.text


def test_the_client_comes_without_langchain() -> None:
    code = "import sys, lib.gradient.client; sys.exit('langchain_core' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
