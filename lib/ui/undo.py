"""Taking back what was done in this session: verdicts, and changes of one correction or many.

Nothing is deleted: what was before is said again, as one more step in the ledger.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.people import JUDGES
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, may_change, my_name
from lib.ui.sentences import told

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Judgement
    from lib.ledger.selections import Changed, Changes

_DEEDS, MOST = "undo_deeds", 100


@dataclass(frozen=True)
class Deed:
    """Something done. `said` is what was done, such as "Discarded 12 corrections".

    `made` are corrections that came of it. `judged` is the exchange whose verdict it changed, and
    `before` what was said of it before. `page` is where it was done, and can be taken back as well
    as on Corrections.
    """

    said: str
    changes: tuple[Changed, ...] = ()
    made: tuple[Correction, ...] = ()
    judged: str | None = None
    before: Judgement | None = None
    exchange_id: str | None = None
    """Where in review it was done."""
    page: str = ""


def done(deed: Deed) -> None:
    """In a callback: remember what was done."""
    deeds: list[Deed] = st.session_state.setdefault(_DEEDS, [])
    deeds.append(deed)
    del deeds[:-MOST]


def last_deed() -> Deed | None:
    """What would be taken back."""
    deeds: list[Deed] = st.session_state.get(_DEEDS, [])
    return deeds[-1] if deeds else None


def may_undo() -> bool:
    """Whether there is something to take back, and this session's person may."""
    deed = last_deed()
    if deed is None:
        return False
    changed = (change.before for change in deed.changes)
    return may(*JUDGES) and may_change(*(one.author for one in (*changed, *deed.made)))


def undo(ledger: Ledger) -> Deed | None:
    """In a callback: take back what was done last; gives it.

    Raises:
        LedgerError: it could not be taken back, and is not tried again.
        NotPermitted: the same.
    """
    deed = last_deed()
    if deed is None:
        return None
    st.session_state[_DEEDS].pop()
    if deed.changes:
        tell_left(ledger.put_back(deed.changes, by=my_name()))
    if deed.made:
        tell_left(ledger.unmake(deed.made, by=my_name()))
    if deed.judged:
        ledger.take_back(deed.judged, deed.before, by=my_name())
    return deed


def draw_undo(ledger: Ledger, page: str = "") -> None:
    """Draw the button that takes back what was done last, if anything was, or was on this page."""
    deed = last_deed()
    if deed is None or page not in {"", deed.page}:
        return

    def take_back() -> None:
        with telling():
            undo(ledger)

    st.button(
        t("Undo"),
        icon=":material/undo:",
        help=deed.said,
        shortcut="U",
        key="undo",
        type="tertiary",
        disabled=not may_undo(),
        on_click=take_back,
    )


def tell_left(changes: Changes) -> None:
    """In a callback: say which corrections a change left as they are, and why."""
    if not changes.left:
        return
    reasons = dict.fromkeys(why for _, why in changes.left)
    stays = tn("{number} stays as it is:", "{number} stay as they are:", len(changes.left))
    st.toast(f"{stays} {' '.join(map(told, reasons))}", icon=":material/info:", duration="long")
