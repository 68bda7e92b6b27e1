"""Tables and the picture hold what was measured, and stay whole where something was not."""

from __future__ import annotations

from xml.etree import ElementTree as ET

import pytest

from tests.bench.batches import batches
from tests.bench.plot import plot
from tests.bench.report import SPEED, Report, again_table, speed_table, teach_table


def report(n: int, reliability: float, *, compared: bool = False) -> Report:
    found: Report = {
        "n": n,
        "scope": "near",
        "reliability": reliability,
        "near_name_unchanged": None,
        "teach_seconds": 4.0,
        "peak_rss_mb": 900.4,
        "peft_alone_same": 0.95,
        "everywhere": {"reliability": 1.0, "general_unchanged": 0.25},
    }
    if compared:
        peer = {"reliability": 0.9, "seconds_to_same_reliability": None}
        found["baselines"] = {"plain_lora": peer, "lookup": {"reliability": 1.0}, "trl_sft": None}
    return found


def test_a_teacher_and_a_size_are_a_line_with_the_median_and_the_range() -> None:
    table = teach_table([report(10, 1.0), report(1, 0.5), report(10, 0.8), report(10, 0.9)])
    lines = table.splitlines()[2:]
    assert [line.split(" | ")[:3] for line in lines] == [
        ["| 1", "Errata, near", "0.50"],
        ["| 1", "Errata, everywhere", "1.00"],
        ["| 10", "Errata, near", "0.90 (0.80-1.00)"],
        ["| 10", "Errata, everywhere", "1.00"],
    ]


def test_peers_stand_beside_ours_and_what_was_not_measured_is_a_dash() -> None:
    lines = teach_table([report(5, 1.0, compared=True)]).splitlines()[2:]
    assert [line.split(" | ")[1] for line in lines] == [
        "Errata, near",
        "Errata, everywhere",
        "plain_lora",
        "lookup",
    ]
    assert lines[2].endswith("| - | - | - |")
    assert lines[0].endswith("| 4.0 | 900 | 0.95 |")


def test_the_speed_table_has_a_line_for_every_figure() -> None:
    table = speed_table({"engine_ready_s": 1.25, "redraw_ms": None})
    assert "| 1.25 |" in table
    assert len(table.splitlines()) == 2 + len(SPEED)


def test_each_batch_is_a_line_with_what_the_first_one_scores_then() -> None:
    each = {"batch": 2, "held": 20, "seconds": 41.25, "reliability": 1.0, "generality": None}
    assert again_table({"first_batch": [each]}).splitlines()[2] == "| 2 | 20 | 41.25 | 1 | - |"


@pytest.mark.parametrize(
    "reports", [[report(1, 0.0)], [report(1, 1.0), report(9, 1, compared=True)]]
)
def test_the_picture_is_an_svg_that_names_every_teacher(reports: list[Report]) -> None:
    words = [text.text for text in ET.fromstring(plot(reports)).iter() if text.text]  # noqa: S314  # our own
    assert {"Errata, near", "Errata, everywhere"} <= set(words)


def test_one_correction_is_taken_of_many_rows_and_others_of_each_seed() -> None:
    found = batches(60, [7], quick=False)
    assert found[:3] == [(1, None), (1, 1), (1, 2)]
    assert found[20:] == [(10, None), (10, 7), (50, None), (50, 7), (60, None), (60, 7)]
    assert batches(60, [], quick=True) == [(1, None), (5, None)]
    assert batches(1, [], quick=True) == [(1, None)]
