"""Many corrections in a table: selected, accepted, discarded, assigned.

What is selected is kept by id. A table whose rows are others than before has another key, so that
no position in it can be taken for one in the table that was there.
"""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from lib.ledger.records import Correction, CorrectionState
from lib.teaching.people import Role
from lib.ui import services
from lib.ui.correction_editor import begin_editing
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.patching import standing_word
from lib.ui.person import may, may_change, my_name
from lib.ui.undo import Deed, done, tell_left

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.selections import Changes

_SELECTED = "corrections_selected"
_FEW, _MOST_PX, _WIDE_PX = 15, 560, 190
"""Rows that are shown without scrolling; the height of more; the width of a text."""


def draw_table(corrections: Sequence[Correction], state: CorrectionState, ledger: Ledger) -> None:
    """Draw corrections of one state with what can be done with those that are selected."""
    actions = st.container(horizontal=True, vertical_alignment="center", gap="small")
    selected = _select(corrections, state)
    chosen = [one for one in corrections if one.id in selected]
    ids = [one.id for one in chosen]

    def change(said: str, how: Callable[[], Changes]) -> None:
        with telling():
            changes = how()
            tell_left(changes)
            if changes.done:
                done(Deed(said, changes=changes.done))
                st.toast(said, icon=":material/check:")

    def accept() -> None:
        change(
            tn("Accepted {number} correction", "Accepted {number} corrections", len(ids)),
            lambda: ledger.accept_all(ids, by=my_name()),
        )

    def discard() -> None:
        change(
            tn("Discarded {number} correction", "Discarded {number} corrections", len(ids)),
            lambda: ledger.discard_all(ids, by=my_name()),
        )

    def restore() -> None:
        change(
            tn("Restored {number} correction", "Restored {number} corrections", len(ids)),
            lambda: ledger.restore_all(ids, by=my_name()),
        )

    def assign() -> None:
        to = st.session_state["corrections_assign_to"] or ""
        change(
            tn("Assigned {number} correction", "Assigned {number} corrections", len(ids)),
            lambda: ledger.assign_all(ids, to, by=my_name()),
        )

    with actions:
        st.caption(tn("{number} selected", "{number} selected", len(ids)), width="content")
        nothing = not ids or not may_change(*(one.author for one in chosen))
        if state in {CorrectionState.DRAFT, CorrectionState.TAUGHT}:
            st.button(
                t("Accept"),
                icon=":material/check:",
                key="many_accept",
                shortcut="A",
                disabled=nothing,
                on_click=accept,
            )
        if state not in {CorrectionState.DISCARDED, CorrectionState.SUBMITTED}:
            st.button(
                t("Discard"),
                icon=":material/delete:",
                key="many_discard",
                shortcut="D",
                disabled=nothing,
                on_click=discard,
            )
            st.button(
                t("Edit"),
                icon=":material/edit:",
                key="many_edit",
                shortcut="E",
                disabled=nothing,
                on_click=begin_editing,
                args=(chosen,),
            )
        if state is CorrectionState.DISCARDED:
            st.button(
                t("Restore"),
                icon=":material/restore_from_trash:",
                key="many_restore",
                disabled=nothing,
                on_click=restore,
            )
        unassignable = not ids or not may(Role.REVIEWER)
        with st.popover(t("Assign"), icon=":material/person_add:", disabled=unassignable):
            people = ledger.choices().people
            mine = my_name()
            st.selectbox(
                t("To whom"),
                list(dict.fromkeys([*filter(None, [mine]), *people])),
                index=None,
                placeholder=t("Nobody"),
                accept_new_options=True,
                key="corrections_assign_to",
            )
            st.button(
                t("Assign"),
                key="many_assign",
                type="primary",
                disabled=unassignable,
                on_click=assign,
            )


def _standing(corrections: Sequence[Correction], state: CorrectionState) -> dict[str, list[str]]:
    """What became of those that were taught, as a column; of others, their state says it."""
    if state is not CorrectionState.TAUGHT:
        return {}
    patches = services.patching().patches()
    return {t("Now"): [standing_word(one.id, patches) for one in corrections]}


def _select(corrections: Sequence[Correction], state: CorrectionState) -> set[str]:
    ids = [one.id for one in corrections]
    kept = st.session_state.get(_SELECTED, set())
    frame = pd.DataFrame(
        {
            t("Question"): [one.question for one in corrections],
            **_standing(corrections, state),
            t("The model said"): [one.wrong_answer for one in corrections],
            t("Right"): [one.right_answer for one in corrections],
            t("By"): [one.typed_by or one.author for one in corrections],
            t("Assigned to"): [one.assigned_to for one in corrections],
            t("Changed"): [one.updated_at for one in corrections],
        },
        index=pd.Index(ids),
    )
    event = st.dataframe(
        frame,
        key=f"corrections_table_{sha256(','.join(ids).encode()).hexdigest()[:16]}",
        hide_index=True,
        height="content" if len(ids) <= _FEW else _MOST_PX,
        on_select="rerun",
        selection_mode="multi-row",
        selection_default={
            "selection": {"rows": [row for row, identity in enumerate(ids) if identity in kept]}
        },
        column_config={
            t("Question"): st.column_config.TextColumn(width=_WIDE_PX),
            t("The model said"): st.column_config.TextColumn(width=_WIDE_PX),
            t("Right"): st.column_config.TextColumn(width=_WIDE_PX),
            t("Changed"): st.column_config.DatetimeColumn(
                format="D MMM, HH:mm", timezone=st.context.timezone
            ),
        },
        alt=t("Corrections; select rows to change them together"),
    )
    selected = {ids[row] for row in event.selection.rows}
    st.session_state[_SELECTED] = selected
    return selected
