import pytest

from lib.teaching.decision import ADVICE, Thresholds, decide
from lib.teaching.proof import Kind, Outcome

FIXED = (Kind.CORRECTION, Outcome.FIXED)
PARTLY = (Kind.CORRECTION, Outcome.PARTLY)
SAME = (Kind.GENERAL, Outcome.SAME)
CHANGED = (Kind.GENERAL, Outcome.CHANGED)


@pytest.mark.parametrize(
    ("found", "fails"),
    [
        ([], []),
        ([FIXED, SAME], []),
        ([FIXED, PARTLY], [Kind.CORRECTION]),
        ([FIXED] + [SAME] * 19 + [CHANGED], []),
        ([FIXED] + [SAME] * 18 + [CHANGED], [Kind.GENERAL]),
        ([FIXED, (Kind.GUARD, Outcome.CHANGED)], [Kind.GUARD]),
        ([FIXED, (Kind.REWORDING, Outcome.NOT_FIXED)], []),
        ([PARTLY, CHANGED], [Kind.CORRECTION, Kind.GENERAL]),
    ],
)
def test_a_version_is_held_back_for_each_kind_below_its_threshold(
    found: list[tuple[Kind, Outcome]], fails: list[Kind]
) -> None:
    decision = decide(found, Thresholds())
    assert decision.passes == (not fails)
    assert [
        reason.endswith(ADVICE[kind]) for reason, kind in zip(decision.reasons, fails, strict=True)
    ] == [True] * len(fails)


def test_a_reason_names_how_many_held_and_what_was_asked_for() -> None:
    (reason,) = decide([FIXED, PARTLY], Thresholds()).reasons
    assert reason.startswith("1 of 2 corrections are fixed, and 100% is asked for.")


def test_a_stricter_person_can_ask_for_rewordings_too() -> None:
    found = [FIXED, (Kind.REWORDING, Outcome.NOT_FIXED)]
    assert not decide(found, Thresholds(rewording=0.5)).passes


def test_nobody_is_told_to_narrow_what_is_narrow() -> None:
    found = [CHANGED, (Kind.GUARD, Outcome.CHANGED)]
    assert all("Narrow" in reason for reason in decide(found, Thresholds()).reasons)
    assert not any("Narrow" in said for said in decide(found, Thresholds(), narrow=True).reasons)
