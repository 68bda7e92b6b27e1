"""A file of questions with their answers, looked at before it is taken, then taken whole."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.imports import Imported
from lib.ledger.list_records import ListedState, NewListedQuestion, NewQuestionList
from lib.ledger.records import CorrectionState, Reason, Verdict
from lib.teaching.exchange_reading import Reading, Refused, read
from lib.teaching.people import JUDGES
from lib.teaching.rewordings import COLUMN, of_cell
from lib.teaching.templates import DEFAULT, DEFAULT_NAME
from lib.ui.exporting import NOTE, REASONS, VARIABLES
from lib.ui.language import t, tn
from lib.ui.notices import telling, told_here
from lib.ui.person import may, my_name
from lib.ui.question_list_form import CHOSEN, MEGABYTES
from lib.ui.question_lists import worth
from lib.ui.sentences import told
from lib.ui.template_picker import template_name
from lib.ui.undo import Deed, done

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Template
    from lib.teaching.exchange_formats import Example

PAGE = "import_export"
ENDINGS = ["jsonl", "json", "csv", "tsv", "parquet"]
PREVIEW = 5
SHOWN_REFUSED = 100
ELSEWHERE = "imported"
"""In the place of a model's id: nobody knows which model was asked."""
_ROUND = "import_round"


class As(StrEnum):
    """What a file's answers are."""

    READY = "ready"
    DRAFT = "draft"
    ANSWERS = "answers"


def draw_import(ledger: Ledger) -> None:
    """Draw it, down to the button that takes it in."""
    number = st.session_state.setdefault(_ROUND, 0)
    file = st.file_uploader(
        t("OpenAI chat, Alpaca, ShareGPT, Gradient samples, CSV or Parquet"),
        ENDINGS,
        key=f"import_file_{number}",
        max_upload_size=MEGABYTES,
    )
    if file is None:
        return
    words = {
        As.READY: t("right answers, ready to be taught"),
        As.DRAFT: t("right answers, to be looked at first"),
        As.ANSWERS: t("a model's answers, to be marked"),
    }
    left, right = st.columns(2, vertical_alignment="bottom")
    kind = left.selectbox(
        t("The answers are"), words, format_func=words.__getitem__, key="import_as"
    )
    with right:
        template = _template(ledger)
    text = template.text if template else DEFAULT
    with told_here():
        reading = read(file.getvalue(), file.name, text)
        if kind is not As.ANSWERS:
            reading = without_known(reading, ledger)
        _preview(reading)

        def take() -> None:
            with telling(t("Nothing was kept; the file is still here.")):
                new = NewQuestionList(
                    name=file.name,
                    template_text=text,
                    template_id=template.id if template else None,
                    template_version=template.version if template else None,
                    server_url="",
                    model_id=ELSEWHERE,
                    model_name=t("Imported"),
                    asked_by=my_name(),
                )
                st.session_state[CHOSEN], made = ledger.import_list(
                    new,
                    [imported(one, correct=kind is not As.ANSWERS) for one in reading.examples],
                    CorrectionState.DRAFT if kind is As.DRAFT else CorrectionState.READY,
                )
                st.session_state[_ROUND] += 1
                said = tn("{number} is taken.", "{number} are taken.", len(reading.examples))
                if made:
                    done(Deed(said, made=tuple(made), page=PAGE))
                st.toast(said, icon=":material/check:")

        st.button(
            tn("Take it", "Take {number}", len(reading.examples)),
            type="primary",
            key="import_take",
            disabled=not reading.examples or not may(*JUDGES),
            on_click=take,
        )


def imported(example: Example, *, correct: bool) -> Imported:
    """An example as the ledger takes it: as a correction, or as an answer that somebody got."""
    facts = example.facts
    listed = NewListedQuestion(
        question=example.question,
        prompt=example.prompt,
        variables=_variables(facts.get(VARIABLES, "")),
        expected=example.answer if correct else None,
    )
    said = set(facts.get(REASONS, "").splitlines())
    reasons, note = tuple(one for one in Reason if one in said), facts.get(NOTE, "")
    if not correct:
        verdict = facts.get("verdict", "")
        return Imported(
            listed,
            example.answer,
            ListedState.ANSWERED,
            auto_template=example.auto_template,
            verdict=Verdict(verdict) if verdict in set(Verdict) else None,
            reasons=reasons,
            note=note,
        )
    # Without the wrong answer there is nothing to compare.
    state, f1 = worth(example.wrong_answer, example.answer if example.wrong_answer else None)
    return Imported(
        listed,
        example.wrong_answer,
        state,
        f1,
        example.auto_template,
        rewordings=of_cell(facts.get(COLUMN, "")),
        reasons=reasons,
        note=note,
    )


def _variables(cell: str) -> dict[str, str]:
    """What a template's other variables were, as an export has them; none of anything else."""
    try:
        read = json.loads(cell)
    except (ValueError, RecursionError):  # the latter where brackets are nested too deep
        return {}
    return {str(name): str(value) for name, value in read.items()} if isinstance(read, dict) else {}


def without_known(reading: Reading, ledger: Ledger) -> Reading:
    """What the ledger has as a correction already is refused, so that nothing is there twice."""
    known = {
        (kept.prompt, kept.right_answer)
        for kept in ledger.corrections()
        if kept.state is not CorrectionState.DISCARDED
    }
    taken, refused, numbers = [], list(reading.refused), []
    for number, one in zip(reading.numbers, reading.examples, strict=True):
        if (one.prompt, one.answer) in known:
            refused.append(Refused(number, "It is a correction already."))
        else:
            taken.append(one)
            numbers.append(number)
    return Reading(tuple(taken), tuple(refused), tuple(numbers))


def _template(ledger: Ledger) -> Template | None:
    templates = {template.name: template for template in ledger.templates()}
    names = list(templates) or [DEFAULT_NAME]
    name = st.selectbox(
        t("Prompt template"),
        names,
        names.index(DEFAULT_NAME) if DEFAULT_NAME in names else 0,
        format_func=template_name,
        key="import_template",
        help=t(
            "Goes around what is a bare question. Prompts that were made with it are known by it."
        ),
    )
    return templates.get(name)


def _preview(reading: Reading) -> None:
    said = [tn("{number} can be taken", "{number} can be taken", len(reading.examples))]
    if reading.refused:
        said.append(tn("{number} is refused", "{number} are refused", len(reading.refused)))
    st.caption(" · ".join(said))
    if reading.examples:
        st.dataframe(
            [
                {
                    t("Question"): one.question,
                    t("Answer"): one.answer,
                    t("Wrong answer"): one.wrong_answer,
                    t("Prompt"): one.prompt,
                }
                for one in reading.examples[:PREVIEW]
            ],
            hide_index=True,
            alt=t("The first questions and answers as they will be kept"),
        )
    if reading.refused:
        with st.expander(t("What is refused, and why"), type="compact"):
            st.dataframe(
                [
                    {t("Line or row"): refused.number, t("Why"): told(refused.why)}
                    for refused in reading.refused[:SHOWN_REFUSED]
                ],
                hide_index=True,
                alt=t("What is refused"),
            )
