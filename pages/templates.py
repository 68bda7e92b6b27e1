"""Templates: the texts around questions, with all their versions."""

import streamlit as st

from lib.ui import services
from lib.ui.heading import draw_title
from lib.ui.language import t
from lib.ui.notices import draw_notice
from lib.ui.template_library import draw_library

draw_title(t("Templates"))
draw_notice("templates")
st.markdown(
    t(
        "A prompt template is the text around each question. Every change makes a new version, and"
        " what was asked keeps the text that it was asked with."
    )
)
draw_library(services.ledger())
