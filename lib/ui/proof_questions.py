"""What a proof asks: everything that should have changed, and much that should not."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from lib.ledger.records import CorrectionState, Sampling
from lib.teaching.general_questions import general_questions
from lib.teaching.proof import Kind
from lib.teaching.rewordings import rewordings
from lib.teaching.samples import taught_answer
from lib.teaching.scores import norm
from lib.teaching.templates import DEFAULT, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange, Run

Name = tuple[Kind, str, str | None]
"""What tells a question from the others of its proof: its kind, its text, its correction."""
GENERAL = Sampling(max_generated_token_count=32, temperature=0.0)


@dataclass(frozen=True)
class ProofQuestion:
    """One question of a proof, with its own template and settings.

    `expected` is the right answer; None where any answer is right as long as it is the old one.
    `recorded` is what somebody was once answered, for where it is too late to ask what was before.
    """

    kind: Kind
    question: str
    prompt: str
    template_text: str
    template_id: str | None = None
    template_version: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    auto_template: bool = True
    sampling: Sampling = GENERAL
    expected: str | None = None
    recorded: str = ""
    correction_id: str | None = None
    typed: bool = False
    """Of a rewording: somebody typed it; the others are made by rule."""

    @property
    def name(self) -> Name:
        """What tells it from the other questions of its proof."""
        return self.kind, self.question, self.correction_id


def proof_questions(
    ledger: Ledger, run: Run, base_id: str, *, thorough: bool = False
) -> list[ProofQuestion]:
    """Every question of a run's proof: those of its own batch first.

    What the version was taught has one right answer, whatever was marked *right* before, so no
    guard and no general question asks the same. A correction that was put aside is not asked:
    nobody wants its answer any more.

    Args:
        ledger: where corrections and guards are kept.
        run: the run to prove.
        base_id: of the base model of its adapter.
        thorough: with rewordings made of every correction, and not of the run's own batch alone;
            those that somebody typed are always asked.
    """
    own = {correction.id for correction, _ in ledger.batch(run.id)}
    held = [
        (correction, taught_answer(sent.sample, correction.prompt))
        for correction, sent in ledger.held(run.id)
        if correction.state is not CorrectionState.DISCARDED
    ]
    held.sort(key=lambda pair: pair[0].id not in own)
    typed = ledger.rewordings([correction.id for correction, _ in held])
    taught = {norm(correction.question) for correction, _ in held}
    taught |= {norm(text) for texts in typed.values() for text in texts}
    asked: list[ProofQuestion] = []
    reworded: list[ProofQuestion] = []
    for correction, answer in held:
        exchange = ledger.exchange(correction.exchange_id) if correction.exchange_id else None
        question = _corrected(correction, exchange, answer)
        asked.append(question)
        texts = typed.get(correction.id, [])
        reworded += _reworded(question, texts, typed=True)
        if thorough or correction.id in own:
            made = [text for text in rewordings(question.question) if text not in texts]
            reworded += _reworded(question, made)
    others = [_guard(exchange) for exchange in ledger.guards(run.adapter_id, base_id)]
    others += [_general(text) for text in general_questions()]
    kept = [question for question in others if norm(question.question) not in taught]
    return list({question.name: question for question in [*asked, *reworded, *kept]}.values())


def _corrected(correction: Correction, exchange: Exchange | None, answer: str) -> ProofQuestion:
    return ProofQuestion(
        kind=Kind.CORRECTION,
        question=correction.question,
        prompt=correction.prompt,
        template_text=exchange.template_text if exchange else correction.prompt,
        template_id=exchange.template_id if exchange else None,
        template_version=exchange.template_version if exchange else None,
        variables=exchange.variables if exchange else {},
        auto_template=correction.auto_template,
        sampling=exchange.sampling if exchange else Sampling(),
        expected=answer,
        recorded=correction.wrong_answer,
        correction_id=correction.id,
    )


def _reworded(
    asked: ProofQuestion, texts: Sequence[str], *, typed: bool = False
) -> Iterator[ProofQuestion]:
    for text in texts:
        if asked.template_id or "{question}" in asked.template_text:
            prompt = render(asked.template_text, **{**asked.variables, "question": text})
        else:
            prompt = asked.prompt.replace(asked.question, text)
        if prompt != asked.prompt:
            yield replace(
                asked, kind=Kind.REWORDING, question=text, prompt=prompt, recorded="", typed=typed
            )


def _guard(exchange: Exchange) -> ProofQuestion:
    """Asked without chance, so that an answer that changes was changed."""
    return ProofQuestion(
        kind=Kind.GUARD,
        question=exchange.question,
        prompt=exchange.prompt,
        template_text=exchange.template_text,
        template_id=exchange.template_id,
        template_version=exchange.template_version,
        variables=exchange.variables,
        auto_template=exchange.auto_template,
        sampling=replace(exchange.sampling, temperature=0.0),
        expected=exchange.answer,
        recorded=exchange.answer,
    )


def _general(text: str) -> ProofQuestion:
    return ProofQuestion(
        kind=Kind.GENERAL,
        question=text,
        prompt=render(DEFAULT, question=text),
        template_text=DEFAULT,
    )
