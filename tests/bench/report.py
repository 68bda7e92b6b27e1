"""The benches' figures for a reader: Markdown tables."""

from __future__ import annotations

from statistics import median
from typing import Any

Report = dict[str, Any]

COLUMNS = {
    "reliability": "reliability",
    "generality": "generality",
    "cloze_generality": "cloze",
    "general_unchanged": "general same",
    "same_relation_unchanged": "relation same",
    "same_subject_unchanged": "subject same",
    "near_name_unchanged": "near name same",
    "unrelated_unchanged": "unrelated same",
    "bleed": "bleed",
    "seconds": "seconds",
    "peak_rss_mb": "MB",
    "peft_alone_same": "same by peft",
}

SPEED = {
    "engine_ready_s": "Engine, from start to first answer (s)",
    "tokens_per_s": "Tokens per second, through the API",
    "direct_tokens_per_s": "… llama.cpp called directly",
    "transformers_tokens_per_s": "… transformers",
    "first_token_s": "First token, streamed (s)",
    "direct_first_token_s": "… llama.cpp called directly",
    "correction_first_s": "One correction, from Teach to its answer on screen, first (s)",
    "correction_warm_s": "… after that",
    "proof_first_s": "… to its whole proof on screen, first",
    "proof_warm_s": "… after that",
    "correction_alone_warm_s": "… taught to an adapter of its own (s)",
    "proof_alone_warm_s": "… to its whole proof on screen",
    "correction_api_first_s": "… through the API alone, first",
    "correction_api_warm_s": "… after that",
    "scope_near_ms": "Scope, of a new question near one of 1,000 corrections (ms)",
    "scope_near_p95_ms": "… 19 of 20 within",
    "scope_far_ms": "… far from all (ms)",
    "scope_far_p95_ms": "… 19 of 20 within",
    "first_page_s": "First page drawn (s)",
    "redraw_ms": "A click that only redraws (ms)",
}


def teachers(report: Report) -> dict[str, Report]:
    """The figures of one run of `tests.bench.teach` by who taught, ours first.

    `seconds` are until the version can be asked; a peer's, with the same reliability as ours.
    """
    seconds = report["teach_seconds"]
    found = {f"Errata, {report['scope']}": {**report, "seconds": seconds}}
    if "everywhere" in report:
        found["Errata, everywhere"] = {
            "peak_rss_mb": report["peak_rss_mb"],
            **report["everywhere"],
            "seconds": report["everywhere"].get("teach_seconds", seconds),
        }
    for name, peer in report.get("baselines", {}).items():
        if peer is not None:
            found[name] = {**peer, "seconds": peer.get("seconds_to_same_reliability")}
    return found


def by_size(reports: list[Report]) -> dict[int, dict[str, list[Report]]]:
    """Every run's figures, by the number of corrections and by who taught them."""
    found: dict[int, dict[str, list[Report]]] = {}
    for report in sorted(reports, key=lambda report: int(report["n"])):
        for name, figures in teachers(report).items():
            found.setdefault(report["n"], {}).setdefault(name, []).append(figures)
    return found


def middle(figures: list[Report], key: str) -> float | None:
    """The median of what was measured under a key; None where nothing was."""
    values = [figure[key] for figure in figures if figure.get(key) is not None]
    return median(values) if values else None


def _cell(figures: list[Report], key: str) -> str:
    values = sorted(figure[key] for figure in figures if figure.get(key) is not None)
    if not values:
        return "-"
    digits = {"seconds": 1, "peak_rss_mb": 0}.get(key, 2)
    told = f"{median(values):.{digits}f}"
    return (
        told
        if values[0] == values[-1]
        else f"{told} ({values[0]:.{digits}f}-{values[-1]:.{digits}f})"
    )


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cells)} |"


def teach_table(reports: list[Report]) -> str:
    """A line for each number of corrections and each teacher; medians, and from-to in brackets."""
    head = ["corrections", "teacher", *COLUMNS.values()]
    lines = [_row(head), _row(["---"] * len(head))]
    for n, named in by_size(reports).items():
        for name, figures in named.items():
            lines.append(_row([str(n), name, *(_cell(figures, key) for key in COLUMNS)]))
    return "\n".join(lines)


def again_table(report: Report) -> str:
    """A line for each batch taught to one adapter: what the first batch's scores are then."""
    keys = ("batch", "held", "seconds", "reliability", "generality")
    lines = [_row([*keys[:3], "reliability of the first", "generality of the first"])]
    lines.append(_row(["---:"] * len(keys)))
    lines += [
        _row(["-" if one[key] is None else f"{one[key]:g}" for key in keys])
        for one in report["first_batch"]
    ]
    return "\n".join(lines)


def speed_table(report: Report) -> str:
    """A line for each figure."""
    lines = [_row(["what", "measured"]), _row(["---", "---:"])]
    lines += [
        _row([words, "-" if report.get(key) is None else f"{report[key]:g}"])
        for key, words in SPEED.items()
    ]
    return "\n".join(lines)
