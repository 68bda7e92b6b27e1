"""A correction's question in other words, as people type it: every proof asks these, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ui.language import t
from lib.ui.notices import telling
from lib.ui.person import may_change, my_name

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger


def draw_rewordings(correction_id: str, ledger: Ledger) -> None:
    """Draw them, with room for one more; they are read only when somebody looks."""
    place = st.expander(
        t("Other wordings"), type="compact", on_change="rerun", key=f"reworded_{correction_id}"
    )
    if not place.open:
        return
    typed = f"rewording_{correction_id}"

    def keep() -> None:
        with telling(t("What you typed is still in its field.")):
            ledger.reword(correction_id, st.session_state[typed], by=my_name())
            st.session_state[typed] = ""

    def drop(text: str) -> None:
        with telling():
            ledger.drop_rewording(correction_id, text, by=my_name())

    barred = not may_change(ledger.correction(correction_id).author)
    with place:
        texts = ledger.rewordings([correction_id]).get(correction_id, [])
        for number, text in enumerate(texts):
            with st.container(horizontal=True, vertical_alignment="center"):
                st.text(text, width="stretch")
                st.button(
                    t("Remove"),
                    key=f"drop_{correction_id}_{number}",
                    type="tertiary",
                    disabled=barred,
                    on_click=drop,
                    args=(text,),
                )
        st.text_input(
            t("Ask it in other words"),
            key=typed,
            disabled=barred,
            on_change=keep,
            help=t("The next proof asks this, too. It is never taught: it shows what was learned."),
        )
