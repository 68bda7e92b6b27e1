"""Prompt templates: text with `{question}` and other variables in it.

Only `{identifier}` is a variable. A value is put in as it is: braces inside a question mean
nothing. A template that LangChain's f-string `PromptTemplate` takes means what it means there, so
`{{` and `}}` give one brace each. Any other text is taken too, so that JSON can be pasted into it:
there `{{identifier}}` gives `{identifier}`, and every other brace is itself.

    TemplateError
      MissingVariables   values were not given for all variables
      NoQuestion         the template has no {question}
"""

from __future__ import annotations

import re
from string import Formatter

DEFAULT_NAME = "Question and answer"
DEFAULT = "Question: {question}\n\nAnswer: "
FIRST_QUESTION = "What NFL team won the Super Bowl in 1994?"

_LENIENT = re.compile(r"\{\{([^\W\d]\w*)\}\}|\{([^\W\d]\w*)\}")


class TemplateError(Exception):
    """A template that cannot be used as asked; the message is for the person who wrote it."""


class MissingVariables(TemplateError):
    """`names`: every variable without a value, in the template's order."""

    def __init__(self, names: tuple[str, ...]) -> None:
        self.names = names
        listed = ", ".join(f"{{{name}}}" for name in names)
        super().__init__(f"The prompt template needs a value for {listed}. Nothing was sent.")


class NoQuestion(TemplateError):
    """The template has no `{question}`, so every question would be asked alike."""

    def __init__(self) -> None:
        super().__init__(
            "The prompt template has no {question}. Put {question} where the question belongs."
        )


def variables(text: str) -> tuple[str, ...]:
    """The names of a template's variables, each once, in order of first appearance."""
    return tuple(dict.fromkeys(name for _, name in _pieces(text) if name is not None))


def render(text: str, /, **values: str) -> str:
    """The prompt: the template with its variables replaced. Other values are ignored.

    Raises:
        MissingVariables: a variable has no value.
    """
    missing = tuple(name for name in variables(text) if name not in values)
    if missing:
        raise MissingVariables(missing)
    return "".join(
        before + ("" if name is None else values[name]) for before, name in _pieces(text)
    )


def shaped(prompt: str, text: str, question: str) -> bool:
    """Whether a prompt is what a template makes of a question, whatever its other variables are."""
    literals = [""]
    for before, name in _pieces(text):
        literals[-1] += before
        if name == "question":
            literals[-1] += question
        elif name is not None:
            literals.append("")
    if len(literals) == 1:
        return prompt == literals[0]
    first, *between, last = literals
    if len(prompt) < len(first) + len(last):
        return False
    at, end = len(first), len(prompt) - len(last)
    if not prompt.startswith(first) or not prompt.endswith(last):
        return False
    for literal in between:
        found = prompt.find(literal, at, end)
        if found < 0:
            return False
        at = found + len(literal)
    return True


def around(text: str) -> tuple[str, str] | None:
    """What stands before the question and after it, if that is the template's only variable."""
    pieces = _pieces(text)
    places = [place for place, (_, name) in enumerate(pieces) if name is not None]
    if [pieces[place][1] for place in places] != ["question"]:
        return None
    after = places[0] + 1
    return (
        "".join(before for before, _ in pieces[:after]),
        "".join(before for before, _ in pieces[after:]),
    )


def question_of(text: str, prompt: str) -> str | None:
    """The question that the template makes this prompt of; None if it does not, or is blank."""
    outside = around(text)
    if outside is None:
        return None
    before, after = outside
    question = prompt[len(before) : len(prompt) - len(after)]
    return question if question.strip() and before + question + after == prompt else None


def require_question(text: str) -> None:
    """Check that a template asks the question.

    Raises:
        NoQuestion: it has no `{question}`.
    """
    if "question" not in variables(text):
        raise NoQuestion


def _pieces(text: str) -> list[tuple[str, str | None]]:
    """Literal text and the variable after it, if any, in order."""
    strict = _strict(text)
    return _lenient(text) if strict is None else strict


def _strict(text: str) -> list[tuple[str, str | None]] | None:
    """As an f-string template of plain names; None if it is anything else."""
    pieces: list[tuple[str, str | None]] = []
    try:
        for before, name, specification, conversion in Formatter().parse(text):
            if name is not None and (specification or conversion or not _is_name(name)):
                return None
            pieces.append((before, name))
    except ValueError:
        return None
    return pieces


def _is_name(name: str) -> bool:
    return re.fullmatch(r"[^\W\d]\w*", name) is not None


def _lenient(text: str) -> list[tuple[str, str | None]]:
    pieces: list[tuple[str, str | None]] = []
    end = 0
    for found in _LENIENT.finditer(text):
        escaped, name = found.groups()
        before = text[end : found.start()]
        pieces.append((before + f"{{{escaped}}}", None) if escaped else (before, name))
        end = found.end()
    return [*pieces, (text[end:], None)]
