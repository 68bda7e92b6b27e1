"""Two sides are asked in turn, and what only warmed up is not counted."""

from __future__ import annotations

from tests.bench.pace import Pair, alternating


def test_sides_take_turns_at_going_first_and_the_first_prompt_is_left_out() -> None:
    asked: list[tuple[str, str]] = []
    seconds = {"warm": 100.0, "a": 1.0, "b": 2.0, "c": 3.0}

    def ours(prompt: str) -> float:
        asked.append(("ours", prompt))
        return seconds[prompt]

    def direct(prompt: str) -> float:
        asked.append(("direct", prompt))
        return seconds[prompt] / 2

    assert alternating(list(seconds), ours, direct) == Pair(ours=2.0, direct=1.0)
    assert [side for side, _ in asked] == [
        *("direct", "ours"),
        *("ours", "direct"),
        *("direct", "ours"),
        *("ours", "direct"),
    ]
