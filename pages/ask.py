"""Ask: a question through a template, an answer as it comes, and what is wrong with it."""

import time

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from lib.ledger.records import Exchange, NewExchange
from lib.teaching.templates import FIRST_QUESTION, render
from lib.ui import services
from lib.ui.exchange import draw_answering, draw_exchange, draw_heard
from lib.ui.model_picker import Choice, model_picker
from lib.ui.notices import draw_notice, telling, told_here
from lib.ui.sampling import sampling_settings
from lib.ui.template_picker import template_editor, template_picker

PAGE = 20
REDRAW_SECONDS = 0.05

ledger = services.ledger()
connection = services.connection()
answers = services.answers()

st.title("Ask")
draw_notice("ask")

choice: Choice | None = None
with st.container(horizontal=True, vertical_alignment="bottom", key="ask_bar"):
    with told_here():
        choice = model_picker(connection, ledger)
    template, values = template_picker(ledger)
    with st.popover("Settings", icon=":material/tune:", type="tertiary"):
        template_editor(template, ledger)
        sampling, chat = sampling_settings()


def ask(question: str) -> None:
    """Keep the question, then ask it as the bar says."""
    if not question.strip() or choice is None:
        return
    with telling("Your question is back in its field."):
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
st.chat_input(
    "Ask a question",
    key="ask_question",
    submit_mode="stop",
    disabled=choice is None,
    on_submit=asked,
)

# Newest last. Exchanges stay where they are while new ones come, so that nothing typed moves.
shown = st.session_state.setdefault("ask_shown", PAGE)
latest = ledger.exchanges(shown + 1)
if len(latest) > shown and st.button("Show older questions", icon=":material/history:"):
    st.session_state["ask_shown"] += PAGE
    st.rerun()
page = latest[:shown][::-1]
corrections = {
    found.exchange_id: found
    for found in ledger.corrections(exchange_ids=[exchange.id for exchange in page])
}

if not page:
    st.markdown(
        "Ask the model something you know the answer to. If it is wrong, say what is right."
    )
    st.button(
        FIRST_QUESTION,
        icon=":material/lightbulb:",
        disabled=choice is None,
        on_click=ask,
        args=(FIRST_QUESTION,),
    )

places = {}
for exchange in page:
    with st.container(key=f"exchange_{exchange.id}"):
        if answering := answers.under_way(exchange.id):
            places[exchange.id] = (
                answering,
                draw_answering(exchange, answering.text, stop=answers.stop),
            )
        else:
            draw_exchange(exchange, corrections.get(exchange.id), ledger, ask_again=ask_again)

if places:

    @st.fragment(run_every=1.0)
    def redraw_when_over() -> None:
        """After *stop*, the script is not there any more to draw what can be done next."""
        if all(answering.over.is_set() for answering, _ in places.values()):
            st.rerun()

    redraw_when_over()
    try:
        while not all(answering.over.is_set() for answering, _ in places.values()):
            for answering, place in places.values():
                draw_heard(place, answering.text)
            time.sleep(REDRAW_SECONDS)
    except StopException:
        for exchange_id in places:
            answers.stop(exchange_id)
        raise
    st.rerun()
