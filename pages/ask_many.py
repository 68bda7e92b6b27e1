"""Ask many: a file of questions, asked in the background, and corrections of what was missed."""

import streamlit as st

from lib.ui import services
from lib.ui.heading import draw_title
from lib.ui.language import t
from lib.ui.notices import draw_notice, told_here
from lib.ui.question_list import draw_question_list, list_name
from lib.ui.question_list_form import CHOSEN, question_list_form

ledger = services.ledger()
connection = services.connection()
lists = services.question_lists()

draw_title(t("Ask many"))
draw_notice("ask_many")

kept = {made.id: made for made in ledger.question_lists()}
if not kept:
    st.markdown(
        t(
            "Bring a file of questions. They are asked in the background, compared with the answers"
            " that you expect, and what was missed can be corrected in one click."
        )
    )
with st.expander(t("New list"), icon=":material/add:", expanded=not kept):
    question_list_form(ledger=ledger, connection=connection, lists=lists)

if kept:
    if st.session_state.get(CHOSEN) not in kept:
        st.session_state[CHOSEN] = next(iter(kept))
    chosen = st.selectbox(
        t("List"),
        list(kept),
        format_func=lambda list_id: list_name(kept[list_id]),
        key=CHOSEN,
        label_visibility="collapsed",
    )
    with told_here():
        draw_question_list(chosen, ledger=ledger, lists=lists)
