"""Which prompt template to ask with, and its text."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.few_shot import EXAMPLES
from lib.teaching.people import WRITERS
from lib.teaching.templates import DEFAULT_NAME, require_question, variables
from lib.ui.few_shot_field import few_shot_field
from lib.ui.language import t
from lib.ui.notices import telling
from lib.ui.person import may, my_name, recall, remember
from lib.ui.plain import plain

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Template

REMEMBERED = "template"


def template_name(name: str) -> str:
    """A template's name as it is shown: that of the first one is in the reader's language."""
    return t("Question and answer") if name == DEFAULT_NAME else name


def template_picker(ledger: Ledger) -> tuple[Template, dict[str, str]]:
    """Draw the choice of a template; gives it with what was typed for its other variables."""
    templates = {template.name: template for template in ledger.templates()}
    names = {name: template_name(name) for name in templates}
    remembered = recall(REMEMBERED, DEFAULT_NAME)
    name = st.selectbox(
        t("Prompt template"),
        list(names),
        index=list(names).index(remembered) if remembered in names else 0,
        format_func=names.__getitem__,
        key=f"ask_template_{len(names)}_{remembered}",
        label_visibility="collapsed",
        help=t("The text around each question"),
        width="stretch",
    )
    if name != remembered:
        remember(REMEMBERED, name)
    template = templates[name]
    named = variables(template.text)
    others = [variable for variable in named if variable not in {"question", EXAMPLES}]
    values = {
        variable: st.text_input(
            plain(variable.replace("_", " ").capitalize()),
            key=f"ask_variable_{variable}",
            persist_state="session",
            width=230,
        )
        or ""
        for variable in others
    }
    if EXAMPLES in named:
        values[EXAMPLES] = few_shot_field(template, values, ledger)
    return template, values


def template_editor(template: Template, ledger: Ledger) -> None:
    """Draw the template's text, to be changed or saved under another name."""
    version = f"{template.id}_{template.version}"
    text = st.text_area(
        t("Template"),
        template.text,
        key=f"template_text_{version}",
        height=160,
        help=t(
            "{question} stands for the question. Other names in braces become fields to fill in."
        ),
    )
    shown = template_name(template.name)
    name = st.text_input(t("Name"), shown, key=f"template_name_{version}", max_chars=80)

    def save() -> None:
        with telling(t("Nothing was saved; your text is still in the editor.")):
            require_question(text)
            typed = name.strip()
            chosen = template.name if typed in {"", shown} else typed
            kept = ledger.save_template(chosen, text, by=my_name())
            remember(REMEMBERED, kept.name)
            st.toast(t("Saved as version {number}.", number=kept.version), icon=":material/check:")

    st.button(
        t("Save template"),
        key=f"template_save_{version}",
        disabled=not may(*WRITERS),
        on_click=save,
    )
    st.caption(
        t(
            "Version {number}. A new name makes a new template. What was asked before keeps the"
            " text it was asked with.",
            number=template.version,
        )
    )
