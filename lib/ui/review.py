"""Review: one answer at a time, judged and corrected without leaving the keyboard."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import Reason, Verdict
from lib.ledger.selections import Changed
from lib.teaching.people import JUDGES
from lib.ui.correction_box import correction_box, focus_on
from lib.ui.difference import draw_difference
from lib.ui.exchange import about, reason_word
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, my_name
from lib.ui.plain import plain
from lib.ui.rewording_box import draw_rewordings
from lib.ui.undo import Deed, done, last_deed, may_undo, undo

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange, Judgement

_AT, _ORDER, _OVER = "review_at", "review_oldest_first", "review_over"


def draw_review(ledger: Ledger) -> None:
    """Draw the answer that is to be judged, or that there is none.

    Raises:
        NotPermitted: it takes an asker or a reviewer.
    """
    exchange = _at_hand(ledger)
    left = ledger.left_to_review(my_name())
    if exchange is None:
        _over(left, ledger)
        return
    _order(left)
    judgement = ledger.judgement(exchange.id)
    correction = next(iter(ledger.corrections(exchange_ids=[exchange.id])), None)
    with st.container(border=True, key=f"review_{exchange.id}"):
        st.caption(about(exchange))
        st.subheader(plain(exchange.question), anchor=False)
        st.text(exchange.answer)
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        _verdict_buttons(exchange, judgement, ledger)
    if judgement and judgement.verdict is Verdict.WRONG:
        _correction(exchange, judgement, correction, ledger)


def _at_hand(ledger: Ledger) -> Exchange | None:
    """What this session looks at: a reload goes on where it was."""
    if _AT in st.session_state:
        return ledger.exchange(st.session_state[_AT])
    if st.session_state.get(_OVER):
        return None
    by = my_name()
    found = ledger.in_review(by) or ledger.review_next(by, oldest_first=_oldest_first())
    return _take(found)


def _take(exchange: Exchange | None) -> Exchange | None:
    st.session_state[_OVER] = exchange is None
    if exchange is None:
        st.session_state.pop(_AT, None)
    else:
        st.session_state[_AT] = exchange.id
    return exchange


def _oldest_first() -> bool:
    return bool(st.session_state.get(_ORDER, False))


def _order(left: int) -> None:
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(
            tn("{number} answer to judge", "{number} answers to judge", left), width="stretch"
        )
        st.toggle(t("Oldest first"), key=_ORDER, persist_state="session")


def _over(left: int, ledger: Ledger) -> None:
    def begin_again() -> None:
        st.session_state[_OVER] = False

    if left:
        st.markdown(t("That was the last one. What was skipped is still there."))
    else:
        st.markdown(t("Every answer is judged. Ask more, or teach what is ready."))
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        if left:
            st.button(
                t("Begin again"),
                icon=":material/replay:",
                shortcut="B",
                disabled=not may(*JUDGES),
                on_click=begin_again,
            )
        if last_deed():
            _undo_button(ledger)
        if not left:
            st.page_link("ask.py", label=t("Ask a question"), icon=":material/chat:")
            st.page_link("teach.py", label=t("Teach"), icon=":material/school:")


def _go_on(ledger: Ledger, exchange: Exchange) -> None:
    _take(
        ledger.review_next(
            my_name(), after=exchange.id, leaving=exchange.id, oldest_first=_oldest_first()
        )
    )


def _verdict_buttons(exchange: Exchange, judgement: Judgement | None, ledger: Ledger) -> None:
    # The keys name the exchange: a key pressed too soon means the answer that was on the screen.
    is_wrong = judgement is not None and judgement.verdict is Verdict.WRONG
    barred = not may(*JUDGES)

    def judged(verdict: Verdict, said: str) -> None:
        ledger.judge(exchange.id, verdict, my_name())
        done(Deed(said, judged=exchange.id, before=judgement, exchange_id=exchange.id))

    def right() -> None:
        with telling():
            judged(Verdict.RIGHT, t("Marked right"))
            _go_on(ledger, exchange)

    def wrong() -> None:
        with telling():
            focus_on(exchange.id)
            if not is_wrong:
                judged(Verdict.WRONG, t("Marked wrong"))

    def skip() -> None:
        with telling():
            _go_on(ledger, exchange)
            done(Deed(t("Skipped"), exchange_id=exchange.id))

    st.button(
        t("Right"),
        key=f"review_right_{exchange.id}",
        icon=":material/check:",
        shortcut="Y",
        disabled=barred,
        on_click=right,
    )
    st.button(
        t("Wrong"),
        key=f"review_wrong_{exchange.id}",
        icon=":material/close:",
        shortcut="N",
        disabled=barred,
        on_click=wrong,
    )
    st.button(
        t("Skip"),
        key=f"review_skip_{exchange.id}",
        icon=":material/skip_next:",
        shortcut="S",
        disabled=barred,
        on_click=skip,
    )
    _undo_button(ledger)


def _undo_button(ledger: Ledger) -> None:
    deed = last_deed()

    def take_back() -> None:
        with telling():
            taken = undo(ledger)
            if taken and taken.exchange_id:
                if _AT in st.session_state:
                    ledger.leave_review(st.session_state[_AT], my_name())
                _take(ledger.review_again(taken.exchange_id, my_name()))
                focus_on(taken.exchange_id)

    st.button(
        t("Undo"),
        key="review_undo",
        icon=":material/undo:",
        shortcut="U",
        help=deed.said if deed else None,
        disabled=not may_undo(),
        on_click=take_back,
    )


def _correction(
    exchange: Exchange, judgement: Judgement, correction: Correction | None, ledger: Ledger
) -> None:
    def saved(draft: Correction, ready: Correction) -> None:
        done(Deed(t("Saved"), changes=(Changed(draft, ready),), exchange_id=exchange.id))
        _go_on(ledger, exchange)

    correction_box(exchange.id, exchange.answer, correction, ledger, saved=saved)
    st.caption(t("While you type, a letter is a letter: Esc leaves the field, Enter saves."))
    if correction and correction.right_answer.strip():
        with st.container(gap="xxsmall"):
            st.caption(t("What changes"))
            draw_difference(exchange.answer, correction.right_answer)
    if correction:
        draw_rewordings(correction.id, ledger)
    _reasons(exchange, judgement, ledger)


def _reasons(exchange: Exchange, judgement: Judgement, ledger: Ledger) -> None:
    chips, note = f"review_reasons_{exchange.id}", f"review_note_{exchange.id}"

    def say() -> None:
        with telling():
            ledger.judge(
                exchange.id,
                Verdict.WRONG,
                my_name(),
                reasons=st.session_state[chips],
                note=st.session_state[note] or "",
            )

    barred = not may(*JUDGES)
    st.pills(
        t("Why is it wrong?"),
        list(Reason),
        selection_mode="multi",
        default=judgement.reasons,
        # In a colour of its own: Streamlit writes a chosen one too dark for a dark page.
        format_func=lambda reason: f":gray[{reason_word(reason)}]",
        key=chips,
        disabled=barred,
        on_change=say,
    )
    st.text_input(
        t("Note"), value=judgement.note, key=note, live=True, disabled=barred, on_change=say
    )
