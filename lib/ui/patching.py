"""Corrections over answers, labelled, until a model has learned them."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.patches import Patches
from lib.teaching.people import Role
from lib.ui.language import t
from lib.ui.notices import telling
from lib.ui.person import may, my_name
from lib.ui.plain import plain

if TYPE_CHECKING:
    from collections.abc import Hashable

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange
    from lib.teaching.patches import Patch
    from lib.ui.connection import Connection

PREFERRED = "patching"
"""The preference that says whether answers are patched."""
ROLES = (Role.REVIEWER, Role.TEACHER)
"""Who may say so, for everybody."""
_SWITCH = "patch_answers"


class Patching:
    """Finds the patch of a question. One for the whole app; it reads the ledger when that changed.

    Args:
        ledger: where corrections are kept.
        connection: the server, which knows what is live: it can be rolled back from elsewhere.
    """

    def __init__(self, ledger: Ledger, connection: Connection) -> None:
        self._ledger = ledger
        self._connection = connection
        self._lock = threading.Lock()
        self._stamp: Hashable = None
        self._patches = Patches(())

    def patches(self) -> Patches:
        """As they are now; where patching is turned off, they answer nothing."""
        answering = patches_answers(self._ledger)
        live = self._connection.live_versions()
        with self._lock:
            known = None if live is None else frozenset(live.items())
            stamp = answering, known, self._ledger.patches_stamp()
            if stamp != self._stamp:
                self._patches = Patches(self._ledger.patches(live), answering=answering)
                self._stamp = stamp
            return self._patches


def patches_answers(ledger: Ledger) -> bool:
    """Whether answers are patched, as was chosen."""
    return bool(ledger.preference(PREFERRED, default=True))


def patch_of(exchange: Exchange, patches: Patches) -> Patch | None:
    """What answers an exchange's question, if anything does."""
    return patches.of(
        exchange.question,
        exchange.variables,
        exchange_id=exchange.id,
        asked_at=exchange.created_at,
    )


def draw_patch_switch(ledger: Ledger) -> None:
    """Draw the switch; it holds for everybody."""

    def keep() -> None:
        with telling(t("It is as it was.")):
            chosen = bool(st.session_state[_SWITCH])
            ledger.prefer(PREFERRED, chosen, by=my_name(), roles=ROLES)

    st.toggle(
        t("Answer from corrections that are not learned yet"),
        value=patches_answers(ledger),
        key=_SWITCH,
        disabled=not may(*ROLES),
        help=t("The model is asked all the same, and its own answer is kept and shown below."),
        on_change=keep,
    )


def draw_patch(patch: Patch | None, exchange: Exchange, *, whole: bool) -> None:
    """Draw what patches an answer, above it; or that the model has learned it.

    Args:
        patch: what answers the question, if anything does.
        exchange: whose answer it stands above.
        whole: whether the model has said all.
    """
    if patch is None:
        return
    if whole and not patch.changes(exchange.answer):
        if patch.learned:
            _learned(patch)
        return
    if patch.learned:
        return
    with st.container(border=True, gap="xsmall", key=f"patch_{exchange.id}"):
        with st.container(horizontal=True, gap="xsmall"):
            _patched()
            _learned(patch)
        st.text(patch.answer)
    st.caption(
        t("From a correction that the live version does not know. The model itself says:")
        if patch.learned_in
        else t("From a correction that the model has not learned yet. The model itself says:")
    )


def draw_standing(correction_id: str, patches: Patches) -> None:
    """Draw whether a correction is learned, and whether it is patched; nothing where neither."""
    patch = patches.made_of(correction_id)
    if patch is None:
        return
    _learned(patch)
    if patches.answering and not patch.learned:
        _patched()


def standing_word(correction_id: str, patches: Patches) -> str:
    """The same in words."""
    patch = patches.made_of(correction_id)
    if patch is None:
        return ""
    patched = patches.answering and not patch.learned
    return " · ".join(filter(None, (learned_word(patch), t("Patched") if patched else "")))


def learned_word(patch: Patch) -> str:
    """Such as "Learned", or "Learned in version 3, not live"; nothing where no version knows it."""
    knows = patch.learned_in
    if knows is None:
        return ""
    if knows.live:
        return t("Learned")
    if knows.version is None:
        return t("Learned, not live")
    return t("Learned in version {number}, not live", number=knows.version)


def _learned(patch: Patch) -> None:
    knows = patch.learned_in
    if knows is None:
        return
    if knows.live:
        st.badge(learned_word(patch), color="green", icon=":material/school:")
        return
    st.badge(
        learned_word(patch),
        color="orange",
        icon=":material/history:",
        help=t(
            "{adapter} answers with another version, which does not know this. Make that version"
            " live, or accept the correction again and teach it.",
            adapter=plain(knows.adapter_name),
        ),
    )


def _patched() -> None:
    st.badge(t("Patched"), color="violet", icon=":material/healing:")
