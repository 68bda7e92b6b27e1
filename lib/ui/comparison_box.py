"""A comparison on the page: who answers, and the answers side by side, growing as they come."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import ExchangeState
from lib.teaching.people import JUDGES
from lib.ui.comparison import FEWEST, MOST, Comparison, comparable, differ
from lib.ui.difference import draw_difference
from lib.ui.exchange import about, draw_heard
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may
from lib.ui.plain import plain
from lib.ui.sentences import told

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from streamlit.delta_generator import DeltaGenerator

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange
    from lib.ui.answers import Answering, Answers
    from lib.ui.connection import Connection
    from lib.ui.model_picker import Choice

PAGE = 10
REDRAW_SECONDS = 0.1
LETTERS = "ABC"
QUESTIONS = "compare_questions"
"""In the session's state: the questions as they are typed."""
_OFFERED = "compare_offered"


def choices_picker(connection: Connection) -> Callable[[], list[Choice]]:
    """Draw the choice of who answers; gives what tells who is chosen, at a click, too.

    A click can come before the page was drawn with what was chosen last.

    Raises:
        GradientError: the server does not say what it has.
    """
    models = connection.models()
    choices = comparable(models, connection)
    base = [number for number, choice in enumerate(choices) if not models.adapter(choice.model_id)]
    live = [
        number
        for number, choice in enumerate(choices)
        if models.adapter(choice.model_id) and choice.version is None
    ]
    offered = [choices.index(one) for one in st.session_state.get(_OFFERED, ()) if one in choices]
    key = "_".join(map(str, ["compare_choices", len(choices), *offered]))
    st.multiselect(
        t("Who answers"),
        range(len(choices)),
        default=offered or [*base[:1], *live, *base[1:]][:FEWEST],
        max_selections=MOST,
        format_func=lambda number: name_of(choices[number]),
        key=key,
        placeholder=t("Two or three of these"),
    )
    return lambda: [choices[number] for number in st.session_state[key]]


def compare_button(key: str, choices: Sequence[Choice], questions: Iterable[str]) -> None:
    """Draw the way to Compare with these chosen; questions are filled in where none were typed."""
    if st.button(t("Compare"), icon=":material/compare_arrows:", key=key, type="tertiary"):
        st.session_state[_OFFERED] = tuple(choices)
        if not st.session_state.get(QUESTIONS):
            st.session_state[QUESTIONS] = "\n".join(" ".join(text.split()) for text in questions)
        st.switch_page("compare.py")


def name_of(choice: Choice) -> str:
    """Such as "my-adapter, version 2", or "my-adapter, untaught"."""
    if choice.version is None:
        return choice.name
    if choice.version == 0:
        return t("{adapter}, untaught", adapter=choice.name)
    return t("{adapter}, version {number}", adapter=choice.name, number=choice.version)


def draw_comparison(
    comparison: Comparison, *, ledger: Ledger, answers: Answers, connection: Connection
) -> None:
    """Draw it, and stay until every answer is whole."""
    shown = _page(comparison, ledger)
    growing: list[tuple[int, int, DeltaGenerator]] = []
    for question in shown:
        growing += _question(comparison, question, ledger, answers)
    if comparison.whole and not _under_way(comparison, answers):
        return
    # Each drawing is also where Streamlit can leave this loop for a click.
    while not comparison.whole or _under_way(comparison, answers):
        comparison.go_on(connection.client().server, answers)
        for question, choice, place in growing:
            answering = _answering(comparison, question, choice, answers)
            if answering:
                draw_heard(place, answering.text)
        time.sleep(REDRAW_SECONDS)
    st.rerun()


def draw_standings(ledger: Ledger) -> None:
    """Draw how often each was liked best."""
    standings = ledger.standings()
    if not standings:
        return
    st.subheader(t("Votes so far"))
    st.dataframe(
        [
            {
                t("Model"): one.model_name,
                t("Version"): str(one.version or ""),
                t("Shown"): one.shown,
                t("Liked best"): one.chosen,
            }
            for one in standings
        ],
        hide_index=True,
        alt=t("How often each model was liked best"),
    )


