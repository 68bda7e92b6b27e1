"""Ask: a question through a template, an answer as it comes, and what is wrong with it."""

import streamlit as st

from lib.ledger.records import Exchange, NewExchange
from lib.teaching.people import Role
from lib.teaching.templates import FIRST_QUESTION, render
from lib.ui import services
from lib.ui.connection import State
from lib.ui.conversation import draw_conversation
from lib.ui.first_minute import draw_first_minute, go_on
from lib.ui.heading import draw_title
from lib.ui.language import t
from lib.ui.model_picker import Choice, model_picker
from lib.ui.notices import draw_notice, telling, told_here
from lib.ui.patching import draw_patch_switch
from lib.ui.person import may, my_name
from lib.ui.sampling import sampling_settings
from lib.ui.template_picker import template_editor, template_picker

ledger = services.ledger()
connection = services.connection()
answers = services.answers()
patching = services.patching()

beside_title = draw_title(t("Ask"))
draw_notice("ask")

choice: Choice | None = None
models_column, template_column = st.columns((3, 2))
with models_column, st.container(horizontal=True):
    if connection.status().state is State.STARTING:
        st.selectbox(
            t("Model"),
            [],
            placeholder=t("Starting…"),
            disabled=True,
            label_visibility="collapsed",
            width="stretch",
        )
    else:
        with told_here():
            choice = model_picker(connection)
with template_column:
    template, values = template_picker(ledger)
with beside_title, st.popover(t("Settings"), icon=":material/tune:"):
    template_editor(template, ledger)
    sampling, chat = sampling_settings()
    draw_patch_switch(ledger)


def ask(question: str) -> None:
    """Keep the question, then ask it as the bar says."""
    if not question.strip() or choice is None:
        return
    with telling(t("Your question is back in its field.")):
        st.session_state["ask_back"] = question
        answers.ask(
            connection.client().server,
            NewExchange(
                question=question,
                prompt=render(template.text, **values, question=question),
                template_text=template.text,
                template_id=template.id,
                template_version=template.version,
                variables=values,
                server_url=connection.client().server.url,
                model_id=choice.model_id,
                model_name=choice.name,
                version=choice.version,
                auto_template=chat,
                sampling=sampling,
                asked_by=my_name(),
            ),
        )
        del st.session_state["ask_back"]


def ask_again(exchange: Exchange) -> None:
    """The same question, as the bar says now."""
    ask(exchange.question)


def asked() -> None:
    """The question was sent off."""
    ask(st.session_state["ask_question"] or "")


if back := st.session_state.pop("ask_back", None):
    st.session_state["ask_question"] = back
unaskable = choice is None or not may(Role.ASKER)
# Without its own stop button: to a script, that is no different from a reload.
st.chat_input(
    t("Ask a question"),
    key="ask_question",
    disabled=unaskable,
    on_submit=asked,
)

step = draw_first_minute(ledger, connection, services.fine_tunes(), ask=ask if choice else None)

# Always there, so that what it holds goes at once when a question is asked.
beginning = st.empty()
if not draw_conversation(ledger, answers, patching.patches(), ask_again=ask_again):
    with beginning.container():
        st.markdown(
            t("Ask something you know the answer to. If the model is wrong, say what is right.")
        )
        st.button(
            FIRST_QUESTION,
            icon=":material/lightbulb:",
            disabled=unaskable,
            on_click=ask,
            args=(FIRST_QUESTION,),
        )
go_on(step, ledger)
