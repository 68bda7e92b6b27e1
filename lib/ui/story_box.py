"""A run's story on its page: seen, downloaded, and shared by a link that ends."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import streamlit as st

from lib.teaching.people import SHARERS
from lib.teaching.story import Story, scenes, shares
from lib.ui.figures import moment
from lib.ui.language import t, tn
from lib.ui.notices import telling
from lib.ui.person import may, my_name
from lib.ui.plain import plain
from lib.ui.story_link import PATH
from lib.ui.story_page import story_page

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Run, RunResult

DAYS = (1, 7, 30)
HEIGHT = 720
_LINK = "story_link"


def story_of(run: Run, result: RunResult, ledger: Ledger) -> Story:
    """What is told of a run that is done."""
    items = ledger.proof(run.id)
    return Story(
        adapter=run.adapter_name,
        version=result.version,
        taught_at=run.finished_at or run.created_at,
        seconds=result.seconds,
        trained_tokens=result.trainable_tokens,
        scenes=scenes(items),
        shares=shares(items),
        passed=run.decision is not None and run.decision.passes,
    )


def draw_story(run: Run, result: RunResult, ledger: Ledger) -> None:
    """Draw a run's story, and the ways to hand it on."""
    html = story_page(story_of(run, result, ledger))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.download_button(
            t("Download"),
            html,
            file_name=f"story-{run.id[:8]}.html",
            mime="text/html",
            icon=":material/download:",
            on_click="ignore",
        )
        days = st.selectbox(
            t("A link that lasts"),
            DAYS,
            index=1,
            format_func=lambda days: tn("{number} day", "{number} days", days),
            width=160,
        )
        st.button(
            t("Make a link"),
            icon=":material/link:",
            key="story_share",
            disabled=not may(*SHARERS),
            on_click=_share,
            args=(run.id, html, days, ledger),
        )
    run_id, link = st.session_state.get(_LINK, ("", ""))
    if run_id == run.id:
        st.caption(
            t("Whoever has this link reads this story and nothing else. It is shown only now.")
        )
        st.code(link, language=None, wrap_lines=True)
    _links(run.id, ledger)
    with st.container(border=True):
        st.iframe(html, height=HEIGHT, alt=t("The story as it is shared"))


def _share(run_id: str, html: str, days: int, ledger: Ledger) -> None:
    with telling(t("No link was made.")):
        token = ledger.share(run_id, html, timedelta(days=days), by=my_name())
        origin = "/".join((st.context.url or "").split("/")[:3])
        st.session_state[_LINK] = (run_id, f"{origin}{PATH}/{token}")


def _links(run_id: str, ledger: Ledger) -> None:
    def end(token_hash: str) -> None:
        with telling(t("The link is still open.")):
            ledger.unshare(token_hash, by=my_name())
            st.session_state.pop(_LINK, None)
            st.toast(t("The link is closed."))

    for link in ledger.shared(run_id):
        with st.container(horizontal=True, vertical_alignment="center"):
            until = t("A link is open until {time}", time=moment(link.expires_at, year=True))
            by = f" · {plain(link.by)}" if link.by else ""
            st.caption(f"{until}{by}", width="stretch")
            st.button(
                t("Close it"),
                key=f"unshare_{link.token_hash}",
                type="tertiary",
                disabled=not may(*SHARERS),
                on_click=end,
                args=(link.token_hash,),
            )
