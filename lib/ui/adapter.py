"""One adapter in a list: what it is built on, its versions, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.ledger.records import CorrectionState
from lib.teaching.people import Role
from lib.ui.adapter_files import adapter_files
from lib.ui.comparison import MOST_QUESTIONS
from lib.ui.comparison_box import compare_button
from lib.ui.figures import moment, seconds
from lib.ui.language import t, tn
from lib.ui.model_picker import Choice
from lib.ui.notices import telling, told_here
from lib.ui.person import may, must_be, my_name
from lib.ui.plain import plain
from lib.ui.scope_switch import draw_scope

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.gradient.schemas import AdapterItem, Version
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Run
    from lib.ui.connection import Connection
    from lib.ui.fine_tunes import FineTunes
    from lib.ui.models import Models

PAGE = 10
"""Versions that are drawn together."""
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
                t("Delete"),
                icon=":material/delete:",
                key=f"delete_{adapter.id}",
                type="tertiary",
                disabled=not may(Role.TEACHER),
            ):
                asked = st.dialog(t("Delete this adapter?"), icon=":material/delete:")
                asked(_confirm)(adapter, connection)
        st.caption(_about(adapter, models))
        with told_here():
            versions = connection.versions(adapter.id)
            if versions:
                place = st.expander(
                    tn("{number} version", "{number} versions", len(versions)),
                    type="compact",
                    on_change="rerun",
                    key=f"versions_{adapter.id}",
                )
                if place.open:
                    with place:
                        _versions(
                            adapter,
                            versions,
                            models,
                            ledger=ledger,
                            connection=connection,
                            fine_tunes=fine_tunes,
                        )


def _versions(
    adapter: AdapterItem,
    versions: Sequence[Version],
    models: Models,
    *,
    ledger: Ledger,
    connection: Connection,
    fine_tunes: FineTunes,
) -> None:
    """The versions of an adapter, a page at a time, the newest first."""
    runs = {
        run.result.version: run
        for run in reversed(ledger.runs(adapter_id=adapter.id))
        if run.result
    }
    taught = ledger.corrections(CorrectionState.TAUGHT, adapter_id=adapter.id)
    questions = [correction.question for correction in taught[-MOST_QUESTIONS:]]
    page = 1
    if len(versions) > PAGE:
        page = st.pagination(-(-len(versions) // PAGE), key=f"versions_page_{adapter.id}")
    for version in versions[::-1][(page - 1) * PAGE : page * PAGE]:
        _version(adapter, version, connection)
        draw_scope(adapter.id, version, connection)
        with st.container(horizontal=True, vertical_alignment="center"):
            _compare(adapter, version, models, questions)
            _files(adapter, version, models, ledger, connection)
            run = runs.get(version.number)
            if run:
                _proof(run, fine_tunes)


def _about(adapter: AdapterItem, models: Models) -> str:
    parts = [t("Built on {model}", model=plain(models.name(adapter.base_model_id)))]
    if adapter.live_version:
        parts.append(t("version {number} is live", number=adapter.live_version))
    elif adapter.live_version == 0:
        parts.append(t("untaught"))
    if adapter.latest_update_time:
        parts.append(moment(adapter.latest_update_time, year=True))
    return " · ".join(parts)


def _version(adapter: AdapterItem, version: Version, connection: Connection) -> None:
    def make_live() -> None:
        with telling(t("The live version is as it was.")):
            must_be(Role.TEACHER)
            connection.client().make_live(adapter.id, version.number)
            connection.forget()

    def delete() -> None:
        with telling(t("The version is still there.")):
            must_be(Role.TEACHER)
            connection.client().delete_version(adapter.id, version.number)
            connection.forget()

    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(t("Version {number}", number=version.number))
        st.caption(
            " · ".join(
                (
                    tn("{number} correction", "{number} corrections", version.samples),
                    seconds(version.seconds),
                    moment(version.created_time),
                    version.sha256[:HASH_SHOWN],
                )
            ),
            width="stretch",
        )
        if version.live:
            st.badge(t("Live"), color="green")
            return
        if version.candidate:
            st.badge(t("Candidate"), color="orange")
        name = f"{adapter.id}_{version.number}"
        for label, key, act in (
            (t("Make live"), f"live_{name}", make_live),
            (t("Delete version"), f"delete_{name}", delete),
        ):
            st.button(label, key=key, type="tertiary", disabled=not may(Role.TEACHER), on_click=act)


def _compare(
    adapter: AdapterItem, version: Version, models: Models, questions: Sequence[str]
) -> None:
    """Offer to ask a version beside the live one, or the live one beside the base model."""
    base_id = adapter.base_model_id
    beside = (
        Choice(adapter.id, adapter.name, adapter.live_version)
        if adapter.live_version and not version.live
        else Choice(base_id, models.name(base_id))
    )
    compare_button(
        f"beside_{adapter.id}_{version.number}",
        [beside, Choice(adapter.id, adapter.name, version.number)],
        questions,
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
        with telling(t("The proof is as it was.")):
            must_be(Role.TEACHER)
            fine_tunes.prove(run.id, by=my_name())

    taking = fine_tunes.under_way(run.id)
    st.button(
        t("Take the proof again"),
        icon=":material/fact_check:",
        key=f"prove_{run.id}",
        type="tertiary",
        disabled=taking or not may(Role.TEACHER),
        on_click=prove,
    )
    if taking:
        st.page_link("teach.py", label=t("See it on Teach"), icon=":material/school:")


def _confirm(adapter: AdapterItem, connection: Connection) -> None:
    st.markdown(
        t(
            "**{adapter}** and everything it has learned will be gone from the server. Questions,"
            " answers and corrections stay here, and can teach another adapter.",
            adapter=plain(adapter.name),
        )
    )

    def delete() -> None:
        with telling(t("The adapter is still there.")):
            must_be(Role.TEACHER)
            connection.client().delete_adapter(adapter.id)
            connection.forget()
            st.toast(t("Deleted."))

    with st.container(horizontal=True):
        if st.button(t("Delete it"), type="primary", on_click=delete):
            st.rerun()
        if st.button(t("Keep it")):
            st.rerun()
