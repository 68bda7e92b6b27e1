"""Where a sign-in is configured, whoever signed in is known by it, and nobody else gets in."""

from __future__ import annotations

import json
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Page, expect

from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, BatchSample, NewExchange, NewRun, RunResult, Verdict
from lib.teaching.decision import Decision
from tests.e2e.conftest import SECONDS, free_port, running_app
from tests.e2e.sign_in import PERSON, Provider
from tests.gradient_server import BASE, GradientServer

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.browser
expect.set_options(timeout=SECONDS * 1000)


def test_who_signs_in_marks_under_their_name_and_who_does_not_sees_a_shared_story_at_most(
    tmp_path: Path, tab: Page
) -> None:
    port = free_port()
    ledger = Ledger(f"sqlite:///{tmp_path / 'home' / 'ledger.db'}")
    new = NewExchange(
        question="A secret question?",
        prompt="A secret question?",
        template_text="{question}",
        server_url="http://127.0.0.1:1/api",
        model_id=BASE,
        model_name="Test base",
    )
    exchange = ledger.answered(ledger.ask(new).id, Answer(text="Patriots"))
    draft = ledger.draft(exchange.id, "Cowboys")
    ledger.submit(
        NewRun(id="run", server_url="u", adapter_id="a", adapter_name="A"),
        [BatchSample(ledger.ready(draft.id).id, {})],
    )
    ledger.finish("run", RunResult(trainable_tokens=1, sum_loss=1.0))
    ledger.decide("run", Decision(()))
    token = ledger.share("run", "<p>What it learned</p>", timedelta(days=1))
    with Provider() as provider, GradientServer() as server:
        secrets = tmp_path / ".streamlit" / "secrets.toml"
        secrets.parent.mkdir()
        secrets.write_text(provider.secrets(f"http://127.0.0.1:{port}"), "utf-8")
        environment = {
            **server.environment,
            "HOME": str(tmp_path),
            "ERRATA_ROLES": json.dumps({PERSON["email"]: ["reviewer"], "*": ["viewer"]}),
        }
        with running_app(tmp_path / "home", environment, port=port) as app:
            tab.goto(f"{app.url}/shared/{token}")
            expect(tab.get_by_text("What it learned")).to_be_visible()
            tab.goto(app.url)
            expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
            assert tab.get_by_text("secret").count() == 0
            tab.get_by_role("button", name="Sign in").click()
            tab.get_by_role("link", name=f"Go on as {PERSON['name']}").click()
            expect(tab.get_by_text("A secret question?", exact=True)).to_be_visible()
            expect(tab.get_by_text(f"{PERSON['name']} · {PERSON['email']}")).to_be_visible()
            tab.get_by_role("button", name="Right").click()
            expect(tab.get_by_text(f"must not change · {PERSON['email']}")).to_be_visible()
            said = ledger.judgement(exchange.id)
            assert said is not None
            assert (said.verdict, said.by) == (Verdict.RIGHT, PERSON["email"])
            tab.get_by_role("button", name="Sign out").click()
            expect(tab.get_by_role("button", name="Sign in")).to_be_visible()
    ledger.close()
