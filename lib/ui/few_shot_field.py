"""Where few-shot examples are put together: from corrections that were taught, or by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.teaching.few_shot import EXAMPLES, few_shot
from lib.ui.language import t, tn
from lib.ui.notices import telling

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Template

SHOWN = 3
"""Corrections that are taken, the ones taught last: a prompt has to stay short."""
KEY = f"ask_variable_{EXAMPLES}"


def few_shot_field(template: Template, values: Mapping[str, str], ledger: Ledger) -> str:
    """Draw what `{examples}` stands for, with a button that takes it from corrections.

    Args:
        template: the one that is asked with.
        values: of its other variables.
        ledger: where corrections are.
    """

    def take() -> None:
        with telling():
            taught = ledger.corrections(CorrectionState.TAUGHT)[-SHOWN:]
            pairs = [(correction.question, correction.right_answer) for correction in taught]
            st.session_state[KEY] = few_shot(template.text, pairs, values)

    number = min(ledger.counts()[CorrectionState.TAUGHT], SHOWN)
    with st.popover(t("Examples"), icon=":material/format_list_bulleted:"):
        text = st.text_area(
            t("Shown before the question"), key=KEY, height=220, persist_state="session"
        )
        st.button(
            tn("Take the one that was taught", "Take the {number} taught last", number),
            key="ask_examples",
            disabled=not number,
            on_click=take,
        )
    return text or ""
