"""What became of a correction: who, when, from what to what."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ui.correction_box import STATE_COLORS, state_word
from lib.ui.difference import draw_difference
from lib.ui.figures import moment
from lib.ui.language import t
from lib.ui.plain import plain

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, CorrectionState


def draw_history(correction: Correction, ledger: Ledger) -> None:
    """Draw it, read only when somebody looks."""
    place = st.expander(
        t("Its history"), type="compact", on_change="rerun", key=f"history_{correction.id}"
    )
    if not place.open:
        return
    with place:
        for event in ledger.history(correction.id):
            who = plain(event.by) or t("Somebody")
            went = _badge(event.to_state)
            if event.from_state not in {None, event.to_state}:
                went = f"{_badge(event.from_state)} → {went}"
            st.markdown(f":small[{moment(event.at, year=True)} · {who}] {went}")
            if event.before != event.after:
                draw_difference(event.before or "", event.after)


def _badge(state: CorrectionState | None) -> str:
    if state is None:
        return ""
    return f":{STATE_COLORS[state]}-badge[{state_word(state)}]"
