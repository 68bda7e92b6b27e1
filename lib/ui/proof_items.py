"""What a proof found: the corrected questions one by one, everything else in tables."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.teaching.proof import Kind, Outcome
from lib.ui.figures import share
from lib.ui.language import t, tn
from lib.ui.plain import plain, short
from lib.ui.rewording_box import draw_rewordings

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import ProofItem

PAGE = 10
"""Corrected questions that are drawn together."""
LOOKS = {
    Outcome.FIXED: ("green", ":material/check:"),
    Outcome.PARTLY: ("orange", ":material/remove:"),
    Outcome.NOT_FIXED: ("red", ":material/close:"),
    Outcome.SAME: ("green", ":material/check:"),
    Outcome.CHANGED: ("red", ":material/close:"),
}


def draw_items(items: Sequence[ProofItem], run_id: str, ledger: Ledger) -> None:
    """Draw a run's proof: what failed is never folded away."""
    corrections = [item for item in items if item.kind is Kind.CORRECTION]
    reworded = [item for item in items if item.kind is Kind.REWORDING]
    others = [item for item in items if not item.kind.should_change]
    changed = [item for item in others if item.outcome is Outcome.CHANGED]
    unchanged = [item for item in others if item.outcome is Outcome.SAME]
    draw_cards(corrections, run_id, ledger)
    typed = [item for item in reworded if item.typed]
    made = [item for item in reworded if not item.typed]
    _reworded(typed, tn("{number} typed rewording", "{number} typed rewordings", len(typed)))
    _reworded(
        made, tn("{number} rewording, made by rule", "{number} rewordings, made by rule", len(made))
    )
    if changed:
        label = tn("{number} other answer changed", "{number} other answers changed", len(changed))
        with st.expander(label, icon=":material/warning:", expanded=True):
            _table(changed, label)
    if unchanged:
        label = tn(
            "{number} other answer unchanged", "{number} other answers unchanged", len(unchanged)
        )
        with st.expander(label, icon=":material/check:"):
            _unchanged(unchanged, label)


def draw_cards(items: Sequence[ProofItem], run_id: str, ledger: Ledger | None = None) -> None:
    """Draw a run's corrected questions, a page at a time, what did not come out right first.

    With a ledger, each can be given other wordings there.
    """
    ordered = sorted(items, key=lambda item: item.outcome is Outcome.FIXED)
    page = 1
    if len(ordered) > PAGE:
        page = st.pagination(-(-len(ordered) // PAGE), key=f"proof_page_{run_id}")
    for item in ordered[(page - 1) * PAGE : page * PAGE]:
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
            t("Question"): short(here.question, 200),
            t("Right"): short(here.expected, 200) if here.kind.should_change else "",
            _version(here): _after(here),
            _version(there): _after(there),
        }
        for here, there in pairs
        if here.after != there.after
    ]
    st.caption(
        tn(
            "Answered differently: {different} of {number} common question.",
            "Answered differently: {different} of {number} common questions.",
            len(pairs),
            different=len(rows),
        )
    )
    if rows:
        st.dataframe(rows, hide_index=True, alt=t("Answers of two versions, side by side"))


def _card(item: ProofItem, ledger: Ledger | None) -> None:
    color, icon = LOOKS[item.outcome]
    with st.container(border=True, gap="small"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(item.question, 300)}**", width="stretch")
            st.badge(_word(item.outcome), color=color, icon=icon)  # type: ignore[arg-type]  # a literal
        texts = {t("Before"): item.before, t("Right"): item.expected, t("After"): item.after}
        for column, (name, text) in zip(st.columns(3), texts.items(), strict=True):
            with column, st.container(gap="xxsmall"):
                st.caption(name)
                st.text(text or "…")
        if not item.exact:
            st.caption(t("{share} of its words are right (F1)", share=share(item.f1)))
        if ledger and item.correction_id:
            draw_rewordings(item.correction_id, ledger)


def _word(outcome: Outcome) -> str:
    return {
        Outcome.FIXED: t("Fixed"),
        Outcome.PARTLY: t("Partly"),
        Outcome.NOT_FIXED: t("Not fixed"),
        Outcome.SAME: t("Same"),
        Outcome.CHANGED: t("Changed"),
    }[outcome]


def _reworded(items: Sequence[ProofItem], label: str) -> None:
    if items:
        failed = any(item.outcome is not Outcome.FIXED for item in items)
        with st.expander(label, icon=":material/translate:", expanded=failed):
            _table(items, label, should_change=True)


def _table(items: Sequence[ProofItem], label: str, *, should_change: bool = False) -> None:
    st.dataframe(
        [
            {
                **({t("Outcome"): _word(item.outcome)} if should_change else {}),
                t("Question"): short(item.question, 200),
                t("Before"): short(item.before, 200),
                **({t("Right"): short(item.expected, 200)} if should_change else {}),
                t("After"): short(item.after, 200),
                "F1": round(item.f1, 2),
            }
            for item in items
        ],
        hide_index=True,
        column_config=_columns(should_change=should_change),
        alt=label,
    )


def _columns(*, should_change: bool) -> dict[str, Any]:
    """Pixels wide, so that the answer from after is on the screen without scrolling."""
    question, before, after = (185, 115, 115) if should_change else (225, 200, 200)
    widths = {
        t("Outcome"): 95,
        t("Question"): question,
        t("Before"): before,
        t("Right"): 115,
        t("After"): after,
        "F1": 45,
    }
    return {name: st.column_config.Column(width=width) for name, width in widths.items()}


def _unchanged(items: Sequence[ProofItem], label: str) -> None:
    outside = sum(item.by_scope for item in items)
    if outside:
        st.caption(
            tn(
                "{number} of these questions is out of scope: no correction is near, so the base"
                " model answers as before. It was not asked again.",
                "{number} of these questions are out of scope: no correction is near, so the base"
                " model answers as before. They were not asked again.",
                outside,
            )
        )
    st.dataframe(
        [
            {
                t("Question"): short(item.question, 200),
                t("Answer"): _after(item),
                t("How it is known"): t("Out of scope") if item.by_scope else t("Asked again"),
            }
            for item in items
        ],
        hide_index=True,
        alt=label,
    )


def _after(item: ProofItem) -> str:
    if item.by_scope and not item.after:
        return t("The base model's answer, as before")
    return short(item.after, 200)


def _version(item: ProofItem) -> str:
    return t("Version {number}", number=item.version) if item.version is not None else t("Answer")
