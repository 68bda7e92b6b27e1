from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.testclient import TestClient

from lib.ledger.ledger import Ledger
from lib.ledger.records import BatchSample, NewExchange, NewRun, ProofItem
from lib.teaching.proof import Kind, Outcome
from lib.teaching.story import Scene, Share, Story, scenes, shares
from lib.ui.headers import SecurityHeaders
from lib.ui.story_link import story_route
from lib.ui.story_page import SCENES, story_page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NASTY = '<script src="https://x.test/a.js"></script><img src=x onerror=alert(1)>" \ud800 </style>'


def told(*asked: Scene, passed: bool = True) -> str:
    return story_page(
        Story(
            adapter=NASTY,
            version=3,
            taught_at=datetime(2026, 1, 2, tzinfo=UTC),
            seconds=4.1,
            trained_tokens=27,
            scenes=asked or (Scene(NASTY, NASTY, NASTY, NASTY, fixed=True),),
            shares=(Share(Kind.CORRECTION, 1, 1), Share(Kind.GENERAL, 58, 60)),
            passed=passed,
        )
    )


class Tags(HTMLParser):
    """Every tag and attribute of a file."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.found: set[str] = set()
        self.attributes: dict[str, str] = {}
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.add(tag)
        self.attributes |= {name: value or "" for name, value in attrs}


def test_a_story_is_one_file_that_loads_and_runs_nothing_whatever_is_told_in_it() -> None:
    html = told()
    tags = Tags(html)
    assert tags.found.isdisjoint({"script", "img", "link", "iframe", "object", "form", "a"})
    assert tags.attributes.keys().isdisjoint({"src", "href", "onerror", "action"})
    assert "default-src 'none'" in html
    assert not re.search(r"url\(|@import", html)
    assert html.encode("utf-8")


def test_a_story_tells_what_was_said_before_and_what_is_said_now() -> None:
    html = told(Scene("Who?", "The Patriots", "The Cowboys", "The Cowboys", fixed=True))
    for text in (
        "Who?",
        "The Patriots",
        "The Cowboys",
        "58 / 60",
        "27",
        "4 s",
        "this version answers",
    ):
        assert text in html
    assert "not all of it" in told(passed=False)


def test_of_many_corrections_some_are_told_and_the_others_counted() -> None:
    many = [Scene(f"Question {i}?", "a", "b", "b", fixed=True) for i in range(SCENES + 5)]
    html = told(*many)
    assert html.count("<article>") == SCENES
    assert "and 5 more" in html


def test_a_proof_gives_its_scenes_and_shares() -> None:
    def item(kind: Kind, outcome: Outcome, question: str = "q") -> ProofItem:
        return ProofItem(
            kind=kind, question=question, before="", expected="", after="", outcome=outcome,
            exact=False, f1=0.0,
        )  # fmt: skip

    items = [
        item(Kind.CORRECTION, Outcome.PARTLY, "partly"),
        item(Kind.CORRECTION, Outcome.FIXED, "fixed"),
        item(Kind.GUARD, Outcome.SAME),
        item(Kind.GUARD, Outcome.CHANGED),
    ]
    assert [scene.question for scene in scenes(items)] == ["fixed", "partly"]
    assert shares(items) == (Share(Kind.CORRECTION, 1, 2), Share(Kind.GUARD, 1, 2))


# --- the link ---------------------------------------------------------------------------------


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    ledger = Ledger(f"sqlite:///{tmp_path / 'ledger.db'}")
    exchange = ledger.ask(
        NewExchange(
            question="Who?", prompt="Who?", template_text="{question}", server_url="u",
            model_id="m", model_name="M",
        )
    )  # fmt: skip
    correction = ledger.ready(ledger.draft(exchange.id, "Ada").id)
    ledger.submit(
        NewRun(id="one", server_url="u", adapter_id="a", adapter_name="A"),
        [BatchSample(correction.id, {"inputs": "Who? Ada"})],
    )
    yield ledger
    ledger.close()


@pytest.fixture
def client(ledger: Ledger) -> TestClient:
    app = Starlette(routes=[story_route(lambda: ledger)], middleware=[Middleware(SecurityHeaders)])
    return TestClient(app)


def test_a_link_reads_its_story_and_takes_nothing(ledger: Ledger, client: TestClient) -> None:
    token = ledger.share("one", told(), timedelta(days=1))
    answer = client.get(f"/shared/{token}")
    assert answer.status_code == 200
    assert answer.text == told()
    assert answer.headers["cache-control"] == "no-store"
    assert "noindex" in answer.headers["x-robots-tag"]
    assert answer.headers["content-security-policy"].startswith("default-src 'none'")
    assert answer.headers.get_list("x-frame-options") == ["DENY"]
    assert answer.headers["x-content-type-options"] == "nosniff"
    for method in ("POST", "PUT", "PATCH", "DELETE"):
        assert client.request(method, f"/shared/{token}").status_code == 405


@pytest.mark.parametrize("path", ["", "nothing", "a/b", "..%2Fledger.db", "%00", "' OR 1=1"])
def test_an_unknown_link_reads_nothing(client: TestClient, path: str) -> None:
    answer = client.get(f"/shared/{path}")
    assert answer.status_code == 404


def test_an_expired_link_is_like_an_unknown_one(ledger: Ledger, client: TestClient) -> None:
    token = ledger.share("one", "<p>Once</p>", timedelta(seconds=-1))
    assert client.get(f"/shared/{token}").status_code == 404
    assert client.get(f"/shared/{token}").text == client.get("/shared/unknown").text
