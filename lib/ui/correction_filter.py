"""What corrections to look for: by model, template, person and text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.selections import Wanted
from lib.ui.language import t
from lib.ui.person import my_name
from lib.ui.template_picker import template_name

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger


def draw_filter(ledger: Ledger) -> Wanted:
    """Draw the filter; gives what is wanted."""
    text = st.text_input(
        t("Find"),
        key="corrections_text",
        type="search",
        live=True,
        placeholder=t("Find"),
        label_visibility="collapsed",
        persist_state="session",
    )
    with st.popover(t("Filter"), icon=":material/filter_list:"):
        choices = ledger.choices()
        model = st.selectbox(
            t("Asked of, or taught to"),
            ["", *choices.models],
            format_func=lambda model: choices.models.get(model) or t("Any model"),
            key="corrections_model",
            persist_state="session",
        )
        template = st.selectbox(
            t("Template"),
            ["", *choices.templates],
            format_func=lambda name: template_name(name) or t("Any template"),
            key="corrections_template",
            persist_state="session",
        )
        mine = my_name()
        person = st.selectbox(
            t("Written by, or assigned to"),
            ["", *choices.people],
            format_func=lambda name: (
                t("{name} (you)", name=name) if name and name == mine else name or t("Anybody")
            ),
            key="corrections_person",
            persist_state="session",
        )
    return Wanted(model_id=model, template=template, person=person, text=(text or "").strip())
