"""Corrections and exchanges, given out in the formats of other tools."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState, ExchangeState
from lib.teaching.exchange_formats import Example, Format, write
from lib.teaching.rewordings import COLUMN, in_cell
from lib.ui.language import t, tn

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange, Judgement

MIME = {"jsonl": "application/jsonl", "json": "application/json", "csv": "text/csv"}
NAMES = {
    Format.OPENAI: "OpenAI chat (JSONL)",
    Format.ALPACA: "Alpaca (JSON)",
    Format.SHAREGPT: "ShareGPT (JSON)",
    Format.GRADIENT: "Gradient (JSONL)",
    Format.CSV: "CSV",
    Format.PARQUET: "Parquet",
}
GIVEN_OUT = (CorrectionState.READY, CorrectionState.SUBMITTED, CorrectionState.TAUGHT)
"""Corrections that somebody finished, and nobody put aside."""
VARIABLES, REASONS, NOTE = "variables", "reasons", "note"
"""Columns of a table: a JSON object, lines, and a text; empty where there are none."""


def draw_export(ledger: Ledger) -> None:
    """Draw what can be given out, and the button that does."""
    corrected = t("Corrections: the right answers")
    asked = t("Exchanges: everything asked, and what was answered")
    left, right = st.columns(2)
    what = left.selectbox(t("What"), [corrected, asked], key="export_what")
    form = right.selectbox(t("Format"), NAMES, format_func=NAMES.__getitem__, key="export_format")
    counted = ledger.counts()
    number = sum(counted[state] for state in GIVEN_OUT)
    made: Callable[[], list[Example]]
    if what == corrected:
        st.caption(
            tn(
                "{number} correction is ready or taught.",
                "{number} corrections are ready or taught.",
                number,
            )
        )
        made, stem = lambda: corrections(ledger), "corrections"
    else:
        made, stem = lambda: exchanges(ledger), "exchanges"
    if form not in {Format.CSV, Format.PARQUET}:
        st.caption(t("This format holds the prompt and the answer. CSV and Parquet hold the rest."))
    st.download_button(
        t("Export"),
        lambda: write(made(), form),
        f"{stem}.{form.ending}",
        MIME.get(form.ending, "application/octet-stream"),
        key="export",
        type="primary",
        icon=":material/download:",
        disabled=what == corrected and not number,
        on_click="ignore",
    )


def corrections(ledger: Ledger) -> list[Example]:
    """Every correction that is ready, submitted or taught, with its typed rewordings."""
    kept = ledger.corrections(*GIVEN_OUT)
    typed = ledger.rewordings([one.id for one in kept])
    asked = {exchange.id: exchange for exchange in ledger.everything_asked()}
    judged = ledger.judgements(asked)
    return [
        _of_correction(
            one,
            typed.get(one.id, []),
            asked.get(one.exchange_id or ""),
            judged.get(one.exchange_id or ""),
        )
        for one in kept
    ]


def exchanges(ledger: Ledger) -> list[Example]:
    """Every whole answer that is not a proof's."""
    asked = ledger.everything_asked()
    judged = ledger.judgements([one.id for one in asked])
    return [
        _of_exchange(one, judged.get(one.id))
        for one in asked
        if one.state is ExchangeState.ANSWERED and one.answer.strip()
    ]


def _of_correction(
    kept: Correction, typed: Sequence[str], asked: Exchange | None, judged: Judgement | None
) -> Example:
    return Example(
        kept.question,
        kept.prompt,
        kept.right_answer,
        kept.wrong_answer,
        kept.auto_template,
        {
            COLUMN: in_cell(typed),
            **_why(judged),
            VARIABLES: _in_cell(asked.variables) if asked else "",
            "state": kept.state.value,
            "author": kept.author,
            "created_at": kept.created_at.isoformat(),
            "updated_at": kept.updated_at.isoformat(),
            "id": kept.id,
        },
    )


def _of_exchange(kept: Exchange, judged: Judgement | None) -> Example:
    return Example(
        kept.question,
        kept.prompt,
        kept.answer,
        auto_template=kept.auto_template,
        facts={
            "verdict": kept.verdict.value if kept.verdict else "",
            **_why(judged),
            VARIABLES: _in_cell(kept.variables),
            "model": kept.model_name,
            "version": "" if kept.version is None else str(kept.version),
            "template": kept.template_text,
            "asked_by": kept.asked_by,
            "asked_at": kept.created_at.isoformat(),
            "seconds": "" if kept.seconds is None else f"{kept.seconds:.3f}",
            "id": kept.id,
        },
    )


def _why(judged: Judgement | None) -> dict[str, str]:
    """Why somebody judged an answer as they did."""
    reasons = judged.reasons if judged else ()
    return {REASONS: "\n".join(reasons), NOTE: judged.note if judged else ""}


def _in_cell(variables: Mapping[str, str]) -> str:
    return json.dumps(dict(variables), ensure_ascii=False) if variables else ""
