"""What a proof found: the corrected questions one by one, everything else in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.teaching.proof import Kind, Outcome
from lib.ui.language import t, tn
from lib.ui.plain import count, plain, short
from lib.ui.rewording_box import draw_rewordings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import ProofItem

PAGE = 20
BADGES = {
    Outcome.FIXED: ("Fixed", "green", ":material/check:"),
    Outcome.PARTLY: ("Partly", "orange", ":material/remove:"),
    Outcome.NOT_FIXED: ("Not fixed", "red", ":material/close:"),
    Outcome.SAME: ("Same", "green", ":material/check:"),
    Outcome.CHANGED: ("Changed", "red", ":material/close:"),
}
WIDTHS = {"Outcome": 75, "Question": 195, "Before": 120, "Right": 115, "After": 120, "F1": 45}
WIDTHS_OF_TWO = {"Question": 225, "Before": 200, "After": 200, "F1": 45}
"""Pixels, so that the answer from after is on the screen without scrolling."""
UNHEARD = "The base model's answer, as before"


def draw_items(items: Sequence[ProofItem], ledger: Ledger) -> None:
    """Draw a proof: what failed is never folded away."""
    corrections = [item for item in items if item.kind is Kind.CORRECTION]
    reworded = [item for item in items if item.kind is Kind.REWORDING]
    others = [item for item in items if not item.kind.should_change]
    changed = [item for item in others if item.outcome is Outcome.CHANGED]
    unchanged = [item for item in others if item.outcome is Outcome.SAME]
    draw_cards(corrections, ledger)
    typed = [item for item in reworded if item.typed]
    made = [item for item in reworded if not item.typed]
    _reworded(typed, tn("{number} typed rewording", "{number} typed rewordings", len(typed)))
    _reworded(
        made, tn("{number} rewording, made by rule", "{number} rewordings, made by rule", len(made))
    )
    if changed:
        label = f"{count(len(changed), 'other answer')} changed"
        with st.expander(label, icon=":material/warning:", expanded=True):
            _table(changed, label)
    if unchanged:
        label = f"{count(len(unchanged), 'other answer')} unchanged"
        with st.expander(label, icon=":material/check:"):
            _unchanged(unchanged, label)


def draw_cards(items: Sequence[ProofItem], ledger: Ledger | None = None) -> None:
    """Draw corrected questions, those that did not come out right first.

    With a ledger, each can be given other wordings there.
    """
    ordered = sorted(items, key=lambda item: item.outcome is Outcome.FIXED)
    for item in ordered[:PAGE]:
        _card(item, ledger)
    if len(ordered) > PAGE:
        with st.expander(f"{len(ordered) - PAGE} more"):
            for item in ordered[PAGE:]:
                _card(item, ledger)


def draw_comparison(one: Sequence[ProofItem], other: Sequence[ProofItem]) -> None:
    """Draw the answers of two versions to what both were asked, side by side."""
    found = {(item.kind, item.question): item for item in other}
    pairs = [
        (item, found[item.kind, item.question])
        for item in one
        if (item.kind, item.question) in found
    ]
    rows = [
        {
            "Question": short(here.question, 200),
            "Right": short(here.expected, 200) if here.kind.should_change else "",
            _version(here): _after(here),
            _version(there): _after(there),
        }
        for here, there in pairs
        if here.after != there.after
    ]
    st.caption(f"{len(rows)} of {count(len(pairs), 'common question')} are answered differently.")
    if rows:
        st.dataframe(rows, hide_index=True, alt="Answers of two versions, side by side")


def _card(item: ProofItem, ledger: Ledger | None) -> None:
    label, color, icon = BADGES[item.outcome]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(item.question, 300)}**", width="stretch")
            st.badge(label, color=color, icon=icon)  # type: ignore[arg-type]  # a literal
        texts = {"Before": item.before, "Right": item.expected, "After": item.after}
        for column, (name, text) in zip(st.columns(3), texts.items(), strict=True):
            with column, st.container(gap="xxsmall"):
                st.caption(name)
                st.text(text or "…")
        if not item.exact:
            st.caption(t("{share} of its words are right (F1)", share=f"{item.f1:.0%}"))
        if ledger and item.correction_id:
            draw_rewordings(item.correction_id, ledger)


def _reworded(items: Sequence[ProofItem], label: str) -> None:
    if items:
        failed = any(item.outcome is not Outcome.FIXED for item in items)
        with st.expander(label, icon=":material/translate:", expanded=failed):
            _table(items, label, should_change=True)


def _table(items: Sequence[ProofItem], label: str, *, should_change: bool = False) -> None:
    st.dataframe(
        [
            {
                **({"Outcome": BADGES[item.outcome][0]} if should_change else {}),
                "Question": short(item.question, 200),
                "Before": short(item.before, 200),
                **({"Right": short(item.expected, 200)} if should_change else {}),
                "After": short(item.after, 200),
                "F1": round(item.f1, 2),
            }
            for item in items
        ],
        hide_index=True,
        column_config=_columns(WIDTHS if should_change else WIDTHS_OF_TWO),
        alt=label,
    )


def _columns(widths: dict[str, int]) -> dict[str, Any]:
    return {name: st.column_config.Column(width=width) for name, width in widths.items()}


def _unchanged(items: Sequence[ProofItem], label: str) -> None:
    outside = sum(item.by_scope for item in items)
    if outside:
        st.caption(
            f"{count(outside, 'question')} of these {'is' if outside == 1 else 'are'} out of scope:"
            " no correction is near, so the base model answers as before. They were not asked"
            " again."
        )
    st.dataframe(
        [
            {
                "Question": short(item.question, 200),
                "Answer": _after(item),
                "How it is known": "Out of scope" if item.by_scope else "Asked again",
            }
            for item in items
        ],
        hide_index=True,
        alt=label,
    )


def _after(item: ProofItem) -> str:
    return short(item.after, 200) if item.after or not item.by_scope else UNHEARD


def _version(item: ProofItem) -> str:
    return f"Version {item.version}" if item.version is not None else "Answer"
