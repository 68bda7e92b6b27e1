"""The first minute on an empty home: one question asked, corrected, taught and proved, for real.

It follows the ledger: whoever does a step by hand is taken to the next. It is offered once.
"""

from __future__ import annotations

import uuid
from enum import IntEnum
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState, ExchangeState, Verdict
from lib.teaching.people import Role
from lib.teaching.scores import exact
from lib.teaching.templates import FIRST_QUESTION
from lib.ui.expected import expected, kept
from lib.ui.fine_tunes import NewAdapter
from lib.ui.language import t
from lib.ui.notices import telling
from lib.ui.person import may, my_name

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes

FIRST_ANSWER = "The Dallas Cowboys"
PREFERRED = "first_minute"
"""The preference that holds the exchange it is about, or that it is over."""
_OVER = "over"
_ADAPTER = "my-adapter"


class Step(IntEnum):
    """What is next."""

    OFFERED = 0
    ANSWERING = 1
    MARK = 2
    CORRECT = 3
    TEACH = 4
    WAIT = 5
    SEE = 6
    OVER = 7


LAST = Step.SEE


def step_of(ledger: Ledger) -> Step:
    """The step that is next, by what the ledger holds."""
    about = ledger.preference(PREFERRED)
    if about is None:
        return Step.OVER if ledger.exchanges(1) or ledger.runs(limit=1) else Step.OFFERED
    return Step.OVER if about == _OVER else _step_after(ledger, ledger.exchange(about))


def _step_after(ledger: Ledger, exchange: Exchange) -> Step:
    """What is next once the question was asked."""
    knows = not exchange.answer or exact(exchange.answer, FIRST_ANSWER)
    correction = _correction(ledger, exchange)
    if exchange.state is ExchangeState.ASKING:
        step = Step.ANSWERING
    elif knows or exchange.verdict is Verdict.RIGHT:
        step = Step.OVER
    elif correction is None or correction.state is CorrectionState.DRAFT:
        step = Step.CORRECT if exchange.verdict else Step.MARK
    elif correction.state is CorrectionState.READY:
        step = Step.TEACH
    else:
        run = ledger.run(correction.run_id) if correction.run_id else None
        step = Step.SEE if run is not None and run.decision is not None else Step.WAIT
    return step


def draw_first_minute(
    ledger: Ledger,
    connection: Connection,
    fine_tunes: FineTunes,
    *,
    ask: Callable[[str], None] | None = None,
) -> Step:
    """Draw the step that is next, with a button that does it; gives that step.

    Args:
        ledger: what it follows.
        connection: the server that is asked and taught.
        fine_tunes: teaches.
        ask: asks a question on this page; None where one cannot ask now.
    """
    if not (may(Role.ASKER) and may(Role.TEACHER)):
        return Step.OVER
    step = step_of(ledger)
    if step is Step.OVER or (step is Step.OFFERED and ask is None):
        return step
    with st.container(border=True, key="first_minute"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{t('The first minute')}**", width="stretch")
            st.button(t("Skip"), key="first_skip", type="tertiary", on_click=_end, args=(ledger,))
        if step is not Step.OFFERED:
            st.progress(step / LAST)
        st.markdown(_sentence(step))
        _act(step, ledger, connection, fine_tunes, ask)
    return step


def go_on(drawn: Step, ledger: Ledger) -> None:
    """Draw the page anew if the answer came after its step was drawn, and before the answer was."""
    if drawn is Step.ANSWERING and step_of(ledger) is not drawn:
        st.rerun()


def _sentence(step: Step) -> str:
    return {
        Step.OFFERED: t(
            "See it once: a question that the model gets wrong, corrected, taught and proved."
            " Each step is real, and one click."
        ),
        Step.ANSWERING: t("The model is answering."),
        Step.MARK: t("It is not so: the Dallas Cowboys won. Mark the answer wrong."),
        Step.CORRECT: t("Now say what is right. It is kept as you type."),
        Step.TEACH: t("The correction is ready. Now the model learns it, beside what it knows."),
        Step.WAIT: t("It is learning, and is then asked again, in other words too."),
        Step.SEE: t("That is all. What came of it stands on Teach; ask it again to see."),
    }.get(step, "")


def _act(
    step: Step,
    ledger: Ledger,
    connection: Connection,
    fine_tunes: FineTunes,
    ask: Callable[[str], None] | None,
) -> None:
    if step is Step.OFFERED:
        _button(step, t("Show me"), lambda: _begin(ledger, ask), disabled=ask is None)
    elif step is Step.MARK:
        _button(step, t("Mark it wrong"), lambda: _mark(ledger))
    elif step is Step.CORRECT:
        _button(step, t("Correct it: {answer}", answer=FIRST_ANSWER), lambda: _correct(ledger))
    elif step is Step.TEACH:
        if st.button(t("Let it learn"), type="primary", key=_key(step)):
            _teach(ledger, connection, fine_tunes)
            st.switch_page("teach.py")
    elif step is Step.WAIT and ask is not None:
        st.page_link("teach.py", label=t("See how it goes"), icon=":material/school:")
    elif step is Step.SEE and ask is not None:
        _button(step, t("Ask it again"), lambda: _finish(ledger, ask))
    elif step is Step.SEE:
        st.page_link("ask.py", label=t("Ask it again"), icon=":material/chat:")


def _button(step: Step, label: str, act: Callable[[], None], *, disabled: bool = False) -> None:
    st.button(label, type="primary", key=_key(step), disabled=disabled, on_click=act)


def _key(step: Step) -> str:
    """Another one for each step: a click must not reach the button that comes in its place."""
    return f"first_{step.name.lower()}"


def _begin(ledger: Ledger, ask: Callable[[str], None] | None) -> None:
    if ask is None:
        return
    ask(FIRST_QUESTION)
    asked = ledger.exchanges(1)
    if asked:
        ledger.prefer(PREFERRED, asked[0].id, by=my_name())


def _mark(ledger: Ledger) -> None:
    with telling():
        ledger.judge(_exchange(ledger).id, Verdict.WRONG, by=my_name())


def _correct(ledger: Ledger) -> None:
    with telling():
        exchange = _exchange(ledger)
        ledger.judge(exchange.id, Verdict.WRONG, by=my_name())
        draft = ledger.draft(exchange.id, FIRST_ANSWER, by=my_name())
        ledger.ready(draft.id, by=my_name())


def _teach(ledger: Ledger, connection: Connection, fine_tunes: FineTunes) -> None:
    with telling(t("The correction is still ready.")):
        exchange = _exchange(ledger)
        correction = _correction(ledger, exchange)
        models = connection.models()
        asked = models.adapter(exchange.model_id)
        adapter = asked.id if asked else NewAdapter(models.base_of(exchange.model_id), _ADAPTER)
        if correction:
            what = expected(
                [correction],
                ledger=ledger,
                connection=connection,
                holds=0,
                base_id=models.base_of(exchange.model_id),
            )
            fine_tunes.submit(
                uuid.uuid4().hex, adapter, [correction], estimate=kept(what), by=my_name()
            )


def _finish(ledger: Ledger, ask: Callable[[str], None]) -> None:
    _end(ledger)
    ask(FIRST_QUESTION)


def _end(ledger: Ledger) -> None:
    ledger.prefer(PREFERRED, _OVER, by=my_name())


def _exchange(ledger: Ledger) -> Exchange:
    return ledger.exchange(ledger.preference(PREFERRED))


def _correction(ledger: Ledger, exchange: Exchange) -> Correction | None:
    found = ledger.corrections(exchange_ids=[exchange.id])
    return next((one for one in found if one.state is not CorrectionState.DISCARDED), None)
