"""Corrections: every right answer that was typed, what became of it, and what is sent for it."""

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.teaching.people import Role
from lib.ui import services
from lib.ui.correction import draw_correction
from lib.ui.correction_box import being_changed, state_word
from lib.ui.correction_editor import draw_editor
from lib.ui.correction_filter import draw_filter
from lib.ui.correction_table import draw_table
from lib.ui.heading import draw_title
from lib.ui.language import t, tn
from lib.ui.notices import draw_notice
from lib.ui.person import may
from lib.ui.undo import draw_undo

CARDS, TABLE = 20, 100
"""Corrections a page."""
PURPOSE = {
    CorrectionState.DRAFT: t("No drafts. What you type under a wrong answer is kept here."),
    CorrectionState.READY: t("Nothing is ready. Mark an answer wrong, and add the right one."),
    CorrectionState.SUBMITTED: t("Nothing is being taught now."),
    CorrectionState.TAUGHT: t("Nothing was taught yet. Teach what is ready."),
    CorrectionState.DISCARDED: t("Nothing was discarded."),
}

ledger = services.ledger()
connection = services.connection()

with draw_title(t("Corrections")):
    if st.button(t("Review"), icon=":material/rate_review:", shortcut="V"):
        st.switch_page("review.py")
draw_notice("corrections")
if not sum(ledger.counts().values()):
    st.markdown(
        t(
            "A correction is the right answer to a question that a model got wrong. Ask a question,"
            " mark its answer wrong, and type what is right: it appears here, ready to be taught."
        )
    )
    st.page_link("ask.py", label=t("Ask a question"), icon=":material/chat:")
    st.stop()
if draw_editor(ledger):
    st.stop()

with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    wanted = draw_filter(ledger)
    as_table = st.toggle(t("Table"), key="corrections_table", persist_state="session")
counts = ledger.found_counts(wanted)
states = list(CorrectionState)
first = next((state for state in (CorrectionState.READY, *states) if counts[state]), states[0])
state = st.radio(
    t("State"),
    states,
    index=states.index(first),
    horizontal=True,
    format_func=lambda state: f"{state_word(state)} {counts[state]}",
    key="corrections_state",
    label_visibility="collapsed",
    persist_state="session",
)
with st.container(horizontal=True, vertical_alignment="center", gap="small"):
    if counts[state]:
        found_text = tn("{number} correction", "{number} corrections", counts[state])
        st.caption(found_text, width="content")
    teachable = state is CorrectionState.READY and counts[state] and may(Role.TEACHER)
    teach = t("Teach it") if counts[state] == 1 else t("Teach them")
    if teachable and st.button(teach, type="primary", key="corrections_teach"):
        st.switch_page("teach.py")
    draw_undo(ledger)

page, number = TABLE if as_table else CARDS, 1
if not counts[state]:
    st.caption(t("Nothing is found here.") if wanted else PURPOSE[state])
elif counts[state] > page:
    number = st.pagination(-(-counts[state] // page), key=f"corrections_page_{state}_{page}")
found = ledger.find(
    state,
    wanted,
    limit=page,
    offset=(number - 1) * page,
    # A change makes a draft of a correction; it stays in this list until it is added again.
    also=None if as_table else being_changed(),
)
if as_table and found:
    draw_table(found, state, ledger)
elif not as_table:
    for correction in found:
        draw_correction(correction, ledger, connection)
