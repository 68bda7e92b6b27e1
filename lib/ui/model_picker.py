"""Which model to ask, and which of its versions."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import streamlit as st

from lib.ui.language import t
from lib.ui.person import recall, remember

if TYPE_CHECKING:
    from lib.gradient.schemas import Version
    from lib.ui.connection import Connection
    from lib.ui.models import Models

REMEMBERED = "model"
"""The preference that holds the id of the model asked last."""
LIVE = -1


@dataclass(frozen=True)
class Choice:
    """What to ask; `version` None is the live one, or a base model."""

    model_id: str
    name: str
    version: int | None = None


def model_picker(connection: Connection) -> Choice:
    """Draw the choice of a model, and of a version where there are versions.

    Raises:
        GradientError: the server does not say what it has.
    """
    models = connection.models()
    ids = models.ids
    remembered = recall(REMEMBERED)
    model_id = st.selectbox(
        t("Model"),
        ids,
        index=ids.index(remembered) if remembered in ids else 0,
        format_func=models.name,
        key=f"ask_model_{len(ids)}_{remembered}",
        label_visibility="collapsed",
        help=t("A base model, or an adapter of yours"),
        width="stretch",
    )
    if model_id != remembered:
        remember(REMEMBERED, model_id)
    version = _version_picker(connection, models, model_id)
    return Choice(model_id, models.name(model_id), version)


def _version_picker(connection: Connection, models: Models, model_id: str) -> int | None:
    versions = connection.versions(model_id) if models.adapter(model_id) else []
    if not versions:
        return None
    numbers = [LIVE, *(version.number for version in reversed(versions))]
    if 0 not in numbers:
        numbers.append(0)
    number: int = st.selectbox(
        t("Version"),
        numbers,
        format_func=lambda number: version_name(number, versions),
        key=f"ask_version_{model_id}",
        label_visibility="collapsed",
        width="stretch",
    )
    return None if number == LIVE else number


def version_name(number: int, versions: list[Version]) -> str:
    """Such as "Live version (4)", "Version 3" and "Untaught"."""
    if number == LIVE:
        live = next((version.number for version in versions if version.live), 0)
        return t("Live version ({number})", number=live) if live else t("Live version (untaught)")
    return t("Version {number}", number=number) if number else t("Untaught")
