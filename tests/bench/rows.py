"""What a bench teaches and asks: corrections with their rewordings, and general questions."""

from __future__ import annotations

import hashlib
import random
from typing import TYPE_CHECKING, Annotated, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, model_validator

from tests.bench.errors import BenchError

if TYPE_CHECKING:
    from pathlib import Path

KINDS = ("same_relation", "same_subject", "near_name", "unrelated")
"""Kinds of neighbour that every report speaks of; a file may hold others beside them."""


def _listed(value: object) -> object:
    """One text is a list of it; null and empty texts are nothing."""
    values = value if isinstance(value, list) else [value]
    return [one for one in values if one not in (None, "")]


def _number_is_text(value: object) -> object:
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, Field(min_length=1), BeforeValidator(_number_is_text)]
Texts = Annotated[list[Text], BeforeValidator(_listed)]


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="ignore")

    question: Text

    @model_validator(mode="before")
    @classmethod
    def _may_be_a_text(cls, value: object) -> object:
        return {"question": value} if isinstance(value, str) else value


class General(_Line):
    """A question that has nothing to do with any correction."""


class Neighbour(_Line):
    """A question whose answer must stay as it is, and how it resembles the taught one."""

    kind: Text = "unrelated"


class Row(_Line):
    """One correction. The teacher sees `question` and `answer`; the rest is for the scores."""

    answer: Text
    aliases: Texts = []
    paraphrases: Texts = []
    cloze_paraphrases: Texts = []
    neighbours: Annotated[list[Neighbour], BeforeValidator(_listed)] = []


Line = TypeVar("Line", bound=_Line)


def read(path: Path, of: type[Line]) -> list[Line]:
    """The rows of a JSON Lines file. Raises BenchError that names file, line and field."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise BenchError(f"Cannot read {path}: {error}.") from error
    found = []
    # Not splitlines: a JSON string may hold line separators that are not line feeds.
    for number, line in enumerate(text.split("\n"), start=1):
        if not line.strip():
            continue
        try:
            found.append(of.model_validate_json(line))
        except ValidationError as error:
            first = error.errors()[0]
            where = ".".join(str(part) for part in first["loc"]) or "row"
            raise BenchError(f"{path}, line {number}: {where}: {first['msg']}.") from error
    if not found:
        raise BenchError(f"{path} holds no rows.")
    return found


def first(rows: list[Row], n: int, seed: int | None) -> list[Row]:
    """The first `n` rows in the file's order, or of a shuffle where a seed is given."""
    if n < 1:
        raise BenchError("At least one row must be taught: --n 1 or more.")
    if seed is not None:
        rows = random.Random(seed).sample(rows, len(rows))  # noqa: S311  # an order, not a secret
    return rows[:n]


def questions(rows: list[Row], general: list[General]) -> list[str]:
    """Every question to ask before and after, each once, in a fixed order."""
    asked = []
    for row in rows:
        asked += [row.question, *row.paraphrases, *row.cloze_paraphrases]
        asked += [neighbour.question for neighbour in row.neighbours]
    return list(dict.fromkeys([*asked, *(line.question for line in general)]))


def source(path: Path) -> dict[str, str]:
    """Which file it was: its path as given, and what tells it from another of that name."""
    return {"file": str(path), "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
