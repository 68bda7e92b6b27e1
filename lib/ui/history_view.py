"""Figures over time, each answering a question, each number opening what is behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.ledger.history import OPENED, Grouping, Span
from lib.ledger.records import Reason, Verdict
from lib.teaching.proof import Kind, Outcome
from lib.ui.bars import BLUE, GRAY, GREEN, HEIGHT, ORANGE, RED, draw_bars
from lib.ui.exchange import reason_word
from lib.ui.figures import day, moment, share
from lib.ui.language import t, tn
from lib.ui.plain import short
from lib.ui.template_picker import template_name

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lib.ledger.history import RunCounts
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange, ProofItem

GROUPS = 10
"""Groups that are drawn as bars; the table has all."""
_MINUTE, _LONG = 60, 300
"""Seconds of one, and from which they are counted in minutes."""
FEW = 5
"""Rows that a table shows without scrolling."""


def draw_asked(span: Span, ledger: Ledger) -> bool:
    """How much is asked, and how much of it is right; whether there is anything."""
    days = ledger.days(span)
    if not days:
        return False
    st.subheader(t("How much is asked, and how much of it is right?"))
    right, wrong, unmarked = t("Right"), t("Wrong"), t("Not marked")
    asked, seconds = t("Asked"), t("Seconds")
    draw_bars(
        [
            {"x": day.day, "what": what, "n": number}
            for day in days
            for what, number in ((right, day.right), (wrong, day.wrong), (unmarked, day.unmarked))
        ],
        {right: GREEN, wrong: RED, unmarked: GRAY},
        described=t("Questions by day"),
        time=True,
    )
    total = {
        t("Day"): t("All"),
        asked: sum(day.right + day.wrong + day.unmarked for day in days),
        right: sum(day.right for day in days),
        wrong: sum(day.wrong for day in days),
        unmarked: sum(day.unmarked for day in days),
        seconds: round(sum(day.seconds for day in days), 1),
    }
    rows = [
        {
            t("Day"): day.day,
            asked: day.right + day.wrong + day.unmarked,
            right: day.right,
            wrong: day.wrong,
            unmarked: day.unmarked,
            seconds: round(day.seconds, 1),
        }
        for day in reversed(days)
    ]
    chosen = _table([total, *rows], "history_days", t("Questions by day"))
    if chosen:
        row, column = chosen
        verdict = {right: Verdict.RIGHT, wrong: Verdict.WRONG}.get(column)
        day = days[len(days) - row].day if row else None
        draw_exchanges(
            ledger.exchanges_of(
                span,
                day=day,
                verdict=verdict,
                marked=False if column == unmarked else None,
                slowest_first=column == seconds,
            )
        )
    return True


def draw_wrong(span: Span, ledger: Ledger) -> None:
    """What is wrong most."""
    st.subheader(t("What is wrong most?"))
    names = {
        Grouping.REASON: t("By reason"),
        Grouping.TEMPLATE: t("By template"),
        Grouping.MODEL: t("By model"),
    }
    grouping = st.radio(
        t("Grouped"),
        list(names),
        index=list(names).index(Grouping.TEMPLATE),
        horizontal=True,
        format_func=names.__getitem__,
        key="history_grouping",
        label_visibility="collapsed",
    )
    groups = [group for group in ledger.wrong_by(grouping, span) if group.wrong]
    called = {group.name: _group(grouping, group.name) for group in groups}
    if not groups:
        st.caption(t("Nothing is marked wrong here."))
        return
    wrong = t("Wrong")
    draw_bars(
        [
            {"x": short(called[group.name], 40), "what": wrong, "n": group.wrong}
            for group in groups[:GROUPS]
        ],
        {wrong: RED},
        described=t("Wrong answers by group"),
        lying=True,
    )
    rows = [
        {
            t("Group"): short(called[group.name], 80),
            wrong: group.wrong,
            **(
                {
                    t("Marked"): group.marked,
                    t("Share wrong"): share(group.wrong / group.marked),
                }
                if group.marked
                else {}
            ),
        }
        for group in groups
    ]
    chosen = _table(rows, f"history_groups_{grouping}", t("Wrong answers by group"))
    if chosen:
        row, column = chosen
        group = (grouping, groups[row].name)
        draw_exchanges(
            ledger.exchanges_of(span, marked=True, group=group)
            if column == t("Marked")
            else ledger.exchanges_of(span, verdict=Verdict.WRONG, group=group)
        )


def draw_taught(span: Span, ledger: Ledger, live: Mapping[str, int | None]) -> bool:
    """Whether teaching fixes it, and what it moves besides; whether there is anything.

    Args:
        span: what is looked at.
        ledger: what is counted.
        live: the live version of each adapter that has one.
    """
    runs = ledger.run_counts(span)
    if not runs:
        return False
    st.subheader(t("Does teaching fix it, and does it move anything else?"))
    fixed, partly, missed = t("Fixed"), t("Partly"), t("Not fixed")
    guards, others = t("Guards moved"), t("Others moved")
    columns = {
        fixed: (Kind.CORRECTION, Outcome.FIXED),
        partly: (Kind.CORRECTION, Outcome.PARTLY),
        missed: (Kind.CORRECTION, Outcome.NOT_FIXED),
        guards: (Kind.GUARD, Outcome.CHANGED),
        others: (Kind.GENERAL, Outcome.CHANGED),
    }
    draw_bars(
        [
            {"x": f"{number:03} {_run(run)}", "what": what, "n": run.outcomes.get(kind, 0)}
            for number, run in enumerate(runs, start=1)
            for what, kind in columns.items()
        ],
        dict(zip(columns, (GREEN, ORANGE, RED, BLUE, GRAY), strict=True)),
        described=t("What each run's proof found"),
    )
    rows = [
        {
            t("Run"): _with_standing(run, live),
            t("Day"): day(run.at, year=True),
            **{what: run.outcomes.get(kind, 0) for what, kind in columns.items()},
            t("Seconds"): round(run.seconds, 1),
        }
        for run in reversed(runs)
    ]
    chosen = _table(rows, "history_runs", t("What each run's proof found"))
    if chosen:
        row, column = chosen
        kind, outcome = columns.get(column, (None, None))
        found = ledger.moved(runs[len(runs) - 1 - row].run_id, *([outcome] if outcome else Outcome))
        draw_proved([item for item in found if kind in {None, item.kind}])
    return True


def draw_time(span: Span, ledger: Ledger) -> None:
    """Where the time went."""
    st.subheader(t("Where did the time go?"))
    taught: dict[str, list[RunCounts]] = {}
    for run in ledger.run_counts(span):
        name = t("Teaching {adapter}", adapter=run.adapter_name)
        taught.setdefault(name, []).append(run)
    spent = {t("Answering"): sum(day.seconds for day in ledger.days(span))}
    spent |= {name: sum(run.seconds for run in runs) for name, runs in taught.items()}
    long = max(spent.values()) > _LONG
    unit, length = (t("Minutes"), _MINUTE) if long else (t("Seconds"), 1)
    st.caption(unit)
    draw_bars(
        [
            {"x": short(name, 40), "what": unit, "n": round(seconds / length, 2)}
            for name, seconds in spent.items()
        ],
        {unit: BLUE},
        described=t("Time spent"),
        lying=True,
    )
    rows = [
        {t("What for"): short(name, 80), unit: round(seconds / length, 2)}
        for name, seconds in spent.items()
    ]
    chosen = _table(rows, "history_time", t("Time spent"))
    if chosen:
        runs = taught.get(list(spent)[chosen[0]])
        if runs:
            _draw_runs(runs)
        else:
            draw_exchanges(ledger.exchanges_of(span, slowest_first=True))


def draw_exchanges(exchanges: Sequence[Exchange]) -> None:
    """The questions behind a number."""
    _opened(
        [
            {
                t("Question"): short(one.question, 200),
                t("Answer"): short(one.answer, 200),
                t("Mark"): {Verdict.RIGHT: t("Right"), Verdict.WRONG: t("Wrong")}.get(
                    one.verdict,  # type: ignore[arg-type]  # None has no mark
                    "",
                ),
                t("Model"): one.model_name,
                t("Seconds"): None if one.seconds is None else round(one.seconds, 1),
                t("Day"): moment(one.created_at, year=True),
            }
            for one in exchanges
        ]
    )


def _draw_runs(runs: Sequence[RunCounts]) -> None:
    _opened(
        [
            {
                t("Run"): _run(run),
                t("Seconds"): round(run.seconds, 1),
                t("Day"): moment(run.at, year=True),
            }
            for run in sorted(runs, key=lambda run: -run.seconds)[:OPENED]
        ]
    )


def draw_proved(items: Sequence[ProofItem]) -> None:
    """The questions of a proof behind a number."""
    _opened(
        [
            {
                t("Question"): short(item.question, 200),
                t("Before"): short(item.before, 200),
                t("Right"): short(item.expected, 200) if item.kind.should_change else "",
                t("After"): short(item.after, 200),
            }
            for item in items[:OPENED]
        ]
    )


def _opened(rows: list[dict[str, Any]]) -> None:
    with st.container(border=True):
        title = tn("{number} row behind this number", "{number} rows behind this number", len(rows))
        st.markdown(f"**{title}**")
        if len(rows) == OPENED:
            st.caption(tn("No more than one is shown.", "No more than {number} are shown.", OPENED))
        if rows:
            st.dataframe(
                rows,
                hide_index=True,
                column_config=_as_written_here(rows),
                alt=t("What is behind this number"),
            )


def _table(rows: list[dict[str, Any]], key: str, alt: str) -> tuple[int, str] | None:
    """Draw numbers; gives the row and the column of the one that was chosen."""
    event = st.dataframe(
        rows,
        hide_index=True,
        alt=alt,
        key=key,
        height="content" if len(rows) <= FEW else HEIGHT,
        column_config=_as_written_here(rows),
        on_select="rerun",
        selection_mode="single-cell",
    )
    cells = event["selection"]["cells"]
    if not cells:
        st.caption(t("Choose a number to see what is behind it."))
        return None
    row, column = cells[0]
    return (int(row), str(column)) if int(row) < len(rows) else None


def _as_written_here(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Fractions with the browser's own mark between whole and part."""
    parts = {name for row in rows for name, number in row.items() if isinstance(number, float)}
    return dict.fromkeys(parts, st.column_config.NumberColumn(format="localized"))


def _group(grouping: Grouping, name: str) -> str:
    """A group's name: a reason is a word of ours, and so is the first template's name."""
    if grouping is Grouping.REASON:
        return reason_word(Reason(name))
    return template_name(name) if grouping is Grouping.TEMPLATE else name


def _run(run: RunCounts) -> str:
    if run.version is None:
        return run.adapter_name
    return t("{adapter}, version {number}", adapter=run.adapter_name, number=run.version)


def _with_standing(run: RunCounts, live: Mapping[str, int | None]) -> str:
    is_live = run.version is not None and live.get(run.adapter_id) == run.version
    return f"{_run(run)} · {t('Live')}" if is_live else _run(run)
