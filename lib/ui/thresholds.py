"""What a version must hold to before it goes live by itself: the person's own choice."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.decision import Thresholds
from lib.teaching.people import Role
from lib.ui.language import t
from lib.ui.notices import telling
from lib.ui.person import may, my_name

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

PREFERRED = "thresholds"
"""The preference that holds them."""


def thresholds(ledger: Ledger) -> Thresholds:
    """As they were chosen, or the defaults."""
    chosen = ledger.preference(PREFERRED, {})
    names = {field.name for field in fields(Thresholds)}
    return Thresholds(**{name: share for name, share in chosen.items() if name in names})


def draw_thresholds(ledger: Ledger) -> None:
    """Draw the choice; each change is kept at once, for the next proof."""
    chosen = asdict(thresholds(ledger))
    labels = {
        "correction": t("Corrections fixed"),
        "rewording": t("Rewordings fixed"),
        "guard": t("Answers marked right, unchanged"),
        "general": t("General questions unchanged"),
    }

    def keep() -> None:
        percents = {name: st.session_state[f"threshold_{name}"] for name in labels}
        with telling(t("The thresholds are as they were.")):
            shares = {name: percent / 100 for name, percent in percents.items()}
            ledger.prefer(PREFERRED, shares, by=my_name(), roles=(Role.TEACHER,))

    with st.popover(t("When it goes live"), icon=":material/rule:"):
        st.caption(
            t(
                "A new version is asked everything again before it answers anybody. It goes live by"
                " itself if at least so many come out as they should; otherwise it waits for you."
            )
        )
        for name, label in labels.items():
            st.number_input(
                f"{label} (%)",
                0,
                100,
                round(100 * chosen[name]),
                step=5,
                key=f"threshold_{name}",
                disabled=not may(Role.TEACHER),
                on_change=keep,
            )
