"""Asking corrected questions again: before a run where that is needed, and after it."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from lib.gradient.schemas import Complete
from lib.ledger.records import Answer, ExchangeState, NewExchange, ProofItem, Sampling
from lib.teaching.proof import Kind, outcome
from lib.teaching.scores import exact, f1

if TYPE_CHECKING:
    from lib.gradient.client import Client
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange, Run
    from lib.ui.models import Models


class Proofs:
    """Asks on behalf of runs, and keeps what was heard as theirs.

    Args:
        ledger: where answers and proofs are kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger

    def missing(self, run: Run) -> list[Correction]:
        """The corrections of a run that were not asked again yet."""
        asked = {item.correction_id for item in self._ledger.proof(run.id)}
        return [found for found, _ in self._ledger.batch(run.id) if found.id not in asked]

    def ask_before(self, client: Client, run: Run, models: Models) -> None:
        """Ask what the adapter says now, where the recorded wrong answer is not its own.

        Raises:
            GradientError: the server does not answer.
        """
        untaught = run.parent_version == 0
        for correction, _ in self._ledger.batch(run.id):
            asked = self._exchange(correction)
            own = asked is not None and (
                (asked.model_id == run.adapter_id and asked.version == run.parent_version)
                or (untaught and asked.model_id == models.base_of(run.adapter_id))
            )
            if not own:
                self._ask(client, run, correction, asked, version=run.parent_version)

    def take(self, client: Client, run: Run) -> None:
        """Ask every correction of the run again, and keep each outcome as it is found.

        Raises:
            GradientError: the server does not answer; the rest can be asked later.
        """
        version = run.result.version if run.result else None
        before = {
            asked.prompt: asked.answer
            for asked in self._ledger.exchanges(1000, run_id=run.id)
            if asked.state is ExchangeState.ANSWERED
            and run.finished_at is not None
            and asked.created_at < run.finished_at
        }
        for correction in self.missing(run):
            asked = self._exchange(correction)
            heard = self._ask(client, run, correction, asked, version=version)
            was = before.get(correction.prompt, correction.wrong_answer)
            right, said = correction.right_answer, heard.answer
            item = ProofItem(
                kind=Kind.CORRECTION,
                question=correction.question,
                before=was,
                expected=right,
                after=said,
                outcome=outcome(Kind.CORRECTION, before=was, expected=right, after=said),
                exact=exact(said, right),
                f1=f1(said, right),
                version=heard.version,
                correction_id=correction.id,
                exchange_id=heard.id,
            )
            self._ledger.prove(run.id, [item])

    def _exchange(self, correction: Correction) -> Exchange | None:
        return self._ledger.exchange(correction.exchange_id) if correction.exchange_id else None

    def _ask(
        self,
        client: Client,
        run: Run,
        correction: Correction,
        asked: Exchange | None,
        *,
        version: int | None,
    ) -> Exchange:
        """Ask with the question's own template and settings."""
        sampling = asked.sampling if asked else Sampling()
        exchange = self._ledger.ask(
            NewExchange(
                question=correction.question,
                prompt=correction.prompt,
                template_text=asked.template_text if asked else correction.prompt,
                template_id=asked.template_id if asked else None,
                template_version=asked.template_version if asked else None,
                variables=asked.variables if asked else {},
                server_url=client.server.url,
                model_id=run.adapter_id,
                model_name=run.adapter_name,
                version=version,
                auto_template=correction.auto_template,
                sampling=sampling,
                run_id=run.id,
            )
        )
        began = time.monotonic()
        heard = client.complete(
            run.adapter_id,
            Complete(
                query=correction.prompt,
                max_generated_token_count=sampling.max_generated_token_count,
                temperature=sampling.temperature,
                top_k=sampling.top_k,
                top_p=sampling.top_p,
                auto_template=correction.auto_template,
                version=version,
                question=correction.question,
            ),
        )
        return self._ledger.answered(
            exchange.id,
            Answer(
                text=heard.generated_output,
                finish_reason=heard.finish_reason,
                version=heard.version,
                seconds=time.monotonic() - began,
                prompt_tokens=heard.prompt_tokens,
                generated_tokens=heard.generated_tokens,
                scope=heard.scope.model_dump(mode="json") if heard.scope else None,
            ),
        )
