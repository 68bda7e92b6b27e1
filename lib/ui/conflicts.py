"""What is wrong with a batch, each with what to do about it, and the way on regardless."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.ledger.errors import NotAllowed
from lib.teaching.conflicts import Conflict, Kind, Surroundings, conflicts
from lib.teaching.people import JUDGES
from lib.teaching.scores import norm
from lib.ui.batch import withdrawn
from lib.ui.known import reworded_now
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, may_change, my_name
from lib.ui.plain import plain
from lib.ui.undo import Deed, done, tell_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from lib.gradient.schemas import AdapterItem
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange
    from lib.ui.connection import Connection

SHOWN = 5
"""Conflicts of one kind that are drawn one by one."""
REASON = "teach_regardless"
PAGE = "teach"
_CONTRADICTIONS = (Kind.OTHER_ANSWER, Kind.HELD_OTHERWISE)


def conflicts_of(
    corrections: Sequence[Correction],
    *,
    ledger: Ledger,
    connection: Connection,
    adapter: AdapterItem | None,
    base_id: str,
    holds: Sequence[Correction],
    heard: Sequence[Exchange],
    tokens: Sequence[int] | None,
) -> list[Conflict]:
    """What is wrong with a batch, as far as the ledger knows.

    Args:
        corrections: the batch.
        ledger: where guards and what was taught are kept.
        connection: to the server.
        adapter: the one to teach; None, and it is still to be made.
        base_id: of its base model.
        holds: what its live version holds.
        heard: what it answers now, as far as that is known.
        tokens: of each correction's sample, where the server counts them.

    Raises:
        GradientError: the server does not say what it has.
    """
    base = next((model for model in connection.models().base if model.id == base_id), None)
    gone = {correction.id for correction in withdrawn(holds, corrections)}
    kept = [correction for correction in holds if correction.id not in gone]
    guards = ledger.guard_answers(base_id, *([adapter.id] if adapter else []))
    counted = zip(corrections, tokens or (), strict=False)
    return conflicts(
        corrections,
        Surroundings(
            held=kept,
            guards=guards,
            reworded=reworded_now(
                [correction.question for correction in corrections],
                [*(one.question for one in kept), *(guard.question for guard in guards)],
                connection,
            ),
            said=heard,
            tokens={correction.id: number for correction, number in counted},
            context=base.context_tokens if base else None,
            templates=[template.text for template in ledger.templates()],
            auto_template=st.session_state.get("ask_chat", True),
        ),
    )


def draw_conflicts(found: Sequence[Conflict], known: Iterable[Correction], ledger: Ledger) -> None:
    """Draw them, with one click to put each right, and a field for why not to.

    `known` are the corrections that they are about: the batch, and what the adapter holds.
    """
    if not found:
        return
    of = {correction.id: correction for correction in known}
    with st.container(border=True, key="conflicts"):
        title = tn(
            "{number} thing to look at first", "{number} things to look at first", len(found)
        )
        st.markdown(f":material/warning: **{title}**")
        for kind in dict.fromkeys(conflict.kind for conflict in found):
            same = [conflict for conflict in found if conflict.kind is kind]
            _kind(kind, same, of, ledger)
        st.text_input(
            t("Or say why it is taught as it is"),
            key=REASON,
            max_chars=300,
            placeholder=t("A reason, which is kept with the run"),
        )


def regardless(found: Sequence[Conflict]) -> dict[str, Any] | None:
    """What is kept with a run that goes on in spite of its conflicts.

    Raises:
        NotAllowed: there are conflicts, and no reason was given.
    """
    if not found:
        return None
    reason = (st.session_state.get(REASON) or "").strip()
    if not reason:
        raise NotAllowed(
            "Something is to be looked at first. Put it right, or say why you go on as it is."
        )
    return {"reason": reason, "kinds": [conflict.kind.value for conflict in found]}


def draw_regardless(kept: Mapping[str, Any]) -> None:
    """Say, beside what came of a run, what it was taught in spite of."""
    number = len(kept["kinds"])
    st.caption(
        tn(
            "Taught in spite of {number} conflict: {reason}",
            "Taught in spite of {number} conflicts: {reason}",
            number,
            reason=plain(kept["reason"]),
        )
    )


def _kind(kind: Kind, found: Sequence[Conflict], of: dict[str, Correction], ledger: Ledger) -> None:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.markdown(f"**{_title(kind, len(found))}** {_advice(kind)}", width="stretch")
        if len(found) > 1 and kind not in {*_CONTRADICTIONS, Kind.GUARDED}:
            ids = [conflict.correction_id for conflict in found]
            st.button(
                tn("Discard it", "Discard all {number}", len(ids)),
                key=f"conflict_discard_all_{kind}",
                disabled=not may_change(*(of[identity].author for identity in ids)),
                on_click=_discard,
                args=(ids, ledger),
            )
    for conflict in found[:SHOWN]:
        with st.container(horizontal=True, vertical_alignment="center", gap="small"):
            st.caption(_about(conflict, of[conflict.correction_id]), width="stretch")
            for label, permitted, act, arguments in _ways(conflict, of, ledger):
                st.button(
                    label,
                    key=f"conflict_{label}_{kind}_{conflict.correction_id}_{conflict.other}",
                    type="tertiary",
                    disabled=not permitted,
                    on_click=act,
                    args=arguments,
                )
    if len(found) > SHOWN:
        st.caption(tn("and {number} more", "and {number} more", len(found) - SHOWN))


def _title(kind: Kind, number: int) -> str:
    return {
        Kind.OTHER_ANSWER: tn(
            "One question has two answers.", "{number} questions have several answers.", number
        ),
        Kind.HELD_OTHERWISE: tn(
            "The adapter holds another answer.", "The adapter holds {number} other answers.", number
        ),
        Kind.GUARDED: tn(
            "An answer marked right says otherwise.",
            "{number} answers marked right say otherwise.",
            number,
        ),
        Kind.TOO_LONG: tn("One is too long.", "{number} are too long.", number),
        Kind.OTHER_TEMPLATE: tn(
            "One was asked in another form.", "{number} were asked in another form.", number
        ),
        Kind.LIKE_WRONG: tn(
            "One is what the model said.", "{number} are what the model said.", number
        ),
        Kind.ALREADY_RIGHT: tn(
            "One is answered right already.", "{number} are answered right already.", number
        ),
        Kind.IN_QUESTION: tn(
            "One answer stands in its question.",
            "{number} answers stand in their questions.",
            number,
        ),
    }[kind]


def _advice(kind: Kind) -> str:
    return {
        Kind.OTHER_ANSWER: t("A model cannot learn both: keep one."),
        Kind.HELD_OTHERWISE: t("It would go on saying it to the same question: keep one."),
        Kind.GUARDED: t("The version would be held back: take the mark back, or discard this."),
        Kind.TOO_LONG: t("The model would not read it whole: shorten it, or discard it."),
        Kind.OTHER_TEMPLATE: t("Nobody asks so any more: ask again and correct that answer."),
        Kind.LIKE_WRONG: t("There is nothing to learn from it: change it, or discard it."),
        Kind.ALREADY_RIGHT: t("There is nothing to learn from it."),
        Kind.IN_QUESTION: t("It teaches to repeat the question: ask it without its answer."),
    }[kind]


def _about(conflict: Conflict, correction: Correction) -> str:
    question, right = plain(correction.question, 120), plain(correction.right_answer, 80)
    if conflict.kind is Kind.TOO_LONG:
        return f"{question} · {tn('{number} token', '{number} tokens', int(conflict.detail))}"
    if conflict.asked and norm(conflict.asked) != norm(correction.question):
        return t(
            "{question} · here {right}, there {other}, to “{asked}”",
            question=question,
            right=f"**{right}**",
            other=f"**{plain(conflict.detail, 80)}**",
            asked=plain(conflict.asked, 120),
        )
    if conflict.detail:
        return t(
            "{question} · here {right}, there {other}",
            question=question,
            right=f"**{right}**",
            other=f"**{plain(conflict.detail, 80)}**",
        )
    return f"{question} · **{right}**"


def _ways(
    conflict: Conflict, of: Mapping[str, Correction], ledger: Ledger
) -> list[tuple[str, bool, Callable[..., None], tuple[Any, ...]]]:
    """What one click can do: its label, whether one may, the act, and what it is done to."""

    def discard(identity: str) -> tuple[bool, Callable[..., None], tuple[Any, ...]]:
        return may_change(of[identity].author), _discard, ([identity], ledger)

    this = discard(conflict.correction_id)
    if conflict.kind in _CONTRADICTIONS:
        return [(t("Keep the newer"), *discard(conflict.other)), (t("Keep the older"), *this)]
    if conflict.kind is Kind.GUARDED:
        return [
            (t("Take the mark back"), may(*JUDGES), _unmark, (conflict.other, ledger)),
            (t("Discard"), *this),
        ]
    return [(t("Discard"), *this)]


def _discard(ids: Sequence[str], ledger: Ledger) -> None:
    with telling():
        changes = ledger.discard_all(ids, by=my_name())
        tell_left(changes)
        if changes.done:
            done(Deed(t("Discarded"), changes=changes.done, page=PAGE))
            st.toast(t("Discarded. Undo brings it back."))


def _unmark(exchange_id: str, ledger: Ledger) -> None:
    with telling():
        before = ledger.judgement(exchange_id)
        ledger.judge(exchange_id, None, by=my_name())
        said = t("The mark is taken back.")
        done(Deed(said, judged=exchange_id, before=before, page=PAGE))
        st.toast(said)
