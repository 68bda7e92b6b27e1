"""A run as a story: asked, corrected, taught, proved, for somebody who was not there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from lib.teaching.decision import HELD
from lib.teaching.proof import Kind

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from lib.teaching.proof import Outcome


class Proved(Protocol):
    """A question asked again, as a proof keeps it."""

    @property
    def kind(self) -> Kind: ...  # noqa: D102 - its name says it
    @property
    def question(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def before(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def expected(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def after(self) -> str: ...  # noqa: D102 - its name says it
    @property
    def outcome(self) -> Outcome: ...  # noqa: D102 - its name says it


@dataclass(frozen=True, slots=True)
class Scene:
    """One corrected question: what the model said, what is right, and what it says now."""

    question: str
    before: str
    right: str
    after: str
    fixed: bool


@dataclass(frozen=True, slots=True)
class Share:
    """Of one kind of question, how many came out as they should."""

    kind: Kind
    held: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """What is told of a run. `live` says whether its proof passed."""

    adapter: str
    version: int | None
    taught_at: datetime
    seconds: float | None
    trained_tokens: int
    scenes: tuple[Scene, ...]
    shares: tuple[Share, ...]
    passed: bool


def scenes(items: Sequence[Proved]) -> tuple[Scene, ...]:
    """The corrected questions of a proof, those that came out right first."""
    told = [
        Scene(item.question, item.before, item.expected, item.after, item.outcome in HELD)
        for item in items
        if item.kind is Kind.CORRECTION
    ]
    return tuple(sorted(told, key=lambda scene: not scene.fixed))


def shares(items: Sequence[Proved]) -> tuple[Share, ...]:
    """How each kind of question came out, of those that were asked."""
    found = []
    for kind in Kind:
        outcomes = [item.outcome for item in items if item.kind is kind]
        if outcomes:
            found.append(Share(kind, sum(one in HELD for one in outcomes), len(outcomes)))
    return tuple(found)
