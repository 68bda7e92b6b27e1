"""Teach: what is ready becomes a run, the run is followed, and its questions are asked again."""

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.ui import services
from lib.ui.batch import withdrawals_wait
from lib.ui.batch_form import batch_form
from lib.ui.conflicts import PAGE
from lib.ui.figures import moment
from lib.ui.first_minute import draw_first_minute
from lib.ui.heading import draw_title
from lib.ui.language import t
from lib.ui.notices import draw_notice, told_here
from lib.ui.run_progress import draw_progress
from lib.ui.run_report import draw_report, run_name
from lib.ui.thresholds import draw_thresholds
from lib.ui.undo import draw_undo

ledger = services.ledger()
connection = services.connection()
fine_tunes = services.fine_tunes()

with draw_title(t("Teach")):
    draw_thresholds(ledger)
draw_notice("teach")
draw_undo(ledger, PAGE)
draw_first_minute(ledger, connection, fine_tunes)

ready = ledger.corrections(CorrectionState.READY)
runs = ledger.runs()
under_way = [run for run in runs if not run.state.over or fine_tunes.under_way(run.id)]
over = [run for run in runs if run not in under_way]

for run in under_way:
    with told_here():
        draw_progress(run.id, ledger=ledger, connection=connection, fine_tunes=fine_tunes)
withdrawals = False
if runs and not ready and not under_way:
    with told_here():
        withdrawals = withdrawals_wait(ledger, connection)
if (ready or withdrawals) and not under_way:
    with told_here():
        batch_form(ready, ledger=ledger, connection=connection, fine_tunes=fine_tunes)
elif not runs:
    st.markdown(
        t(
            "Here a model learns what you corrected, and you see at once whether it did. Nothing is"
            " ready yet: ask a question, mark a wrong answer, and add the right one."
        )
    )
    st.page_link("ask.py", label=t("Ask a question"), icon=":material/chat:")
elif not under_way:
    st.caption(t("Nothing else is ready. Correct another answer to go on."))

if over and not under_way:
    st.header(t("What came of it"))
    names = {run.id: f"{run_name(run)} · {moment(run.created_at)}" for run in over}
    if len(over) > 1:
        chosen = st.selectbox(t("Run"), list(names), format_func=names.__getitem__)
        run = next(run for run in over if run.id == chosen)
    else:
        run = over[0]
    draw_report(run, ledger=ledger, connection=connection, fine_tunes=fine_tunes)
