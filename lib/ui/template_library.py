"""Every prompt template with its versions: read, compared, brought back, made new."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.few_shot import EXAMPLES
from lib.teaching.people import WRITERS
from lib.teaching.templates import DEFAULT, DEFAULT_NAME, require_question, variables
from lib.ui.difference import draw_difference
from lib.ui.figures import moment
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, my_name, recall, remember
from lib.ui.plain import plain
from lib.ui.template_picker import REMEMBERED, template_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Template

WITH_EXAMPLES = f"{{{EXAMPLES}}}\n\n{DEFAULT}"
"""What a new template begins with."""


def draw_library(ledger: Ledger) -> None:
    """Draw every template, the one in use open, and the place for a new one."""
    used = recall(REMEMBERED, DEFAULT_NAME)
    for template in ledger.templates():
        with st.container(border=True, gap="small", key=f"template_{template.id}"):
            _one(template, ledger, is_used=template.name == used)
    with st.expander(t("New template"), icon=":material/add:"):
        _new(ledger)


def _one(template: Template, ledger: Ledger, *, is_used: bool) -> None:
    def use() -> None:
        remember(REMEMBERED, template.name)

    versions = ledger.template_versions(template.name)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"**{plain(template_name(template.name))}**", width="stretch")
        if is_used:
            st.badge(t("In use"), color="green")
        else:
            st.button(
                t("Use"),
                key=f"use_{template.id}",
                type="tertiary",
                disabled=not may(*WRITERS),
                on_click=use,
            )
    st.caption(_about(template, len(versions)))
    st.code(template.text, language=None, wrap_lines=True)
    if len(versions) > 1:
        with st.expander(t("Versions"), type="compact", key=f"versions_{template.name}"):
            _compare(versions, ledger)


def _about(template: Template, versions: int) -> str:
    parts = [
        tn("{number} version", "{number} versions", versions),
        t("changed {when}", when=moment(template.created_at, year=True)),
    ]
    others = [name for name in variables(template.text) if name != "question"]
    if others:
        parts.append(t("also asks for {names}", names=plain(", ".join(others))))
    return " · ".join(parts)


def _compare(versions: Sequence[Template], ledger: Ledger) -> None:
    """What changed between two versions, and the way back to one."""
    by_number = {version.version: version for version in versions}
    numbers = list(by_number)

    def name(number: int) -> str:
        when = moment(by_number[number].created_at)
        return t("Version {number} · {when}", number=number, when=when)

    newest = versions[-1]
    left, right = st.columns(2)
    before = left.selectbox(
        t("From"), numbers, len(numbers) - 2, format_func=name, key=f"from_{newest.id}"
    )
    after = right.selectbox(
        t("To"), numbers, len(numbers) - 1, format_func=name, key=f"to_{newest.id}"
    )
    draw_difference(by_number[before].text, by_number[after].text)

    def bring_back() -> None:
        with telling():
            kept = ledger.save_template(newest.name, by_number[before].text, by=my_name())
            st.toast(t("Saved as version {number}.", number=kept.version), icon=":material/check:")

    if by_number[before].text != newest.text:
        st.button(
            t("Bring version {number} back", number=before),
            icon=":material/history:",
            key=f"back_{newest.id}",
            disabled=not may(*WRITERS),
            on_click=bring_back,
        )


def _new(ledger: Ledger) -> None:
    def save() -> None:
        with telling(t("Nothing was saved; your text is still in the editor.")):
            text, name = st.session_state["library_text"], st.session_state["library_name"]
            require_question(text)
            kept = ledger.save_template(name.strip(), text, by=my_name())
            st.toast(t("Saved as version {number}.", number=kept.version), icon=":material/check:")

    name = st.text_input(
        t("Name"), key="library_name", max_chars=80, persist_state="session", live=True
    )
    st.text_area(
        t("Template"),
        WITH_EXAMPLES,
        key="library_text",
        height=160,
        persist_state="session",
        help=t(
            "{question} stands for the question, {examples} for corrections that were taught. Other"
            " names in braces become fields to fill in."
        ),
    )
    st.button(
        t("Save template"),
        type="primary",
        key="library_save",
        disabled=not (name or "").strip() or not may(*WRITERS),
        on_click=save,
    )
