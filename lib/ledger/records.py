"""What the ledger takes and gives: frozen records, whole, without a tie to the database.

Times are aware and in UTC. Ids sort by time, except a run's, which its client makes.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from lib.teaching.decision import Decision
    from lib.teaching.proof import Kind, Outcome


class ExchangeState(StrEnum):
    """An exchange's life: asking → answered, stopped or failed."""

    ASKING = "asking"
    ANSWERED = "answered"
    STOPPED = "stopped"
    FAILED = "failed"


class Verdict(StrEnum):
    """What somebody said of an answer."""

    RIGHT = "right"
    WRONG = "wrong"


class Reason(StrEnum):
    """Why an answer is wrong."""

    WRONG_FACT = "wrong fact"
    INCOMPLETE = "incomplete"
    MADE_UP = "made up"
    STYLE = "style"
    OTHER = "other"


class CorrectionState(StrEnum):
    """A correction's life: draft → ready → submitted → taught, or discarded."""

    DRAFT = "draft"
    READY = "ready"
    SUBMITTED = "submitted"
    TAUGHT = "taught"
    DISCARDED = "discarded"


class RunState(StrEnum):
    """A run's life: preparing → queued → running → done, failed, cancelled or interrupted.

    *Interrupted* is a run that nobody can follow any more: its server may have finished it.
    """

    PREPARING = "preparing"
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def over(self) -> bool:
        """Whether nothing more is expected of the run."""
        return self not in UNFINISHED


UNFINISHED = frozenset({RunState.PREPARING, RunState.QUEUED, RunState.RUNNING})


@dataclass(frozen=True, slots=True)
class Template:
    """One version of a named prompt template; versions count from 1."""

    id: str
    name: str
    version: int
    text: str
    created_at: datetime


@dataclass(frozen=True, slots=True)
class Sampling:
    """How an answer is generated, in the Gradient API's own words."""

    max_generated_token_count: int = 128
    temperature: float | None = 0.0
    top_k: int | None = None
    top_p: float | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class NewExchange:
    """A question about to be asked, with exactly what is sent.

    `version` is the adapter's version that was asked for; None is the live one, or a base model.
    `run_id` is set where a run's proof asks, `list_id` where a question list is asked.
    """

    question: str
    prompt: str
    template_text: str
    template_id: str | None = None
    template_version: int | None = None
    variables: Mapping[str, str] = field(default_factory=dict)
    server_url: str
    model_id: str
    model_name: str
    version: int | None = None
    auto_template: bool = True
    sampling: Sampling = Sampling()
    run_id: str | None = None
    list_id: str | None = None
    aside: bool = False
    """Asked beside the conversation: to compare, or to see what is known."""
    asked_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """A whole answer. Seconds are counted from the question; tokens where the server tells."""

    text: str
    finish_reason: str = ""
    version: int | None = None
    first_token_s: float | None = None
    seconds: float | None = None
    prompt_tokens: int | None = None
    generated_tokens: int | None = None
    scope: Mapping[str, Any] | None = None
    """Which correction the question was near to, as the server said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """One question asked, and what was heard so far. `verdict` is the latest one."""

    id: str
    question: str
    prompt: str
    template_text: str
    template_id: str | None
    template_version: int | None
    variables: Mapping[str, str]
    server_url: str
    model_id: str
    model_name: str
    version: int | None
    auto_template: bool
    sampling: Sampling
    run_id: str | None
    list_id: str | None
    aside: bool
    asked_by: str
    state: ExchangeState
    answer: str
    finish_reason: str
    error: str | None
    first_token_s: float | None
    seconds: float | None
    prompt_tokens: int | None
    generated_tokens: int | None
    scope: Mapping[str, Any] | None
    verdict: Verdict | None
    created_at: datetime


@dataclass(frozen=True, slots=True)
class GuardAnswer:
    """What a guard says: an exchange marked *right*, without how it was asked."""

    id: str
    question: str
    prompt: str
    auto_template: bool
    answer: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What somebody said of an answer, and why. A verdict of None takes an earlier one back."""

    id: int
    exchange_id: str
    verdict: Verdict | None
    reasons: tuple[Reason, ...]
    note: str
    by: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Correction:
    """The right answer to an exchange's question, with the wrong one beside it.

    `prompt` and `auto_template` are as the question was asked. `revision` counts changes of the
    text or the state, from 1. `run_id` is the run it was last submitted in as it now stands.
    `author` began it, `typed_by` typed its text as it stands.
    """

    id: str
    exchange_id: str | None
    question: str
    prompt: str
    auto_template: bool
    wrong_answer: str
    right_answer: str
    state: CorrectionState
    revision: int
    run_id: str | None
    author: str
    typed_by: str = ""
    assigned_to: str = ""
    created_at: datetime
    updated_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class CorrectionEvent:
    """One step in a correction's history; `before` is None for its first."""

    correction_id: str
    at: datetime
    by: str
    from_state: CorrectionState | None
    to_state: CorrectionState
    before: str | None
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NewRun:
    """One fine-tune about to be sent. `id` is made by the client: 1 to 64 characters.

    `settings` are what is sent beside the samples, `withdraw` among them: ids of corrections that
    the new version must no longer hold.
    """

    id: str
    server_url: str
    adapter_id: str
    adapter_name: str
    parent_version: int | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    submitted_by: str = ""
    estimate: Mapping[str, Any] | None = None
    """What was expected of it, as `lib.teaching.estimates.Estimate` has it."""
    regardless: Mapping[str, Any] | None = None
    """Why it was taught in spite of its conflicts: `reason`, and their `kinds`."""


@dataclass(frozen=True, slots=True)
class BatchSample:
    """A correction and the exact JSON object that is sent for it."""

    correction_id: str
    sample: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RunProgress:
    """Where a run is. `stage` is the server's own word; `loss` is the step's mean loss."""

    stage: str
    step: int = 0
    samples: int = 0
    learned: int = 0
    loss: float | None = None
    seconds: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class RunResult:
    """What came back. `sum_loss` is over the trainable tokens, before the first update."""

    trainable_tokens: int
    sum_loss: float
    final_loss: float | None = None
    version: int | None = None
    seconds: float | None = None
    not_learned: tuple[int, ...] = ()
    """Positions in the batch that training did not get to hold."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """One fine-tune. `losses` has one mean loss a step; `result` is there once it is done.

    `decision` is there once it was proved: whether its version may go live.
    """

    id: str
    batch_id: str
    server_url: str
    adapter_id: str
    adapter_name: str
    parent_version: int | None
    settings: Mapping[str, Any]
    submitted_by: str
    state: RunState
    progress: RunProgress | None
    losses: tuple[float, ...]
    result: RunResult | None
    decision: Decision | None
    estimate: Mapping[str, Any] | None
    regardless: Mapping[str, Any] | None
    error: str | None
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ProofItem:
    """One question asked again after a run.

    `exchange_id` is the exchange of this re-asking. `expected` is the right answer of a corrected
    question; of any other question, the answer that must not change. `by_scope` says that it was
    not asked: outside the scope of both versions the base model answers, as it did before. Its
    texts are empty where nobody has heard them. `typed` says of a rewording that somebody typed it;
    the others were made by rule.
    """

    kind: Kind
    question: str
    before: str
    expected: str
    after: str
    outcome: Outcome
    exact: bool
    f1: float
    version: int | None = None
    correction_id: str | None = None
    exchange_id: str | None = None
    by_scope: bool = False
    typed: bool = False
