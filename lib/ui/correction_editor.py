"""Many right answers edited in a table, each kept as soon as its cell is left.

The rows are those that were selected when editing began, and stay in their places until it ends,
whatever happens to the corrections meanwhile: an edit is matched by position. What somebody else
changed meanwhile is not overwritten: both texts are shown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from lib.ledger.errors import StaleCorrection
from lib.ledger.selections import Changed
from lib.ui.correction_box import draw_clash
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may_change, my_name
from lib.ui.plain import plain
from lib.ui.undo import Deed, done

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction

_NARROW_PX, _WIDE_PX = 180, 320
_EDITING, _TIMES = "corrections_editing", "corrections_edited_times"


@dataclass
class _Editing:
    """Corrections as they were when editing began, and as they were last kept."""

    key: str
    rows: list[Correction]
    kept: list[Correction]
    clashes: dict[str, StaleCorrection] = field(default_factory=dict)
    offered: dict[int, str] = field(default_factory=dict)
    """Row → the text that was last given to the ledger from it."""


def begin_editing(corrections: Sequence[Correction]) -> None:
    """In a callback: edit these."""
    times = st.session_state[_TIMES] = st.session_state.get(_TIMES, 0) + 1
    st.session_state[_EDITING] = _Editing(
        f"corrections_editor_{times}", list(corrections), list(corrections)
    )


def draw_editor(ledger: Ledger) -> bool:
    """Draw the corrections that are being edited; whether there are any that one may change."""
    editing: _Editing | None = st.session_state.get(_EDITING)
    if editing is None or not may_change(*(one.author for one in editing.rows)):
        return False
    right = t("Right")
    st.caption(
        t("Each text is kept as you leave its cell. What you change is a draft, to be accepted.")
    )
    st.data_editor(
        pd.DataFrame(
            {
                t("Question"): [one.question for one in editing.rows],
                # Second, so that it is on the screen of a phone.
                right: [one.right_answer for one in editing.rows],
                t("The model said"): [one.wrong_answer for one in editing.rows],
            }
        ),
        key=editing.key,
        hide_index=True,
        disabled=[t("Question"), t("The model said")],
        column_config={
            t("Question"): st.column_config.TextColumn(width=_NARROW_PX),
            t("The model said"): st.column_config.TextColumn(width=_NARROW_PX),
            right: st.column_config.TextColumn(width=_WIDE_PX),
        },
        alt=t("Right answers, to be edited"),
    )
    with telling():
        _keep(editing, right, ledger)

    def choose(error: StaleCorrection, text: str) -> None:
        with telling():
            row = next(i for i, one in enumerate(editing.kept) if one.id == error.correction_id)
            editing.kept[row] = ledger.edit(
                error.correction_id, text, revision=error.revision, by=my_name()
            )
            del editing.clashes[error.correction_id]

    for error in list(editing.clashes.values()):
        with st.container(border=True):
            one = next(one for one in editing.rows if one.id == error.correction_id)
            st.markdown(f"**{plain(one.question, 300)}**")
            draw_clash(error, choose)
    st.button(t("Done"), type="primary", key="many_edited", on_click=_end)
    return True


def _keep(editing: _Editing, column: str, ledger: Ledger) -> None:
    edited = st.session_state[editing.key]["edited_rows"]
    changes = []
    for row, cells in edited.items():
        text = cells.get(column)
        if text is None or editing.offered.get(row, editing.rows[row].right_answer) == text:
            continue
        editing.offered[row] = text
        before = editing.kept[row]
        try:
            after = ledger.edit(before.id, text, revision=before.revision, by=my_name())
        except StaleCorrection as error:
            editing.clashes[before.id] = error
            continue
        editing.kept[row] = after
        changes.append(Changed(before, after))
    if changes:
        said = tn("Edited {number} correction", "Edited {number} corrections", len(changes))
        done(Deed(said, changes=tuple(changes)))


def _end() -> None:
    del st.session_state[_EDITING]
