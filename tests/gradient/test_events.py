"""Streamed answers, however a server or the network cuts them up."""

from __future__ import annotations

import json
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.gradient.schemas import Complete, Completed, Token
from tests.gradient.fake import BOTH, streams

if TYPE_CHECKING:
    from collections.abc import Callable

TEXTS = st.lists(st.text(st.characters(exclude_categories=["Cs"])), max_size=5)


@st.composite
def cut(draw: st.DrawFn) -> tuple[list[str], list[bytes]]:
    """Texts, and a correct stream of them: any line ends, comments, many data lines, any cuts."""
    texts = draw(TEXTS)
    end = draw(st.sampled_from(["\n", "\r\n", "\r"]))
    told: list[tuple[str, dict[str, str]]] = [("token", {"text": text}) for text in texts]
    told.append(("done", {"generatedOutput": "".join(texts), "finishReason": "stop"}))
    lines: list[str] = []
    for name, data in told:
        if draw(st.booleans()):
            lines += [": a comment, to keep the connection open", "retry: 10", "id: 7"]
            lines += [""] * draw(st.integers(0, 1))
        written = json.dumps(data, indent=draw(st.sampled_from([None, 1])), ensure_ascii=False)
        space = draw(st.sampled_from(["", " "]))
        fields = [f"event:{space}{name}", *(f"data: {line}" for line in written.split("\n"))]
        lines += [*fields, ""]
    raw = "".join(line + end for line in lines).encode()
    at = sorted(draw(st.sets(st.integers(0, len(raw)), max_size=12)) | {0, len(raw)})
    return texts, [raw[start:stop] for start, stop in pairwise(at)]


@pytest.mark.parametrize("asks", BOTH, ids=["sync", "async"])
@given(cut())
def test_a_stream_says_the_same_however_it_is_cut(
    asks: Callable[..., Any], told: tuple[list[str], list[bytes]]
) -> None:
    texts, pieces = told
    heard = asks(streams(pieces), "stream", "x", Complete(query="?"))
    assert heard[:-1] == [Token(text=text) for text in texts]
    assert heard[-1] == Completed(generated_output="".join(texts), finish_reason="stop")