def _page(comparison: Comparison, ledger: Ledger) -> list[int]:
    """The questions to draw: all, or those that are answered differently, a page at a time."""
    numbers = list(range(len(comparison.questions)))
    if len(numbers) > 1 and comparison.whole:
        different = [
            number
            for number in numbers
            if differ([ledger.exchange(identity) for identity in comparison.ids(number)])
        ]
        st.markdown(
            tn(
                "{number} question is answered differently.",
                "{number} questions are answered differently.",
                len(different),
            )
        )
        if st.toggle(t("Only these"), key="compare_different"):
            numbers = different
    page = 1
    if len(numbers) > PAGE:
        page = st.pagination(-(-len(numbers) // PAGE), key="compare_page")
    return numbers[(page - 1) * PAGE : page * PAGE]


def _question(
    comparison: Comparison, question: int, ledger: Ledger, answers: Answers
) -> list[tuple[int, int, DeltaGenerator]]:
    """One question's answers; gives the places of those that are not whole."""
    growing = []
    with st.container(border=True, key=f"compared_{question}"):
        st.markdown(f"**{plain(comparison.questions[question], 300)}**")
        order = comparison.orders[question]
        whole: list[Exchange] = []
        for place, (column, choice) in enumerate(zip(st.columns(len(order)), order, strict=True)):
            with column, st.container(gap="xsmall"):
                hidden = comparison.hidden(question)
                name = LETTERS[place] if hidden else name_of(comparison.choices[choice])
                st.caption(plain(name))
                identity = comparison.exchanges.get((question, choice))
                answering = answers.under_way(identity) if identity else None
                if identity is None or answering:
                    growing.append((question, choice, st.empty()))
                    continue
                exchange = ledger.exchange(identity)
                _answer(exchange, whole[0] if whole else None, hidden=hidden)
                whole.append(exchange)
        if len(whole) == len(order):
            _verdict(comparison, question, whole, ledger)
    return growing


def _answer(exchange: Exchange, first: Exchange | None, *, hidden: bool) -> None:
    if exchange.state is ExchangeState.FAILED:
        st.caption(plain(told(exchange.error or "The server did not answer.")))
    elif first and first.answer.strip() != exchange.answer.strip():
        draw_difference(first.answer, exchange.answer)
    else:
        st.text(exchange.answer or "…")
    if not hidden:
        st.caption(about(exchange))


def _verdict(comparison: Comparison, question: int, whole: list[Exchange], ledger: Ledger) -> None:
    def vote(chosen: str | None) -> None:
        with telling(t("Your vote was not kept.")):
            comparison.vote(ledger, question, chosen)

    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if not differ(whole):
            st.badge(t("The same answer"), color="gray")
            return
        st.badge(t("Different answers"), color="orange")
        if question in comparison.voted:
            chosen = comparison.voted[question]
            liked = next((one for one in whole if one.id == chosen), None)
            st.caption(
                t("You liked {name} best.", name=plain(_who(comparison, question, liked.id)))
                if liked
                else t("You liked none better.")
            )
            return
        st.caption(t("Which is best?"))
        for place, exchange in enumerate(whole):
            hidden = comparison.hidden(question)
            st.button(
                LETTERS[place] if hidden else plain(_who(comparison, question, exchange.id)),
                key=f"vote_{question}_{place}",
                disabled=not may(*JUDGES),
                on_click=vote,
                args=(exchange.id,),
            )
        st.button(
            t("None is better"),
            key=f"vote_{question}",
            type="tertiary",
            disabled=not may(*JUDGES),
            on_click=vote,
            args=(None,),
        )


def _who(comparison: Comparison, question: int, exchange_id: str) -> str:
    choice = comparison.orders[question][comparison.ids(question).index(exchange_id)]
    return name_of(comparison.choices[choice])


def _answering(
    comparison: Comparison, question: int, choice: int, answers: Answers
) -> Answering | None:
    identity = comparison.exchanges.get((question, choice))
    return answers.under_way(identity) if identity else None


def _under_way(comparison: Comparison, answers: Answers) -> bool:
    return any(answers.under_way(identity) for identity in comparison.exchanges.values())
