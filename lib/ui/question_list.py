"""One question list: how far it is, what its answers are worth, and what to do about the misses."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.list_records import ListedState, ListState
from lib.ledger.question_lists import MISSES
from lib.teaching.people import JUDGES, Role
from lib.teaching.tables import Table, write_csv, write_jsonl
from lib.ui.correction_box import state_word
from lib.ui.figures import decimal, moment, share, whole
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, my_name
from lib.ui.plain import plain
from lib.ui.sentences import told
from lib.ui.undo import Deed, done, draw_undo

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.ledger.ledger import Ledger
    from lib.ledger.list_records import ListCounts, ListedQuestion, QuestionList
    from lib.ui.question_lists import QuestionLists

PAGE = 25
PAGE_NAME = "ask_many"
REDRAW_SECONDS = 1.0
_ALL = "all"


def draw_question_list(list_id: str, *, ledger: Ledger, lists: QuestionLists) -> None:
    """Draw a list. It renews itself while it is being asked."""
    asking = ledger.question_list(list_id).state is ListState.ASKING

    def draw() -> None:
        made = ledger.question_list(list_id)
        if (made.state is ListState.ASKING) != asking:
            st.rerun()
        if asking:
            lists.carry_on()
        counts = ledger.list_counts(list_id)
        st.caption(_about(made))
        _progress(made, counts)
        _steer(made, counts, ledger, lists)
        _scores(counts)
        _questions(made, counts, ledger)
        _export(made, ledger)

    # A list that is not asked changes with the rest of the page: what is ready, in the sidebar.
    (st.fragment(draw, run_every=REDRAW_SECONDS) if asking else draw)()


def list_name(made: QuestionList) -> str:
    """Such as "capitals.csv · 23 Nov, 10:04"."""
    return f"{made.name} · {moment(made.created_at)}"


def exported(made: QuestionList, questions: Sequence[ListedQuestion]) -> Table:
    """Everything asked in a list, as a table."""
    columns = (
        "position",
        "question",
        "expected",
        "answer",
        "result",
        "token_f1",
        "correction",
        "error",
        "prompt",
        "variables",
        "template",
        "model",
        "version",
        "asked_at",
        "seconds",
        "exchange_id",
    )
    return Table(
        columns,
        tuple(
            tuple(
                "" if value is None else str(value)
                for value in (
                    one.position,
                    one.question,
                    one.expected,
                    one.answer,
                    one.state,
                    one.f1,
                    one.correction,
                    one.error,
                    one.prompt,
                    json.dumps(dict(one.variables), ensure_ascii=False),
                    made.template_text,
                    made.model_name,
                    one.version,
                    one.asked_at.isoformat() if one.asked_at else None,
                    one.seconds,
                    one.exchange_id,
                )
            )
            for one in questions
        ),
    )


def _about(made: QuestionList) -> str:
    parts = [plain(made.model_name)]
    if made.version is not None:
        parts.append(t("version {number}", number=made.version))
    parts.append(t("asked {when}", when=moment(made.created_at)))
    if made.asked_by:
        parts.append(plain(made.asked_by))
    return " · ".join(parts)


def _progress(made: QuestionList, counts: ListCounts) -> None:
    done = counts.total - counts.left
    words = {
        ListState.ASKING: t("Asking"),
        ListState.PAUSED: t("Paused"),
        ListState.DONE: t("Done"),
        ListState.CANCELLED: t("Cancelled"),
    }
    st.progress(
        done / counts.total,
        text=t(
            "{state}: {done} of {total}", state=words[made.state], done=done, total=counts.total
        ),
    )
    if made.error:
        st.warning(plain(told(made.error)), icon=":material/pause_circle:")


def _steer(made: QuestionList, counts: ListCounts, ledger: Ledger, lists: QuestionLists) -> None:
    def resume(*, failed: bool = False) -> None:
        with telling():
            ledger.resume_list(made.id, failed=failed, by=my_name())
            lists.carry_on()

    def pause() -> None:
        with telling():
            ledger.pause_list(made.id, by=my_name())

    def cancel() -> None:
        with telling():
            ledger.cancel_list(made.id, by=my_name())

    failed, barred = counts.states[ListedState.FAILED], not may(Role.ASKER)
    with st.container(horizontal=True, gap="small"):
        for offered, label, icon, act in (
            (made.state is ListState.ASKING, t("Pause"), "pause", pause),
            (made.state is not ListState.ASKING and counts.left, t("Resume"), "play_arrow", resume),
            (made.state in {ListState.ASKING, ListState.PAUSED}, t("Cancel"), "cancel", cancel),
        ):
            if offered:
                st.button(
                    label,
                    icon=f":material/{icon}:",
                    key=f"many_{act.__name__}",
                    disabled=barred,
                    on_click=act,
                )
        if failed and made.state is not ListState.ASKING:
            st.button(
                tn("Ask the failed one again", "Ask the {number} failed ones again", failed),
                icon=":material/refresh:",
                key="many_failed",
                disabled=barred,
                on_click=resume,
                kwargs={"failed": True},
            )


def _scores(counts: ListCounts) -> None:
    if not counts.scored or counts.f1 is None:
        return
    right = counts.states[ListedState.RIGHT]
    with st.container(horizontal=True):
        st.metric(
            t("Exact match"),
            share(right / counts.scored),
            help=t("Alike but for case, punctuation and articles."),
            border=True,
        )
        st.metric(
            t("Token F1"),
            decimal(counts.f1, 2),
            help=t("How much of the words is shared, on average: 0 to 1."),
            border=True,
        )
        st.metric(t("Compared"), whole(counts.scored), border=True)


def _questions(made: QuestionList, counts: ListCounts, ledger: Ledger) -> None:
    shown = _shown(made, counts)
    states = {shown} if shown else set()
    number = counts.states[shown] if shown else counts.total
    page = 1
    if number > PAGE:
        page = st.pagination(-(-number // PAGE), key=f"many_page_{made.id}_{shown}")
    rows = ledger.listed(made.id, states, limit=PAGE, offset=(page - 1) * PAGE)
    if not rows:
        st.caption(t("Nothing here yet."))
        return
    asking = made.state is ListState.ASKING
    expects = any(row.expected for row in rows)
    # Rows move while answers come: what is selected then would soon be another question.
    revision = "_".join(f"{row.position}{row.correction or ''}" for row in rows)
    key = f"many_table_{made.id}_{shown}_{page}_{hash(revision)}"
    st.dataframe(
        [_cells(row, expects=expects) for row in rows],
        hide_index=True,
        key=key,
        on_select="ignore" if asking else "rerun",
        selection_mode="multi-row",
        alt=t("Questions and their answers"),
    )
    picked = st.session_state.get(key)
    chosen = [rows[index] for index in picked["selection"]["rows"]] if picked else []
    if shown in MISSES:
        _correct(made, shown, chosen, ledger)
    draw_undo(ledger, PAGE_NAME)
    for row in chosen[:1]:
        _whole(row)


def _shown(made: QuestionList, counts: ListCounts) -> ListedState | None:
    """Draw which questions are shown; None shows all."""
    states = [state for state in ListedState if counts.states[state] and state in _FILTERS]
    if not states:
        return None
    options = [_ALL, *(state.value for state in states)]

    def label(option: str) -> str:
        if option == _ALL:
            return t("All {number}", number=whole(counts.total))
        state = ListedState(option)
        return f"{_word(state)} {whole(counts.states[state])}"

    key = f"many_show_{made.id}"
    if st.session_state.get(key) not in options:
        st.session_state[key] = _ALL
    option = st.radio(
        t("Show"),
        options,
        format_func=label,
        horizontal=True,
        key=key,
        label_visibility="collapsed",
    )
    return None if option == _ALL else ListedState(option)


def _cells(row: ListedQuestion, *, expects: bool) -> dict[str, object]:
    cells: dict[str, object] = {t("Question"): row.question}
    if expects:
        cells[t("Expected")] = row.expected or ""
    cells[t("Answer")] = row.answer or told(row.error or "")
    cells[t("Result")] = _word(row.state)
    if expects:
        cells["F1"] = "" if row.f1 is None else decimal(row.f1, 2)
        cells[t("Correction")] = state_word(row.correction) if row.correction else ""
    return cells


def _correct(
    listed: QuestionList, shown: ListedState, chosen: Sequence[ListedQuestion], ledger: Ledger
) -> None:
    """Offer the misses as corrections, with what was expected as the right answer."""
    if chosen:
        number = sum(row.correction is None for row in chosen)
    else:
        number = ledger.uncorrected(listed.id)[shown]
    if not number:
        st.page_link(
            "corrections.py", label=t("See them on Corrections"), icon=":material/edit_note:"
        )
        return

    def correct(*, ready: bool) -> None:
        with telling():
            positions = [row.position for row in chosen] if chosen else None
            made = ledger.correct_listed(
                listed.id, states={shown}, positions=positions, ready=ready, by=my_name()
            )
            said = (
                tn("{number} correction is ready.", "{number} corrections are ready.", len(made))
                if ready
                else tn("{number} draft is made.", "{number} drafts are made.", len(made))
            )
            done(Deed(said, made=tuple(made), page=PAGE_NAME))
            st.toast(said, icon=":material/check:")

    with st.container(horizontal=True, gap="small"):
        st.button(
            tn("Make it a ready correction", "Make {number} ready corrections", number),
            type="primary",
            key="many_ready",
            disabled=not may(*JUDGES),
            on_click=correct,
            kwargs={"ready": True},
        )
        st.button(
            tn("Make it a draft", "Make {number} drafts", number),
            key="many_drafts",
            disabled=not may(*JUDGES),
            on_click=correct,
            kwargs={"ready": False},
        )
    st.caption(
        t("The expected answer becomes the right one. Select rows to take only some of them.")
    )


def _whole(row: ListedQuestion) -> None:
    with st.container(border=True, gap="xsmall"):
        for name, text in (
            (t("Question"), row.question),
            (t("Expected"), row.expected),
            (t("Answer"), row.answer),
            (t("What went wrong"), told(row.error or "")),
            (t("Sent as"), row.prompt),
        ):
            if text:
                st.caption(name)
                st.text(text)


def _export(made: QuestionList, ledger: Ledger) -> None:
    stem = made.name.rpartition(".")[0] or made.name

    def table() -> Table:
        return exported(made, ledger.listed(made.id))

    with st.container(horizontal=True, gap="small"):
        st.download_button(
            t("Export as CSV"),
            lambda: write_csv(table()),
            f"{stem} answers.csv",
            "text/csv",
            key="many_csv",
            icon=":material/download:",
            on_click="ignore",
        )
        st.download_button(
            t("Export as JSONL"),
            lambda: write_jsonl(table()),
            f"{stem} answers.jsonl",
            "application/jsonl",
            key="many_jsonl",
            icon=":material/download:",
            on_click="ignore",
        )


_FILTERS = frozenset({*MISSES, ListedState.RIGHT, ListedState.FAILED})


def _word(state: ListedState) -> str:
    return {
        ListedState.WAITING: t("Waiting"),
        ListedState.ASKING: t("Asking"),
        ListedState.FAILED: t("Failed"),
        ListedState.ANSWERED: t("Answered"),
        ListedState.RIGHT: t("Right"),
        ListedState.PARTLY: t("Partly right"),
        ListedState.MISSED: t("Missed"),
    }[state]
