"""What the model that is about to be taught says already, where nobody has heard it yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import NewExchange, Sampling
from lib.teaching.people import Role
from lib.ui import services
from lib.ui.language import tn
from lib.ui.model_picker import Choice
from lib.ui.notices import told_here
from lib.ui.person import may, my_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.gradient.client import Client
    from lib.gradient.schemas import AdapterItem, Nearness
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange
    from lib.ui.connection import Connection
    from lib.ui.models import Models

SAME = 0.93
"""The similarity from which a question asks the same as what it is near to. Of two hundred ordinary
questions *where* and *when* somebody was born are up to .92 alike; half of all rewordings are more.
"""


def answering_now(adapter: AdapterItem | None, base_id: str, models: Models) -> Choice:
    """Who answers before the batch is taught: the live version, or else the base model."""
    if adapter is None or adapter.live_version == 0:
        return Choice(base_id, models.name(base_id))
    return Choice(adapter.id, adapter.name, adapter.live_version)


def heard_now(
    corrections: Sequence[Correction], choice: Choice, ledger: Ledger
) -> dict[str, Exchange]:
    """What a model or version said last to the prompts of these corrections, by prompt."""
    prompts = {correction.prompt for correction in corrections}
    said = ledger.said(choice.model_id, choice.version, prompts)
    return {heard.prompt: heard for heard in reversed(said)}


def near_now(
    corrections: Sequence[Correction], adapter: AdapterItem | None, connection: Connection
) -> dict[str, str]:
    """By a correction's id, that of what the live version holds which its question is near.

    Raises:
        GradientError: the server does not say.
    """
    if adapter is None or not adapter.live_version or not connection.can("scope"):
        return {}
    questions = tuple(correction.question for correction in corrections)
    found = _nearness(connection.client(), adapter.id, adapter.live_version, questions)
    return {one.id: near for one, near in zip(corrections, found, strict=True) if near}


@st.cache_data(max_entries=20, show_spinner=False)
def _nearness(
    _client: Client, adapter_id: str, version: int, questions: tuple[str, ...]
) -> list[str]:
    found = _client.nearness(adapter_id, list(questions), version)
    return [(one.sample_id or "") if one.near and _asks_the_same(one) else "" for one in found]


def _asks_the_same(near: Nearness) -> bool:
    return near.similarity is None or near.similarity >= SAME


def draw_ask_first(
    corrections: Sequence[Correction], choice: Choice, heard: dict[str, Exchange], ledger: Ledger
) -> None:
    """Draw a button that asks what was not heard yet; what is right already shows then."""
    unheard = [correction for correction in corrections if correction.prompt not in heard]
    if not unheard:
        return
    label = tn(
        "Ask {number} question first, to see what it knows",
        "Ask {number} questions first, to see what it knows",
        len(unheard),
    )
    if st.button(
        label,
        icon=":material/quiz:",
        type="tertiary",
        key="ask_first",
        disabled=not may(Role.ASKER),
    ):
        with told_here():
            server = services.connection().client().server
            progress = st.progress(0.0)
            for number, correction in enumerate(unheard, start=1):
                new = _asked(correction, choice, server.url, ledger)
                services.answers().ask(server, new).over.wait()
                progress.progress(number / len(unheard))
            st.rerun()


def _asked(correction: Correction, choice: Choice, url: str, ledger: Ledger) -> NewExchange:
    """As the question was asked, of whom the choice says."""
    before = ledger.exchange(correction.exchange_id) if correction.exchange_id else None
    return NewExchange(
        question=correction.question,
        prompt=correction.prompt,
        template_text=before.template_text if before else correction.prompt,
        template_id=before.template_id if before else None,
        template_version=before.template_version if before else None,
        variables=before.variables if before else {},
        server_url=url,
        model_id=choice.model_id,
        model_name=choice.name,
        version=choice.version,
        auto_template=correction.auto_template,
        sampling=before.sampling if before else Sampling(),
        aside=True,
        asked_by=my_name(),
    )
