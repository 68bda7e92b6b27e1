"""How an answer is generated."""

from __future__ import annotations

import streamlit as st

from lib.gradient.schemas import MAX_GENERATED_TOKENS
from lib.ledger.records import Sampling
from lib.ui.language import t

DEFAULT = Sampling()


def sampling_settings() -> tuple[Sampling, bool]:
    """Draw the settings; gives them, and whether the chat template is used."""
    longest = st.number_input(
        t("Longest answer, in tokens"),
        1,
        MAX_GENERATED_TOKENS,
        DEFAULT.max_generated_token_count,
        key="ask_longest",
        persist_state="session",
    )
    temperature = st.number_input(
        t("Temperature"),
        0.0,
        2.0,
        0.0,
        0.05,
        key="ask_temperature",
        persist_state="session",
        help=t("0 gives the most likely answer, and the same one each time."),
    )
    top_k = st.number_input(
        t("Top k"),
        1,
        1000,
        None,
        key="ask_top_k",
        persist_state="session",
        placeholder=t("The server's own"),
        help=t("Only this many of the likeliest tokens are considered."),
    )
    top_p = st.number_input(
        t("Top p"),
        0.0,
        1.0,
        None,
        0.05,
        key="ask_top_p",
        persist_state="session",
        placeholder=t("The server's own"),
        help=t("Only the likeliest tokens that together reach this probability are considered."),
    )
    chat = st.toggle(
        t("Ask inside the model's chat template"),
        value=True,
        key="ask_chat",
        persist_state="session",
        help=t("Off: the model continues the prompt as plain text."),
    )
    return Sampling(longest, temperature, top_k, top_p), chat
