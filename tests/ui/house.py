"""The app's services without its pages: a ledger, a connection and fine-tunes, on a test server."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING

from pydantic import SecretStr

from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, NewExchange
from lib.settings import Settings
from lib.teaching.templates import DEFAULT, render
from lib.ui.connection import Connection
from lib.ui.fine_tunes import FineTunes, NewAdapter
from tests.gradient_server import BASE, TOKEN, WORKSPACE, WRONG

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from lib.ledger.records import Correction, Exchange, ProofItem, Run

ADAPTER = NewAdapter(BASE, "my-adapter")


@dataclass
class House:
    """What a person does, without the pages."""

    ledger: Ledger
    connection: Connection
    fine_tunes: FineTunes

    def close(self) -> None:
        """As an app that ends."""
        self.connection.close()
        self.ledger.close()

    def asked(
        self,
        question: str,
        answer: str = WRONG,
        model_id: str = BASE,
        scope: Mapping[str, object] | None = None,
    ) -> Exchange:
        """A question asked and answered some time ago."""
        exchange = self.ledger.ask(
            NewExchange(
                question=question,
                prompt=render(DEFAULT, question=question),
                template_text=DEFAULT,
                server_url=self.connection.client().server.url,
                model_id=model_id,
                model_name="Test base",
            )
        )
        return self.ledger.answered(exchange.id, Answer(text=answer, scope=scope))

    def corrected(self, question: str, right: str) -> Correction:
        """A correction that is ready."""
        return self.right(self.asked(question), right)

    def right(self, wrong: Exchange, right: str) -> Correction:
        """A correction of this answer that is ready."""
        return self.ledger.ready(self.ledger.draft(wrong.id, right).id)

    def taught(self, *corrections: Correction, adapter: str | NewAdapter = ADAPTER) -> Run:
        """A run that is done and proved."""
        run = self.fine_tunes.submit(uuid.uuid4().hex, adapter, corrections)
        return self.seen_through(run.id)

    def seen_through(self, run_id: str) -> Run:
        """A run when nobody follows it any more."""
        until(lambda: not self.fine_tunes.under_way(run_id))
        until(lambda: not self.fine_tunes.looking_back(run_id))
        return self.ledger.run(run_id)

    def proof(self, run: Run) -> dict[str, ProofItem]:
        """What a run's proof found, by question."""
        return {item.question: item for item in self.ledger.proof(run.id)}

    def live(self, run: Run) -> int:
        """The version that answers now."""
        return self.connection.client().get_adapter(run.adapter_id).live_version or 0


def until(what: Callable[[], bool]) -> None:
    """Wait, long enough for a busy machine."""
    for _ in range(6000):
        if what():
            return
        time.sleep(0.02)
    raise AssertionError("It did not happen")


def house_at(home: Path, url: str, access_token: str = TOKEN, workspace: str = WORKSPACE) -> House:
    """The app's services on a server."""
    settings = Settings(
        gradient_api_url=url,
        gradient_access_token=SecretStr(access_token),
        gradient_workspace_id=workspace,
        errata_home=home,
    )
    ledger = Ledger(settings.database_url)
    connection = Connection(settings)
    return House(ledger, connection, FineTunes(ledger, connection))
