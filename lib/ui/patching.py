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

if TYPE_CHECKING:
    from collections.abc import Hashable

    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Exchange
    from lib.teaching.patches import Patch

PREFERRED = "patching"
"""The preference that says whether answers are patched."""
ROLES = (Role.REVIEWER, Role.TEACHER)
"""Who may say so, for everybody."""
_SWITCH = "patch_answers"


class Patching:
    """Finds the patch of a question. One for the whole app; it reads the ledger when that changed.

    Args:
        ledger: where corrections are kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._lock = threading.Lock()
        self._stamp: Hashable = None
        self._patches = Patches(())

    def patches(self) -> Patches:
        """As they are now; none where patching is turned off."""
        if not patches_answers(self._ledger):
            return Patches(())
        with self._lock:
            stamp = self._ledger.patches_stamp()
            if stamp != self._stamp:
                self._patches = Patches(self._ledger.patches())
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
    if patch is None or (whole and not patch.changes(exchange.answer)):
        if patch is not None and patch.learned:
            _badge(learned=True)
        return
    if patch.learned:
        return
    with st.container(border=True, gap="xsmall", key=f"patch_{exchange.id}"):
        _badge(learned=False)
        st.text(patch.answer)
    st.caption(t("From a correction that the model has not learned yet. The model itself says:"))


def draw_standing(correction_id: str, patches: Patches) -> None:
    """Draw whether a correction is patched, or learned; nothing where it is neither."""
    learned = patches.learned.get(correction_id)
    if learned is not None:
        _badge(learned=learned)


def _badge(*, learned: bool) -> None:
    if learned:
        st.badge(t("Learned"), color="green", icon=":material/school:")
    else:
        st.badge(t("Patched"), color="violet", icon=":material/healing:")
