"""Whether a version's proof is good enough for it to go live, and what to do if it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from lib.teaching.proof import Kind, Outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

HELD = frozenset({Outcome.FIXED, Outcome.SAME})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """The least share, 0 to 1, of each kind that must come out as wanted."""

    correction: float = 1.0
    rewording: float = 0.0
    guard: float = 1.0
    general: float = 0.95

    def of(self, kind: Kind) -> float:
        """The threshold of one kind."""
        return float(getattr(self, kind.value))


ADVICE = {
    Kind.CORRECTION: "Teach again, or discard the correction that did not hold.",
    Kind.REWORDING: "Teach again, or ask less of rewordings.",
    Kind.GUARD: "Narrow the scope to questions near the corrections, or discard the correction "
    "that contradicts the guard.",
    Kind.GENERAL: "Narrow the scope to questions near the corrections.",
}
NARROW_ALREADY = {
    Kind.GUARD: "Discard the correction that contradicts the guard, or take its mark back.",
    Kind.GENERAL: "Teach again, or discard the correction that they are taken to be near to.",
}
"""What else to do where the scope is as narrow as it can be."""
_MISSED = {
    Kind.CORRECTION: "corrections are fixed",
    Kind.REWORDING: "rewordings are answered right",
    Kind.GUARD: "guards are unchanged",
    Kind.GENERAL: "general questions are unchanged",
}


@dataclass(frozen=True, slots=True)
class Decision:
    """`reasons` is empty where the version passes; each reason ends with what to do."""

    reasons: tuple[str, ...]

    @property
    def passes(self) -> bool:
        """Whether the version may go live."""
        return not self.reasons


def decide(
    found: Sequence[tuple[Kind, Outcome]], thresholds: Thresholds, *, narrow: bool = False
) -> Decision:
    """Compare a proof's outcomes with the thresholds; a kind that was not asked cannot fail.

    `narrow` says that the version's scope cannot be narrowed any more.
    """
    advice = ADVICE | (NARROW_ALREADY if narrow else {})
    reasons = []
    for kind in Kind:
        outcomes = [outcome for its_kind, outcome in found if its_kind is kind]
        held = sum(outcome in HELD for outcome in outcomes)
        if outcomes and held / len(outcomes) < thresholds.of(kind):
            reasons.append(
                f"{held} of {len(outcomes)} {_MISSED[kind]}, and {thresholds.of(kind):.0%} is "
                f"asked for. {advice[kind]}"
            )
    return Decision(tuple(reasons))
