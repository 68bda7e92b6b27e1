"""Whether a run's version answers, why, what can be done about it, and the way back."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import streamlit as st

from lib.gradient.schemas import Scope
from lib.ledger.records import CorrectionState
from lib.teaching.people import Role
from lib.teaching.proof import Kind, Outcome
from lib.ui.batch import scope_of
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, may_change, must_be, my_name
from lib.ui.plain import plain
from lib.ui.scope_switch import draw_scope
from lib.ui.sentences import told
from lib.ui.undo import Deed, done, tell_left

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from lib.gradient.schemas import Version
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, ProofItem, Run, RunResult
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes


class RunDecision:
    """What was decided by a run's proof, and what a person can do about it.

    Raises:
        GradientError: the server does not say which versions it has.
    """

    def __init__(
        self,
        run: Run,
        result: RunResult,
        ledger: Ledger,
        connection: Connection,
        fine_tunes: FineTunes,
    ) -> None:
        self._run = run
        self._ledger = ledger
        self._connection = connection
        self._fine_tunes = fine_tunes
        here = connection.is_at(run.server_url)
        self._versions = connection.versions(run.adapter_id) if here and result.version else []
        self._version = next((one for one in self._versions if one.number == result.version), None)
        newest = ledger.runs(adapter_id=run.adapter_id, limit=1)[0].id == run.id
        # A server without versions answers with what was taught last.
        self._askable = here and (self._version is not None or (not result.version and newest))

    def draw(self) -> None:
        """Draw it, with a button for each thing that can be done."""
        run, version = self._run, self._version
        held_back = False
        if run.decision is None:
            st.warning(
                t("The proof is not finished, and this version answers nobody until it is.")
                if version
                else t("The proof is not finished."),
                icon=":material/pending:",
            )
        elif not run.decision.passes:
            held_back = version is not None and version.candidate
            reasons = "\n".join(f"- {plain(told(reason))}" for reason in run.decision.reasons)
            st.warning(f"{self._verdict(version)}\n\n{reasons}", icon=":material/front_hand:")
        with st.container(horizontal=True, vertical_alignment="center"):
            if run.decision is not None and not run.decision.passes:
                self._ways_on(version if held_back else None)
            self._turn_live(version, held_back=held_back)
            if self._askable:
                go_on = run.decision is None
                label = t("Go on with the proof") if go_on else t("Take the proof again")
                self._button(label, self._prove, "fact_check")
            st.page_link("ask.py", label=t("Ask it something"), icon=":material/chat:")
        if version:
            draw_scope(run.adapter_id, version, self._connection)

    def _ways_on(self, held_back: Version | None) -> None:
        """What can be done about a proof that did not pass; what helps most stands out."""
        batch = self._still_taught()
        if held_back is None:
            self._button(t("Teach again"), self._teach_again, "school", changes=batch)
            return
        moved = any(item.outcome is Outcome.CHANGED for item in self._ledger.proof(self._run.id))
        narrowing = held_back.scope is Scope.EVERYWHERE and self._connection.can("scope")
        blamed = self._blamed()
        if narrowing:
            self._narrow(held_back, primary=moved)
        if blamed:
            self._drop(blamed, changed=moved, primary=moved and not narrowing)
        again = not (moved and (narrowing or blamed))
        self._button(t("Teach again"), self._teach_again, "school", primary=again, changes=batch)

    def _verdict(self, version: Version | None) -> str:
        if version is None:
            return t("**Less came out as it should than you ask for.**")
        if version.candidate:
            return t(
                "**Version {number} is held back.** {who_answers} meanwhile.",
                number=version.number,
                who_answers=self._answers(),
            )
        return t(
            "**Version {number} went live by your word.** Its proof did not pass:",
            number=version.number,
        )

    def _answers(self) -> str:
        live = next((one.number for one in self._versions if one.live), 0)
        return (
            t("Version {number} answers", number=live)
            if live
            else t("The adapter answers untaught")
        )

    def _turn_live(self, version: Version | None, *, held_back: bool) -> None:
        """The way forth and back, where the server has versions."""
        if version is None:
            return
        parent = self._run.parent_version or 0
        if version.live:
            st.badge(t("Live"), color="green", icon=":material/check:")
            self._button(
                t("Roll back"),
                lambda: self._make_live(parent),
                "undo",
                help=t("Answer with version {number} again.", number=parent)
                if parent
                else t("Answer as before anything was taught."),
            )
            return
        if not held_back:
            st.caption(t("{who_answers} now.", who_answers=self._answers()))
        label = (
            t("Make it live anyway")
            if held_back
            else t("Make version {number} live", number=version.number)
        )
        self._button(label, lambda: self._make_live(version.number), "rocket_launch")

    def _narrow(self, version: Version, *, primary: bool) -> None:
        def narrow() -> None:
            with telling(t("The scope is as it was.")):
                must_be(Role.TEACHER)
                self._connection.client().set_scope(
                    self._run.adapter_id, version.number, Scope.NEAR
                )
                st.session_state.pop(f"scope_{self._run.adapter_id}_{version.number}", None)
                self._connection.forget()
                self._fine_tunes.prove(self._run.id, by=my_name())

        label = t("Narrow the scope and prove again")
        self._button(label, narrow, "center_focus_strong", primary=primary)

    def _blamed(self) -> list[Correction]:
        """The corrections to blame for what did not come out, where it is known which they are."""
        items = self._ledger.proof(self._run.id)
        changed = [item for item in items if item.outcome is Outcome.CHANGED]
        missed = [
            item
            for item in items
            if item.kind is Kind.CORRECTION and item.outcome is not Outcome.FIXED
        ]
        blamed = {item.correction_id for item in missed} | {self._reached(item) for item in changed}
        return [
            correction
            for correction, _ in self._ledger.held(self._run.id)
            if correction.id in blamed and correction.state is CorrectionState.TAUGHT
        ]

    def _drop(self, blamed: list[Correction], *, changed: bool, primary: bool) -> None:
        """Offer to put these corrections aside.

        What was not learned is simply asked no more. Where one changed another answer, the version
        is of no use: the others are to be taught again without it.
        """
        ids = [correction.id for correction in blamed]

        def drop() -> None:
            with telling():
                must_be(Role.TEACHER)
                changes = self._ledger.discard_all(ids, by=my_name())
                tell_left(changes)
                if not changes.done:
                    return
                done(Deed(t("Dropped"), changes=changes.done))
                if changed:
                    self._teach_again()
                else:
                    self._fine_tunes.prove(self._run.id, by=my_name())

        self._button(
            tn("Drop {number} correction", "Drop {number} corrections", len(ids)),
            drop,
            "playlist_remove",
            primary=primary,
            help=t("It is put aside and asked no more; Undo on Corrections brings it back."),
            changes=[*blamed, *(self._still_taught() if changed else ())],
        )

    def _reached(self, item: ProofItem) -> str | None:
        """The correction that a question was near to when it was asked again."""
        exchange = self._ledger.exchange(item.exchange_id) if item.exchange_id else None
        return (exchange.scope or {}).get("sample_id") if exchange else None

    def _prove(self) -> None:
        with telling(t("The proof is as it was.")):
            self._fine_tunes.prove(self._run.id, by=my_name())

    def _still_taught(self) -> list[Correction]:
        """Of the batch, what is still as it was taught; what was changed waits for its author."""
        return [
            correction
            for correction, _ in self._ledger.batch(self._run.id)
            if correction.state is CorrectionState.TAUGHT
        ]

    def _teach_again(self) -> None:
        with telling():
            must_be(Role.TEACHER)
            batch = [
                self._ledger.ready(correction.id, by=my_name())
                for correction in self._still_taught()
            ]
            if batch:
                adapter_id, by = self._run.adapter_id, my_name()
                self._fine_tunes.submit(
                    uuid.uuid4().hex, adapter_id, batch, scope=self._scope(), by=by
                )

    def _scope(self) -> Scope:
        """Where what is taught again is to apply: as its version does by now."""
        number = self._run.result.version if self._run.result else None
        made = next((one for one in self._versions if one.number == number), None)
        return (made.scope if made else scope_of(self._run)) or Scope.NEAR

    def _make_live(self, number: int) -> None:
        with telling(t("The live version is as it was.")):
            must_be(Role.TEACHER)
            self._connection.client().make_live(self._run.adapter_id, number)
            self._connection.forget()
            st.toast(
                t("Version {number} answers now.", number=number)
                if number
                else t("It answers untaught now.")
            )

    def _button(
        self,
        label: str,
        act: Callable[[], None],
        icon: str,
        *,
        primary: bool = False,
        help: str | None = None,  # noqa: A002 - Streamlit's word
        changes: Iterable[Correction] = (),
    ) -> None:
        st.button(
            label,
            icon=f":material/{icon}:",
            key=f"{icon}_{self._run.id}",
            type="primary" if primary else "secondary",
            help=help,
            disabled=not (may(Role.TEACHER) and may_change(*(one.author for one in changes))),
            on_click=act,
        )
