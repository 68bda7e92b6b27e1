"""Corrections: every right answer that was typed, what became of it, and what is sent for it."""

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.ui import services
from lib.ui.correction import draw_correction
from lib.ui.correction_box import changing
from lib.ui.language import t
from lib.ui.notices import draw_notice
from lib.ui.plain import count

PAGE = 20
PURPOSE = {
    CorrectionState.DRAFT: "No drafts. What you type under a wrong answer is kept here.",
    CorrectionState.READY: "Nothing is ready. Mark an answer wrong, and add the right one.",
    CorrectionState.SUBMITTED: "Nothing is being taught now.",
    CorrectionState.TAUGHT: "Nothing was taught yet. Teach what is ready.",
    CorrectionState.DISCARDED: "Nothing was discarded.",
}

ledger = services.ledger()
connection = services.connection()
counts = ledger.counts()

with st.container(horizontal=True, vertical_alignment="center"):
    st.title("Corrections")
    if st.button(t("Review"), icon=":material/rate_review:", shortcut="V"):
        st.switch_page("review.py")
draw_notice("corrections")
if not sum(counts.values()):
    st.markdown(
        "A correction is the right answer to a question that a model got wrong. Ask a question,"
        " mark its answer wrong, and type what is right: it appears here, ready to be taught."
    )
    st.page_link("ask.py", label="Ask a question", icon=":material/chat:")
    st.stop()

first = next(state for state in (CorrectionState.READY, *CorrectionState) if counts[state])
states = list(CorrectionState)
state = st.radio(
    "State",
    states,
    index=states.index(first),
    horizontal=True,
    format_func=lambda state: f"{state.value.capitalize()} {counts[state]}",
    key="corrections_state",
    label_visibility="collapsed",
    persist_state="session",
)
# A change makes a draft of a correction; it stays in this list until it is added again.
found = [
    correction
    for correction in reversed(ledger.corrections())
    if correction.state is state or changing(correction)
]
if not found:
    st.caption(PURPOSE[state])
if state is CorrectionState.READY and found and st.button("Teach them", type="primary"):
    st.switch_page("teach.py")

number = 1
if len(found) > PAGE:
    st.caption(count(len(found), "correction"))
    number = st.pagination(-(-len(found) // PAGE), key=f"corrections_page_{state}")
for correction in found[(number - 1) * PAGE : number * PAGE]:
    draw_correction(correction, ledger, connection)
