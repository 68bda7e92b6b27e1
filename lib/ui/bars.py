"""Bars, in colours that can be told apart on light and on dark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

GREEN, RED, ORANGE, GRAY, BLUE = "#3f8f5f", "#c4584f", "#c98a2b", "#8d949c", "#4a7fb0"
HEIGHT = 220
FEW = 6
"""Days that are drawn side by side; more are drawn along a line of time."""


def draw_bars(
    values: Sequence[Mapping[str, Any]],
    colors: Mapping[str, str],
    *,
    described: str,
    time: bool = False,
    lying: bool = False,
) -> None:
    """Draw stacked bars.

    Args:
        values: for each piece of a bar its `x`, `what` it is, and how many, `n`.
        colors: of each `what`, in the order they are stacked.
        described: for who cannot see it.
        time: whether `x` is a day.
        lying: whether the bars lie, with their names beside them.
    """
    # They take a third of a second to import, and no other page needs them.
    import altair as alt  # noqa: PLC0415 - see above
    import pandas as pd  # noqa: PLC0415 - see above

    long, short = (alt.X, alt.Y) if lying else (alt.Y, alt.X)
    # A day is one in UTC, as in the ledger, and written as in the tables: Vega knows English alone.
    along = time and len({value["x"] for value in values}) > FEW
    what = "x:T" if along else "x:N"
    days = alt.Scale(type="utc") if along else alt.Undefined
    names = alt.Axis(
        labels=time or lying,
        ticks=False,
        labelLimit=220,
        labelAngle=0,
        labelOverlap=True,
        format="%Y-%m-%d" if along else alt.Undefined,
    )
    whole = all(isinstance(value["n"], int) for value in values)
    numbers = alt.Axis(tickCount=4, tickMinStep=1, format="d") if whole else alt.Axis(tickCount=4)
    chart = (
        alt.Chart(pd.DataFrame(values))
        .mark_bar()
        .encode(
            short(what, title=None, sort=alt.Undefined if time else None, axis=names, scale=days),
            long("n:Q", title=None, axis=numbers),
            color=alt.Color(
                "what:N",
                title=None,
                scale=alt.Scale(domain=list(colors), range=list(colors.values())),
                # Two beside each other: a phone has no room for three French words.
                legend=alt.Legend(orient="top", columns=2) if len(colors) > 1 else None,
            ),
            tooltip=[alt.Tooltip(what, title=" "), "what:N", "n:Q"],
        )
        .properties(height=alt.Step(28) if lying else HEIGHT)
    )
    st.altair_chart(chart, alt=described)
