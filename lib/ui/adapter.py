"""One adapter in a list: what it is built on, its versions, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.teaching.people import Role
from lib.ui.adapter_files import adapter_files
from lib.ui.comparison import MOST_QUESTIONS
from lib.ui.comparison_box import compare_button
from lib.ui.language import t
from lib.ui.model_picker import Choice
from lib.ui.notices import telling, told_here
from lib.ui.person import must_be, my_name
from lib.ui.plain import count, plain
from lib.ui.scope_switch import draw_scope

if TYPE_CHECKING:
    from lib.gradient.schemas import AdapterItem, Version
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Run
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes
    from lib.ui.models import Models

HASH_SHOWN = 12
"""Hexadecimal digits of a version's hash: the same samples, settings and seed make the same."""


def draw_adapter(
    adapter: AdapterItem,
    models: Models,
    *,
    ledger: Ledger,
    connection: Connection,
    fine_tunes: FineTunes,
) -> None:
    """Draw an adapter with what can be done with it."""
    with st.container(border=True, gap="small", key=f"adapter_{adapter.id}"):
        with st.container(horizontal=True, vertical_alignment="center"):
            st.markdown(f"**{plain(adapter.name)}**", width="stretch")
            if st.button(
                "Delete", icon=":material/delete:", key=f"delete_{adapter.id}", type="tertiary"
            ):
                _confirm(adapter, connection)
        st.caption(_about(adapter, models))
        with told_here():
            versions = connection.versions(adapter.id)
            if versions:
                place = st.expander(
                    count(len(versions), "version"), type="compact", key=f"versions_{adapter.id}"
                )
                runs = {
                    run.result.version: run
                    for run in reversed(ledger.runs(adapter_id=adapter.id))
                    if run.result
                }
                with place:
                    for version in reversed(versions):
                        _version(adapter, version, connection)
                        draw_scope(adapter.id, version, connection)
                        with st.container(horizontal=True, vertical_alignment="center"):
                            _compare(adapter, version, models, ledger)
                            _files(adapter, version, models, ledger, connection)
                            run = runs.get(version.number)
                            if run:
                                _proof(run, fine_tunes)


def _about(adapter: AdapterItem, models: Models) -> str:
    about = f"Built on {plain(models.name(adapter.base_model_id))}"
    if adapter.live_version:
        about += f" · version {adapter.live_version} is live"
    elif adapter.live_version == 0:
        about += " · untaught"
    if adapter.latest_update_time:
        about += f" · {adapter.latest_update_time:%d %b %Y, %H:%M}"
    return about


def _version(adapter: AdapterItem, version: Version, connection: Connection) -> None:
    def make_live() -> None:
        with telling("The live version is as it was."):
            must_be(Role.TEACHER)
            connection.client().make_live(adapter.id, version.number)
            connection.forget()

    def delete() -> None:
        with telling("The version is still there."):
            must_be(Role.TEACHER)
            connection.client().delete_version(adapter.id, version.number)
            connection.forget()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f"Version {version.number}")
        st.caption(
            f"{count(version.samples, 'correction')} · {version.seconds:.1f} s"
            f" · {version.created_time:%d %b, %H:%M} · {version.sha256[:HASH_SHOWN]}",
            width="stretch",
        )
        if version.live:
            st.badge("Live", color="green")
            return
        if version.candidate:
            st.badge("Candidate", color="orange")
        name = f"{adapter.id}_{version.number}"
        st.button("Make live", key=f"live_{name}", type="tertiary", on_click=make_live)
        st.button("Delete version", key=f"delete_{name}", type="tertiary", on_click=delete)


def _compare(adapter: AdapterItem, version: Version, models: Models, ledger: Ledger) -> None:
    """Offer to ask a version beside the live one, or the live one beside the base model."""
    base_id = adapter.base_model_id
    beside = (
        Choice(adapter.id, adapter.name, adapter.live_version)
        if adapter.live_version and not version.live
        else Choice(base_id, models.name(base_id))
    )
    taught = ledger.corrections(CorrectionState.TAUGHT, adapter_id=adapter.id)
    compare_button(
        f"beside_{adapter.id}_{version.number}",
        [beside, Choice(adapter.id, adapter.name, version.number)],
        [correction.question for correction in taught[-MOST_QUESTIONS:]],
    )


def _files(
    adapter: AdapterItem,
    version: Version,
    models: Models,
    ledger: Ledger,
    connection: Connection,
) -> None:
    """Offer a version's files, which a plain Gradient server keeps to itself."""
    if not connection.can("files"):
        return

    def made() -> bytes:
        base = models.name(adapter.base_model_id)
        return adapter_files(connection.client(), ledger, adapter, version, base)

    st.download_button(
        t("Download"),
        made,
        f"{adapter.name}-v{version.number}.zip",
        "application/zip",
        key=f"files_{adapter.id}_{version.number}",
        type="tertiary",
        icon=":material/download:",
        help=t("As a PEFT folder, with a card of what it was taught and how it scored."),
        on_click="ignore",
    )


def _proof(run: Run, fine_tunes: FineTunes) -> None:
    def prove() -> None:
        with telling("The proof is as it was."):
            must_be(Role.TEACHER)
            fine_tunes.prove(run.id, by=my_name())

    taking = fine_tunes.under_way(run.id)
    st.button(
        "Take the proof again",
        icon=":material/fact_check:",
        key=f"prove_{run.id}",
        type="tertiary",
        disabled=taking,
        on_click=prove,
    )
    if taking:
        st.page_link("teach.py", label="See it on Teach", icon=":material/school:")


@st.dialog("Delete this adapter?", icon=":material/delete:")
def _confirm(adapter: AdapterItem, connection: Connection) -> None:
    st.markdown(
        f"**{plain(adapter.name)}** and everything it has learned will be gone from the server."
        " Questions, answers and corrections stay here, and can teach another adapter."
    )

    def delete() -> None:
        with telling("The adapter is still there."):
            must_be(Role.TEACHER)
            connection.client().delete_adapter(adapter.id)
            connection.forget()
            st.toast("Deleted.")

    with st.container(horizontal=True):
        if st.button("Delete it", type="primary", on_click=delete):
            st.rerun()
        if st.button("Keep it"):
            st.rerun()
