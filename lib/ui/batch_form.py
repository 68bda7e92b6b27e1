"""What is about to be taught, and to which adapter."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import streamlit as st

from lib.gradient.schemas import Scope
from lib.ledger.records import CorrectionState
from lib.teaching.people import Role
from lib.ui.batch import held, sample_of, withdrawn
from lib.ui.conflicts import conflicts_of, draw_conflicts, regardless
from lib.ui.expected import draw_expected, expected, kept
from lib.ui.fine_tunes import NewAdapter
from lib.ui.known import answering_now, draw_ask_first, heard_now
from lib.ui.language import t, tn
from lib.ui.new_adapter import new_adapter_fields
from lib.ui.notices import telling
from lib.ui.person import may, my_name
from lib.ui.plain import plain, short
from lib.ui.scope_switch import scope_field

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.gradient.client import Client
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction
    from lib.teaching.conflicts import Conflict
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes
    from lib.ui.models import Models

NEW = "new"
WITHDRAWN_SHOWN = 5
_RUN_ID = "teach_run_id"


def batch_form(
    corrections: Sequence[Correction],
    *,
    ledger: Ledger,
    connection: Connection,
    fine_tunes: FineTunes,
) -> None:
    """Draw the batch and the button that teaches it; an empty one may still withdraw something.

    Raises:
        GradientError: the server does not say what it has.
    """
    models = connection.models()
    adapter = _adapter(corrections, ledger, models)
    base_id = adapter.base_model_id if isinstance(adapter, NewAdapter) else models.base_of(adapter)
    ours = connection.info() is not None
    item = models.adapter(adapter) if isinstance(adapter, str) else None
    holds = held(ledger, item)
    found: list[Conflict] = []
    if corrections:
        tokens = _tokens(corrections, base_id, connection, ours=ours)
        _table(corrections, tokens)
        if not ours and any(correction.auto_template for correction in corrections):
            st.caption(
                t(
                    "This server learns samples as plain text, and these were asked inside the"
                    " chat template. If it holds badly, ask without it: see Settings on Ask."
                )
            )
        choice = answering_now(item, base_id, models)
        heard = heard_now(corrections, choice, ledger)
        with st.container(horizontal=True, vertical_alignment="center"):
            st.page_link(
                "corrections.py", label=t("Change or discard one"), icon=":material/edit_note:"
            )
            draw_ask_first(corrections, choice, heard, ledger)
        found = conflicts_of(
            corrections,
            ledger=ledger,
            connection=connection,
            adapter=item,
            base_id=base_id,
            holds=holds,
            heard=list(heard.values()),
            tokens=tokens,
        )
        draw_conflicts(found, [*corrections, *holds], ledger)
    gone = _withdrawn(holds, corrections)
    scope = scope_field() if connection.can("scope") else Scope.NEAR

    what = expected(
        corrections,
        ledger=ledger,
        connection=connection,
        holds=len(holds),
        base_id=base_id,
        scope=scope,
    )
    draw_expected(what)

    # Made before the first try and kept until it is used: a double click is one run.
    run_id = st.session_state.setdefault(_RUN_ID, uuid.uuid4().hex)

    def teach() -> None:
        with telling(t("The corrections are still ready.")):
            fine_tunes.submit(
                run_id,
                adapter,
                corrections,
                estimate=kept(what),
                regardless=regardless(found),
                scope=scope,
                by=my_name(),
            )
            st.session_state.pop(_RUN_ID, None)

    nameless = isinstance(adapter, NewAdapter) and not adapter.name
    st.button(
        tn("Teach {number} correction", "Teach {number} corrections", len(corrections))
        if corrections
        else tn("Withdraw {number} correction", "Withdraw {number} corrections", gone),
        type="primary",
        icon=":material/school:",
        key="teach_now",
        disabled=nameless or not (corrections or gone) or not may(Role.TEACHER),
        on_click=teach,
    )


def _adapter(corrections: Sequence[Correction], ledger: Ledger, models: Models) -> str | NewAdapter:
    ids = [adapter.id for adapter in models.adapters]
    taught_last = next((run.adapter_id for run in ledger.runs() if run.adapter_id in ids), None)
    options = [*ids, NEW]
    chosen = st.selectbox(
        t("Adapter to teach"),
        options,
        index=options.index(taught_last) if taught_last else 0,
        format_func=lambda option: t("A new adapter") if option == NEW else models.name(option),
        key=f"teach_adapter_{len(ids)}",
        help=t("What is taught is kept beside the base model, which itself never changes."),
    )
    return (
        chosen
        if chosen != NEW
        else new_adapter_fields("teach", models, _base(corrections, ledger, models))
    )


def _withdrawn(holds: Sequence[Correction], corrections: Sequence[Correction]) -> int:
    """Say what the next version will no longer hold; how many corrections that is."""
    gone = withdrawn(holds, corrections)
    if gone:
        will = tn(
            "{number} correction will be withdrawn",
            "{number} corrections will be withdrawn",
            len(gone),
        )
        st.markdown(f"**{will}**")
        for correction in gone[:WITHDRAWN_SHOWN]:
            put_aside = correction.state is CorrectionState.DISCARDED
            why = t("discarded") if put_aside else t("replaced by a newer answer")
            st.caption(f"{plain(correction.question, 200)} · {why}")
        if len(gone) > WITHDRAWN_SHOWN:
            st.caption(tn("and {number} more", "and {number} more", len(gone) - WITHDRAWN_SHOWN))
    return len(gone)


def _base(corrections: Sequence[Correction], ledger: Ledger, models: Models) -> str | None:
    """The base model that the first correction's question was asked of."""
    asked_of = next((found.exchange_id for found in corrections if found.exchange_id), None)
    return models.base_of(ledger.exchange(asked_of).model_id) if asked_of else None


def _tokens(
    corrections: Sequence[Correction], model_id: str, connection: Connection, *, ours: bool
) -> list[int] | None:
    """Tokens of each sample, where the server counts them."""
    if not connection.can("tokens"):
        return None
    texts = []
    for correction in corrections:
        inputs = sample_of(correction, ours=ours).inputs
        texts.append(
            inputs if isinstance(inputs, str) else "".join(piece.value for piece in inputs)
        )
    return _counted(connection.client(), model_id, tuple(texts))


@st.cache_data(max_entries=20, show_spinner=False)
def _counted(_client: Client, model_id: str, texts: tuple[str, ...]) -> list[int]:
    return _client.count_tokens(model_id, list(texts))


def _table(corrections: Sequence[Correction], tokens: list[int] | None) -> None:
    st.markdown(f"**{tn('{number} correction', '{number} corrections', len(corrections))}**")
    rows = [
        {
            t("Question"): short(correction.question, 200),
            t("Right answer"): short(correction.right_answer, 200),
            **({t("Tokens"): tokens[index]} if tokens else {}),
        }
        for index, correction in enumerate(corrections)
    ]
    st.dataframe(
        rows,
        hide_index=True,
        alt=t("The corrections in this batch"),
        column_config={t("Tokens"): st.column_config.NumberColumn(width="small")},
    )
