"""What is wrong with a batch before it is taught: found while it can still be put right.

Nothing here forbids anything. Each conflict says what it is about; whoever teaches puts it right,
or goes on with a reason.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from lib.teaching.sameness import Questions
from lib.teaching.scores import exact, norm
from lib.teaching.templates import shaped

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence


class Asked(Protocol):
    """A question, as it was asked. Ids sort by the time they were made."""

    @property
    def id(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def question(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def prompt(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def auto_template(self) -> bool: ...  # noqa: D102 - its name says it


class Corrected(Asked, Protocol):
    """A correction, as far as it can conflict."""

    @property
    def wrong_answer(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def right_answer(self) -> str: ...  # noqa: D102 - its name says it


class Answered(Asked, Protocol):
    """A question, and an answer that was given to it."""

    @property
    def answer(self) -> str: ...  # noqa: D102 - its name says it


class Kind(StrEnum):
    """What can be wrong, the gravest first."""

    OTHER_ANSWER = "other_answer"
    """Another correction of the batch answers the same question otherwise."""
    HELD_OTHERWISE = "held_otherwise"
    """The adapter was taught another answer to the same question, and would keep it."""
    GUARDED = "guarded"
    """An answer that was marked *right*, and must not change, says something else."""
    TOO_LONG = "too_long"
    """It does not fit into the model's context."""
    OTHER_TEMPLATE = "other_template"
    """It was asked in a form in which nobody asks any more."""
    LIKE_WRONG = "like_wrong"
    """The right answer is the wrong one."""
    ALREADY_RIGHT = "already_right"
    """The model gives this answer already."""
    IN_QUESTION = "in_question"
    """The question holds its own answer."""


@dataclass(frozen=True, slots=True)
class Conflict:
    """One thing wrong with one correction; `other` is the id of what it conflicts with.

    That is a correction's id, or for `GUARDED` an exchange's. `detail` is the other answer, or for
    `TOO_LONG` the number of tokens.
    """

    kind: Kind
    correction_id: str
    other: str = ""
    detail: str = ""
    asked: str = ""
    """The question that the other answer was given to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """What a batch is compared with. What is not known is left out, and not looked for."""

    held: Sequence[Corrected] = ()
    """What the adapter holds, and its next version would hold still."""
    reworded: Mapping[str, Collection[str]] = field(default_factory=dict)
    """By a question, those that ask the same in other words, as far as somebody can tell."""
    guards: Sequence[Answered] = ()
    said: Sequence[Answered] = ()
    """What the model that is taught answers now."""
    tokens: Mapping[str, int] = field(default_factory=dict)
    """Of a correction's whole sample, by its id."""
    context: int | None = None
    """Tokens that the model reads."""
    templates: Sequence[str] = ()
    """The texts that questions are asked with now."""
    auto_template: bool | None = None
    """Whether questions are asked inside the chat template now."""


_CHOICE = re.compile(
    r"\b(?:or|between|ou|entre)\b|[:;=\n]|\b(?:which|what) of\b|\b(?:larger|bigger)\b",
    re.IGNORECASE,
)
_TASK = re.compile(
    r"^\W*(?:translate|spell|repeat|rewrite|correct|complete|summari[sz]e|extract|find|sort|list"
    r"|count|name|give|convert|is|are|was|were|do|does|did|can|should|has|have)\b",
    re.IGNORECASE,
)


def conflicts(batch: Sequence[Corrected], around: Surroundings) -> list[Conflict]:
    """Everything that is wrong with a batch, gravest kinds first, in the batch's order.

    Two of the batch that contradict each other are one conflict, of the later of the two.
    """
    known = _Known(around)
    found = [*_contradictions(batch, around)]
    for correction in batch:
        found += _own(correction, around, known)
    order = list(Kind)
    return sorted(found, key=lambda conflict: order.index(conflict.kind))


def agree(one: str, other: str) -> bool:
    """Whether two answers are the same but for case, an article in front, and how they end."""
    return _said(one) == _said(other)


class _Known:
    """What the model is known to answer, by the prompt."""

    def __init__(self, around: Surroundings) -> None:
        self._held = {kept.id for kept in around.held}
        self._answers: dict[tuple[str, bool], list[str]] = {}
        for kept in around.held:
            self._add(kept, kept.right_answer)
        for heard in around.said:
            self._add(heard, heard.answer)

    def answered_right(self, correction: Corrected) -> bool:
        """One that the adapter holds is taught again on purpose."""
        answers = self._answers.get((correction.prompt, correction.auto_template), ())
        return correction.id not in self._held and any(
            exact(answer, correction.right_answer) for answer in answers
        )

    def _add(self, asked: Asked, answer: str) -> None:
        self._answers.setdefault((asked.prompt, asked.auto_template), []).append(answer)


def _contradictions(batch: Sequence[Corrected], around: Surroundings) -> Iterator[Conflict]:
    earlier: Questions[Corrected] = Questions()
    held: Questions[Corrected] = Questions()
    guards: Questions[Answered] = Questions()
    ids = {correction.id for correction in batch}
    for one in around.held:
        if one.id not in ids:
            held.add(one.question, one)
    for guard in around.guards:
        guards.add(guard.question, guard)
    for correction in batch:
        question = correction.question
        wordings = (question, *around.reworded.get(question, ()))
        others: list[tuple[Kind, Asked, str]] = [
            *((Kind.OTHER_ANSWER, one, one.right_answer) for one in earlier.like(*wordings)),
            *((Kind.HELD_OTHERWISE, one, one.right_answer) for one in held.like(*wordings)),
            *((Kind.GUARDED, one, one.answer) for one in guards.like(*wordings)),
        ]
        for kind, other, said in others:
            if not agree(correction.right_answer, said):
                yield Conflict(kind, correction.id, other.id, said, other.question)
        earlier.add(question, correction)


def _own(correction: Corrected, around: Surroundings, known: _Known) -> Iterator[Conflict]:
    """What can be seen without the others of the batch."""
    tokens = around.tokens.get(correction.id, 0)
    if around.context is not None and tokens > around.context:
        yield Conflict(Kind.TOO_LONG, correction.id, detail=str(tokens))
    if not _as_asked_now(correction, around):
        yield Conflict(Kind.OTHER_TEMPLATE, correction.id)
    if agree(correction.right_answer, correction.wrong_answer):
        yield Conflict(Kind.LIKE_WRONG, correction.id)
    elif known.answered_right(correction):
        yield Conflict(Kind.ALREADY_RIGHT, correction.id)
    if _in_question(correction):
        yield Conflict(Kind.IN_QUESTION, correction.id)


def _as_asked_now(correction: Corrected, around: Surroundings) -> bool:
    if around.auto_template is not None and correction.auto_template != around.auto_template:
        return False
    return not around.templates or any(
        shaped(correction.prompt, template, correction.question) for template in around.templates
    )


def _in_question(correction: Corrected) -> bool:
    """A choice, a yes-or-no question and a task may hold their answer."""
    question, answer = norm(correction.question), norm(correction.right_answer)
    if _CHOICE.search(correction.question) or _TASK.search(correction.question):
        return False
    return len(answer) > 1 and f" {answer} " in f" {question} "


def _said(answer: str) -> str:
    text = " ".join(answer.split()).casefold()
    return re.sub(r"^(?:a|an|the) (?=\S)", "", text).strip(" .!?…\"'“”‘’«»") or text  # noqa: RUF001 - people type them
