"""Corrections and exchanges, given out in the formats of other tools."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState, ExchangeState
from lib.teaching.exchange_formats import Example, Format, write
from lib.teaching.rewordings import COLUMN, in_cell
from lib.ui.language import t, tn

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange

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
    return [_of_correction(one, typed.get(one.id, [])) for one in kept]


def exchanges(ledger: Ledger) -> list[Example]:
    """Every whole answer that is not a proof's."""
    return [
        _of_exchange(one)
        for one in ledger.everything_asked()
        if one.state is ExchangeState.ANSWERED and one.answer.strip()
    ]


def _of_correction(kept: Correction, typed: Sequence[str]) -> Example:
    return Example(
        kept.question,
        kept.prompt,
        kept.right_answer,
        kept.wrong_answer,
        kept.auto_template,
        {
            COLUMN: in_cell(typed),
            "state": kept.state.value,
            "author": kept.author,
            "created_at": kept.created_at.isoformat(),
            "updated_at": kept.updated_at.isoformat(),
            "id": kept.id,
        },
    )


def _of_exchange(kept: Exchange) -> Example:
    return Example(
        kept.question,
        kept.prompt,
        kept.answer,
        auto_template=kept.auto_template,
        facts={
            "verdict": kept.verdict.value if kept.verdict else "",
            "model": kept.model_name,
            "version": "" if kept.version is None else str(kept.version),
            "template": kept.template_text,
            "asked_by": kept.asked_by,
            "asked_at": kept.created_at.isoformat(),
            "seconds": "" if kept.seconds is None else f"{kept.seconds:.3f}",
            "id": kept.id,
        },
    )
