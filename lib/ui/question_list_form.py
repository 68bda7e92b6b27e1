"""Where many questions are brought: which column is what, and what will be sent, before it is."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.list_records import NewListedQuestion, NewQuestionList
from lib.teaching.people import Role
from lib.teaching.question_lists import Columns, guess, questions
from lib.teaching.tables import read_lines, read_table
from lib.teaching.templates import variables
from lib.ui.language import t, tn
from lib.ui.model_picker import model_picker
from lib.ui.notices import telling, told_here
from lib.ui.person import may, my_name, recall, remember
from lib.ui.plain import plain
from lib.ui.sampling import sampling_settings
from lib.ui.template_picker import template_editor, template_picker

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Sampling, Template
    from lib.teaching.question_lists import Question
    from lib.teaching.tables import Table
    from lib.ui.connection import Connection
    from lib.ui.model_picker import Choice
    from lib.ui.question_lists import QuestionLists

ENDINGS = ["csv", "tsv", "jsonl", "ndjson", "json", "txt"]
MEGABYTES = 50
PREVIEW = 5
"""Rows that are shown as they will be sent."""
CHOSEN = "many_list"
"""In the session's state: the id of the list that is looked at."""
_ROUND = "many_round"
_PASTED = "ask_many_pasted"
"""Where what a person pasted is remembered until it is asked."""


def question_list_form(*, ledger: Ledger, connection: Connection, lists: QuestionLists) -> None:
    """Draw it, down to the button that begins."""
    table, name = None, ""
    with told_here():
        table, name = _brought()
    choice: Choice | None = None
    models_column, template_column = st.columns(2)
    with models_column, st.container(horizontal=True), told_here():
        choice = model_picker(connection)
    with template_column:
        template, values = template_picker(ledger)
    with st.popover(t("Settings"), icon=":material/tune:"):
        template_editor(template, ledger)
        sampling, chat = sampling_settings()
    if table is None:
        return
    with told_here():
        columns = _columns(table, template)
        found = questions(table, columns, template.text, values)
        _preview(found, len(table.rows))

        def ask() -> None:
            if choice is not None:
                with telling(t("What you brought is still here.")):
                    new = _new_list(name, choice, template, sampling, connection, chat=chat)
                    _begin(new, found, ledger, lists)

        st.button(
            tn("Ask it", "Ask {number} questions", len(found)),
            type="primary",
            key="many_ask",
            disabled=not may(Role.ASKER) or choice is None,
            on_click=ask,
        )


def _brought() -> tuple[Table | None, str]:
    """The table that somebody uploaded or pasted, and what to call it.

    Raises:
        UnreadableTable: what they brought is none.
    """
    number = st.session_state.setdefault(_ROUND, 0)
    file = st.file_uploader(
        t("A CSV or JSONL file, or a text with one question a line"),
        ENDINGS,
        key=f"many_file_{number}",
        max_upload_size=MEGABYTES,
    )
    key = f"many_pasted_{number}"

    def keep() -> None:
        remember(_PASTED, st.session_state[key] or "")

    pasted = st.text_area(
        t("Or paste questions, one a line"),
        recall(_PASTED, ""),
        key=key,
        help=t("Copied from a spreadsheet, a second column is the expected answer."),
        on_change=keep,
    )
    if file is not None:
        return read_table(file.getvalue(), file.name), file.name
    if (pasted or "").strip():
        return read_lines(pasted or ""), t("Pasted questions")
    return None, ""


def _columns(table: Table, template: Template) -> Columns:
    """Draw which column is what; a table of one column needs no choice."""
    others = [variable for variable in variables(template.text) if variable != "question"]
    names = table.columns
    guessed = guess(names, others)
    if len(names) == 1:
        return guessed
    shape = hash((names, template.text))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        question = st.selectbox(
            t("Question"), names, names.index(guessed.question), key=f"many_question_{shape}"
        )
        expected = st.selectbox(
            t("Expected answer"),
            names,
            None if guessed.expected is None else names.index(guessed.expected),
            placeholder=t("None"),
            key=f"many_expected_{shape}",
        )
        chosen = {}
        for variable in others:
            column = guessed.variables.get(variable)
            chosen[variable] = st.selectbox(
                plain(variable.replace("_", " ").capitalize()),
                names,
                None if column is None else names.index(column),
                placeholder=t("As typed above"),
                key=f"many_variable_{variable}_{shape}",
            )
    return Columns(
        question,
        expected,
        {variable: column for variable, column in chosen.items() if column is not None},
    )


def _preview(found: Sequence[Question], rows: int) -> None:
    said = [tn("{number} question", "{number} questions", len(found))]
    expected = sum(one.expected is not None for one in found)
    if expected:
        said.append(
            tn("{number} with an expected answer", "{number} with expected answers", expected)
        )
    if rows > len(found):
        said.append(
            tn(
                "{number} row without a question is left out",
                "{number} rows without a question are left out",
                rows - len(found),
            )
        )
    st.caption(" · ".join(said))
    st.dataframe(
        [
            {
                t("Question"): one.question,
                **({t("Expected answer"): one.expected or ""} if expected else {}),
                t("Sent as"): one.prompt,
            }
            for one in found[:PREVIEW]
        ],
        hide_index=True,
        alt=t("The first questions as they will be sent"),
    )
    with st.expander(t("The first prompt, exactly"), type="compact"):
        st.code(found[0].prompt, language=None, wrap_lines=True)


def _new_list(
    name: str,
    choice: Choice,
    template: Template,
    sampling: Sampling,
    connection: Connection,
    *,
    chat: bool,
) -> NewQuestionList:
    return NewQuestionList(
        name=name,
        template_text=template.text,
        template_id=template.id,
        template_version=template.version,
        server_url=connection.client().server.url,
        model_id=choice.model_id,
        model_name=choice.name,
        version=choice.version,
        auto_template=chat,
        sampling=sampling,
        asked_by=my_name(),
    )


def _begin(
    new: NewQuestionList, found: Sequence[Question], ledger: Ledger, lists: QuestionLists
) -> None:
    """Keep the list, ask it, and make the form empty for the next one."""
    made = ledger.make_list(new, [NewListedQuestion(**asdict(one)) for one in found])
    lists.carry_on()
    remember(_PASTED, "")
    st.session_state[_ROUND] += 1
    st.session_state[CHOSEN] = made.id
