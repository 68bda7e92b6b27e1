"""What a new adapter needs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import streamlit as st

from lib.gradient.schemas import MAX_RANK, Capability
from lib.teaching.people import Role
from lib.ui.fine_tunes import NewAdapter
from lib.ui.language import t
from lib.ui.person import must_be

if TYPE_CHECKING:
    from lib.ui.connection import Connection
    from lib.ui.models import Models


def new_adapter_fields(where: str, models: Models, base_id: str | None = None) -> NewAdapter:
    """Draw what a new adapter needs.

    Args:
        where: tells these fields from others of their kind.
        models: what the server has.
        base_id: the base model to offer first.
    """
    bases = [model.id for model in models.base if Capability.FINE_TUNE in model.capabilities]
    if len(bases) == 1:
        base = bases[0]
    else:
        base = st.selectbox(
            t("Base model"),
            bases,
            index=bases.index(base_id) if base_id in bases else 0,
            format_func=models.name,
            key=f"{where}_base",
        )
    name = st.text_input(
        t("Name of the new adapter"), "my-adapter", key=f"{where}_name", max_chars=80
    )
    with st.expander(t("More"), type="compact"):
        rank = st.number_input(
            t("Rank"),
            1,
            MAX_RANK,
            None,
            key=f"{where}_rank",
            placeholder=t("The server's own"),
            help=t("How much an adapter can hold."),
        )
        rate = st.number_input(
            t("Learning rate"),
            0.000001,
            0.999999,
            None,
            format="%.6f",
            step=0.0001,
            key=f"{where}_rate",
            placeholder=t("The server's own"),
        )
    return NewAdapter(base, (name or "").strip(), rank, rate)


def make_adapter(new: NewAdapter, connection: Connection) -> None:
    """Make the adapter on the server.

    Raises:
        GradientError: it could not be made.
        NotPermitted: it takes a teacher.
    """
    must_be(Role.TEACHER)
    connection.client().create_adapter(new.base_model_id, new.name, new.rank, new.learning_rate)
    connection.forget()
