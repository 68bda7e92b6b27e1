"""What is known of a batch before it is taught: what the model says already, and what is alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import NewExchange, Sampling
from lib.teaching.people import Role
from lib.teaching.sameness import reworded
from lib.ui import services
from lib.ui.language import tn
from lib.ui.model_picker import Choice
from lib.ui.notices import told_here
from lib.ui.person import may, my_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from lib.gradient.client import Client
    from lib.gradient.schemas import AdapterItem
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Exchange
    from lib.ui.connection import Connection
    from lib.ui.models import Models


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


def reworded_now(
    questions: Sequence[str], others: Sequence[str], connection: Connection
) -> Mapping[str, Collection[str]]:
    """By a question, those of all these that ask the same in other words, where the server can say.

    Raises:
        GradientError: the server does not say.
    """
    if not connection.can("pairs"):
        return {}
    among = tuple(dict.fromkeys([*questions, *others]))
    return _reworded(connection.client(), tuple(questions), among)


@st.cache_data(max_entries=20, show_spinner=False)
def _reworded(
    _client: Client, questions: tuple[str, ...], among: tuple[str, ...]
) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for pair in _client.pairs(list(questions), list(among)):
        one, other = questions[pair.question], among[pair.other]
        if reworded(one, other, pair.similarity):
            found.setdefault(one, set()).add(other)
            found.setdefault(other, set()).add(one)
    return found


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
