"""The same questions asked of two or three models or versions, side by side."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from lib.ledger.records import NewExchange, Sampling
from lib.teaching.templates import render
from lib.ui.model_picker import Choice

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lib.gradient.client import Server
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange, Template
    from lib.ui.answers import Answers
    from lib.ui.connection import Connection
    from lib.ui.models import Models

AT_ONCE = 3
"""Answers that are heard at a time."""
MOST_QUESTIONS = 50
FEWEST, MOST = 2, 3
"""How many answer side by side."""


@dataclass
class Comparison:
    """One comparison in a session: who answers what, and what was asked of it so far.

    `orders` says, for each question, in which order the choices stand; `voted` holds, by question,
    the exchange that was liked best, or None where none was.
    """

    questions: tuple[str, ...]
    choices: tuple[Choice, ...]
    template: Template
    variables: Mapping[str, str]
    auto_template: bool
    blind: bool
    by: str = ""
    orders: list[list[int]] = field(default_factory=list)
    exchanges: dict[tuple[int, int], str] = field(default_factory=dict)
    voted: dict[int, str | None] = field(default_factory=dict)

    def __post_init__(self) -> None:
        order = list(range(len(self.choices)))
        for _ in self.questions:
            if self.blind:
                secrets.SystemRandom().shuffle(order)
            self.orders.append(list(order))

    @property
    def whole(self) -> bool:
        """Whether everything was asked."""
        return len(self.exchanges) == len(self.questions) * len(self.choices)

    def hidden(self, question: int) -> bool:
        """Whether nobody is to know yet who answers a question."""
        return self.blind and question not in self.voted

    def ids(self, question: int) -> list[str]:
        """The exchanges of a question asked so far, in the order they stand in."""
        found = (self.exchanges.get((question, choice)) for choice in self.orders[question])
        return [identity for identity in found if identity is not None]

    def go_on(self, server: Server, answers: Answers) -> None:
        """Ask what comes next, if there is room.

        Raises:
            LedgerError: a question could not be kept, and was not asked.
        """
        heard = sum(answers.under_way(identity) is not None for identity in self.exchanges.values())
        left = (
            (question, choice)
            for question in range(len(self.questions))
            for choice in self.orders[question]
            if (question, choice) not in self.exchanges
        )
        for (question, choice), _ in zip(left, range(AT_ONCE - heard), strict=False):
            new = self._exchange(self.questions[question], self.choices[choice], server.url)
            self.exchanges[question, choice] = answers.ask(server, new).exchange.id

    def vote(self, ledger: Ledger, question: int, chosen: str | None) -> None:
        """Keep which answer to a question is liked best; a question is voted on once.

        Raises:
            LedgerError: it could not be kept.
        """
        if question not in self.voted:
            ledger.vote(
                self.questions[question],
                self.ids(question),
                chosen,
                blind=self.blind,
                by=self.by,
            )
            self.voted[question] = chosen

    def _exchange(self, question: str, choice: Choice, url: str) -> NewExchange:
        template = self.template
        return NewExchange(
            question=question,
            prompt=render(template.text, **{**self.variables, "question": question}),
            template_text=template.text,
            template_id=template.id,
            template_version=template.version,
            variables=self.variables,
            server_url=url,
            model_id=choice.model_id,
            model_name=choice.name,
            version=choice.version,
            auto_template=self.auto_template,
            sampling=Sampling(),
            aside=True,
            asked_by=self.by,
        )


def questions_in(text: str) -> list[str]:
    """A question a line, each once."""
    return list(dict.fromkeys(line.strip() for line in text.splitlines() if line.strip()))


def differ(exchanges: Sequence[Exchange]) -> bool:
    """Whether answers to one question are not all the same."""
    return len({exchange.answer.strip() for exchange in exchanges}) > 1


def comparable(models: Models, connection: Connection) -> list[Choice]:
    """Everybody who can answer: base models, adapters as they answer now, and every version.

    Raises:
        GradientError: the server does not say what it has.
    """
    choices = [Choice(model.id, models.name(model.id)) for model in models.base]
    for adapter in models.adapters:
        choices.append(Choice(adapter.id, adapter.name))
        choices += [
            Choice(adapter.id, adapter.name, version.number)
            for version in reversed(connection.versions(adapter.id))
        ]
        if connection.can("versions"):
            choices.append(Choice(adapter.id, adapter.name, 0))
    return choices
