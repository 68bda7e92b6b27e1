"""History: where it stands, over time and by adapter; every number opens what is behind it."""

from datetime import UTC, datetime, timedelta

import streamlit as st

from lib.ledger.history import Span
from lib.ui import services
from lib.ui.heading import draw_title
from lib.ui.history_view import draw_asked, draw_taught, draw_time, draw_wrong
from lib.ui.language import t, tn
from lib.ui.notices import draw_notice

DAYS = (7, 30, 365, 0)

ledger = services.ledger()

draw_title(t("History"))
draw_notice("history")

models = ledger.asked_models()
models |= {run.adapter_id: run.adapter_name for run in ledger.runs()}
with st.container(horizontal=True, vertical_alignment="bottom"):
    model_id = st.selectbox(
        t("Model"),
        ["", *models],
        format_func=lambda identity: models.get(identity, t("All")),
        key="history_model",
        persist_state="session",
    )
    days = st.selectbox(
        t("Since"),
        DAYS,
        index=1,
        format_func=lambda days: (
            tn("{number} day ago", "{number} days ago", days) if days else t("The beginning")
        ),
        key="history_days_back",
        persist_state="session",
    )
since = datetime.now(UTC) - timedelta(days=days) if days else None
span = Span(since, model_id or None)

asked = draw_asked(span, ledger)
if asked:
    draw_wrong(span, ledger)
taught = draw_taught(span, ledger, services.connection().live_versions() or {})
if asked or taught:
    draw_time(span, ledger)
else:
    st.markdown(t("Nothing was asked in this time. What is asked, marked and taught adds up here."))
    st.page_link("ask.py", label=t("Ask a question"), icon=":material/chat:")
