"""What the ledger takes and gives of question lists: many questions asked together."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from lib.ledger.records import Sampling

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lib.ledger.records import CorrectionState


class ListState(StrEnum):
    """A question list's life: asking ⇄ paused → done or cancelled."""

    ASKING = "asking"
    PAUSED = "paused"
    DONE = "done"
    CANCELLED = "cancelled"


class ListedState(StrEnum):
    """A listed question's life: waiting → asking → failed, answered, or what its answer is worth.

    *Answered* is an answer without an expected one to compare it with.
    """

    WAITING = "waiting"
    ASKING = "asking"
    FAILED = "failed"
    ANSWERED = "answered"
    RIGHT = "right"
    PARTLY = "partly"
    MISSED = "missed"


SCORED = frozenset({ListedState.RIGHT, ListedState.PARTLY, ListedState.MISSED})


@dataclass(frozen=True, slots=True, kw_only=True)
class NewQuestionList:
    """Many questions to be asked of one model with one template. `name` is for people."""

    name: str
    template_text: str
    template_id: str | None = None
    template_version: int | None = None
    server_url: str
    model_id: str
    model_name: str
    version: int | None = None
    auto_template: bool = True
    sampling: Sampling = field(default_factory=Sampling)
    asked_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class QuestionList:
    """Many questions asked together. `error` says why it is paused, where nobody paused it."""

    id: str
    name: str
    template_text: str
    template_id: str | None
    template_version: int | None
    server_url: str
    model_id: str
    model_name: str
    version: int | None
    auto_template: bool
    sampling: Sampling
    asked_by: str
    state: ListState
    error: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewListedQuestion:
    """One question of a list, with exactly what will be sent; `expected` None is not scored."""

    question: str
    prompt: str
    variables: Mapping[str, str] = field(default_factory=dict)
    expected: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class ListedQuestion:
    """One question of a list, and what became of it. Positions count from 1.

    `exchange_id` is the latest exchange that asked it; `answer` and what follows are that
    exchange's. `f1` is 0 to 1, where there is an expected answer. `correction` is the state of the
    exchange's correction, if it has one that is not discarded.
    """

    list_id: str
    position: int
    question: str
    prompt: str
    variables: Mapping[str, str]
    expected: str | None
    state: ListedState
    f1: float | None
    exchange_id: str | None
    answer: str = ""
    error: str | None = None
    version: int | None = None
    seconds: float | None = None
    asked_at: datetime | None = None
    correction: CorrectionState | None = None


@dataclass(frozen=True, slots=True)
class ListCounts:
    """How many questions of a list are in each state, every state included; `f1` is their mean."""

    states: Mapping[ListedState, int]
    f1: float | None

    @property
    def total(self) -> int:
        """Questions in the list."""
        return sum(self.states.values())

    @property
    def left(self) -> int:
        """Questions that have no outcome yet."""
        return self.states[ListedState.WAITING] + self.states[ListedState.ASKING]

    @property
    def scored(self) -> int:
        """Answers that were compared with an expected one."""
        return sum(self.states[state] for state in SCORED)
