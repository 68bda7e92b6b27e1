"""One proof while it is taken: what was answered before, what is out of scope, what is asked."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from lib.gradient.schemas import Scope
from lib.ledger.records import NewExchange, ProofItem, Sampling
from lib.teaching.proof import Kind, outcome
from lib.teaching.scores import exact, f1
from lib.ui.asking import answer_to
from lib.ui.proof_questions import Name, proof_questions

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lib.gradient.client import Client
    from lib.gradient.schemas import Version
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange, Run
    from lib.ui.models import Models
    from lib.ui.proof_questions import ProofQuestion

Words = tuple[str, bool, Sampling]
"""Prompt, whether in the chat template, and settings: all that an answer depends on."""


@dataclass(frozen=True)
class Answerer:
    """Who answers: a base model, or a version of an adapter; on a plain server, as it is then.

    Of a base model's adapters it is who answers what is outside their scope.
    """

    model_id: str
    name: str
    version: int | None = None
    adapters: tuple[str, ...] = ()
    since: datetime | None = None
    until: datetime | None = None


class Taking:
    """One proof of one version while it is taken; the arguments are as `Proofs.take` has them."""

    def __init__(
        self,
        ledger: Ledger,
        client: Client,
        run: Run,
        models: Models,
        versions: Sequence[Version] = (),
        *,
        thorough: bool = False,
    ) -> None:
        self._ledger = ledger
        self._client = client
        self._run = run
        self._scopes = {version.number: version.scope for version in versions}
        base_id = models.base_of(run.adapter_id)
        adapters = tuple(a.id for a in models.adapters if a.base_model_id == base_id)
        self._base = Answerer(base_id, models.name(base_id), adapters=adapters)
        self._before = self._answerer_before()
        version = run.result.version if run.result else None
        self._after = Answerer(run.adapter_id, run.adapter_name, version)
        self.questions = proof_questions(ledger, run, base_id, thorough=thorough)
        self._known = self._heard(self._before)
        self._of_base = self._heard(self._base)
        self._reached_before: dict[Name, bool] = {}
        self._reached_after: dict[Name, bool] = {}

    def known(self, question: ProofQuestion) -> str | None:
        """The answer before the run, if somebody has heard it."""
        was = self._known.get(_words(question))
        if was is None and self._reached_before.get(question.name) is False:
            was = self._of_base.get(_words(question))
        return was

    def before(self, question: ProofQuestion) -> str | None:
        """The answer before the run; None where it is too late to ask."""
        who, was = self._before, self.known(question)
        gone = who.version is not None and who.version not in self._scopes
        if was is None and who.until is None and not gone:
            was = self._ask(question, who).answer
        return was

    def look(self, questions: Sequence[ProofQuestion]) -> None:
        """Find out which questions a correction reaches, before the run and after it."""
        for number, reached in (
            (self._run.parent_version, self._reached_before),
            (self._after.version, self._reached_after),
        ):
            if number == 0:
                reached.update((question.name, False) for question in questions)
            elif number is not None and questions and self._scopes.get(number) is Scope.NEAR:
                texts = [question.question for question in questions]
                found = self._client.nearness(self._run.adapter_id, texts, number)
                for question, nearness in zip(questions, found, strict=True):
                    reached[question.name] = nearness.near

    def item(self, question: ProofQuestion) -> ProofItem | None:
        """What a question shows; None where nobody can say any more what should be the same."""
        decides = question.kind is not Kind.REWORDING
        was = self.before(question) if decides else self.known(question)
        expected = was if question.expected is None else question.expected
        if expected is None:
            return None
        if was is None:
            was = question.recorded
        heard = self._ask(question, self._after)
        return _item(question, was, expected, heard.answer, heard.version, exchange_id=heard.id)

    def unmoved(self, questions: Sequence[ProofQuestion]) -> dict[Name, ProofItem]:
        """What no correction reaches, in this version or before it, by the question's name.

        The base model's answer to it stays what it is, heard or not. A guard is among them only if
        that answer was heard, as it must be compared with the one that was marked.
        """
        items = {}
        for question in questions:
            name = question.name
            unreached = (self._reached_before.get(name), self._reached_after.get(name))
            said = self._of_base.get(_words(question), "" if question.expected is None else None)
            if unreached == (False, False) and said is not None:
                expected = said if question.expected is None else question.expected
                items[name] = _item(
                    question, said, expected, said, self._after.version, by_scope=True
                )
        return items

    def _answerer_before(self) -> Answerer:
        run = self._run
        if run.parent_version == 0:
            return self._base
        if run.parent_version is not None:
            return Answerer(run.adapter_id, run.adapter_name, run.parent_version)
        ends = [
            earlier.finished_at
            for earlier in self._ledger.runs(adapter_id=run.adapter_id)
            if earlier.result and earlier.finished_at and earlier.created_at < run.created_at
        ]
        since = max(ends, default=None)
        return Answerer(run.adapter_id, run.adapter_name, since=since, until=run.finished_at)

    def _heard(self, who: Answerer) -> dict[Words, str]:
        """What somebody heard from an answerer already, in the same words and settings."""
        prompts = {question.prompt for question in self.questions}
        said = self._ledger.said(who.model_id, who.version, prompts)
        host = urlsplit(self._client.server.url).hostname
        return {
            (heard.prompt, heard.auto_template, heard.sampling): heard.answer
            for heard in [*self._ledger.passed_on(who.adapters, prompts), *reversed(said)]
            if urlsplit(heard.server_url).hostname == host
            and (who.since is None or heard.created_at >= who.since)
            and (who.until is None or heard.created_at < who.until)
        }

    def _ask(self, question: ProofQuestion, who: Answerer) -> Exchange:
        """Ask with the question's own template and settings."""
        sampling = question.sampling
        exchange = self._ledger.ask(
            NewExchange(
                question=question.question,
                prompt=question.prompt,
                template_text=question.template_text,
                template_id=question.template_id,
                template_version=question.template_version,
                variables=question.variables,
                server_url=self._client.server.url,
                model_id=who.model_id,
                model_name=who.name,
                version=who.version,
                auto_template=question.auto_template,
                sampling=sampling,
                run_id=self._run.id,
            )
        )
        return self._ledger.answered(exchange.id, answer_to(self._client, exchange))


def _words(question: ProofQuestion) -> Words:
    return question.prompt, question.auto_template, question.sampling


def _item(
    question: ProofQuestion,
    before: str,
    expected: str,
    after: str,
    version: int | None,
    *,
    exchange_id: str | None = None,
    by_scope: bool = False,
) -> ProofItem:
    return ProofItem(
        kind=question.kind,
        question=question.question,
        before=before,
        expected=expected,
        after=after,
        outcome=outcome(question.kind, before=before, expected=expected, after=after),
        exact=exact(after, expected),
        f1=f1(after, expected),
        version=version,
        correction_id=question.correction_id,
        exchange_id=exchange_id,
        by_scope=by_scope,
        typed=question.typed,
    )
