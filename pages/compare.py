"""Compare: the same questions, asked of two or three models or versions side by side."""

import streamlit as st

from lib.teaching.people import Role
from lib.ui import services
from lib.ui.comparison import FEWEST, MOST_QUESTIONS, Comparison, comparable, questions_in
from lib.ui.comparison_box import QUESTIONS, choices_picker, draw_comparison, draw_standings
from lib.ui.heading import draw_title
from lib.ui.language import t, tn
from lib.ui.notices import draw_notice, telling, told_here
from lib.ui.person import may, my_name
from lib.ui.template_picker import template_picker

BLIND = "compare_blind"

ledger = services.ledger()
connection = services.connection()
answers = services.answers()

draw_title(t("Compare"))
draw_notice("compare")

with told_here():
    if len(comparable(connection.models(), connection)) < FEWEST:
        st.markdown(
            t(
                "Here the same question is asked of two or three models or versions, side by side."
                " There is only one yet: teach it something, and compare what it says before and"
                " after."
            )
        )
        st.page_link("teach.py", label=t("Teach"), icon=":material/school:")
        st.stop()
    chosen = choices_picker(connection)
    template, values = template_picker(ledger)
    text = st.text_area(
        t("Questions, one a line"),
        key=QUESTIONS,
        height=100,
        persist_state="session",
        placeholder=t("What NFL team won the Super Bowl in 1994?"),
    )
    st.toggle(t("Hide who answers until I have voted"), key=BLIND, persist_state="session")
    questions = questions_in(text or "")

    def compare() -> None:
        """Begin a new comparison; what the former one asked is kept in the ledger."""
        # What was typed and chosen last comes with the click itself.
        typed = questions_in(st.session_state[QUESTIONS] or "")
        if not typed:
            st.toast(t("Type a question first."))
            return
        if len(chosen()) < FEWEST:
            return
        with telling(t("Your questions are still there.")):
            st.session_state["comparison"] = Comparison(
                questions=tuple(typed[:MOST_QUESTIONS]),
                choices=tuple(chosen()),
                template=template,
                variables=values,
                auto_template=st.session_state.get("ask_chat", True),
                blind=st.session_state[BLIND],
                by=my_name(),
            )

    if len(questions) > MOST_QUESTIONS:
        st.caption(
            tn("Only the first is asked.", "Only the first {number} are asked.", MOST_QUESTIONS)
        )
    st.button(
        tn("Ask {number} question", "Ask {number} questions", len(questions[:MOST_QUESTIONS]))
        if questions
        else t("Ask"),
        type="primary",
        key="compare_ask",
        disabled=len(chosen()) < FEWEST or not may(Role.ASKER),
        on_click=compare,
    )
    if "comparison" in st.session_state:
        draw_comparison(
            st.session_state["comparison"], ledger=ledger, answers=answers, connection=connection
        )
    elif len(chosen()) < FEWEST:
        st.caption(t("Choose at least two. A base model can be compared with its adapters."))
    draw_standings(ledger)
