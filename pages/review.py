"""Review: answers that nobody has judged yet, one at a time, from the keyboard."""

import streamlit as st

from lib.ui import services
from lib.ui.heading import draw_title
from lib.ui.language import t
from lib.ui.notices import draw_notice, told_here
from lib.ui.review import draw_review

draw_title(t("Review"))
draw_notice("review")
with told_here():
    draw_review(services.ledger())
st.page_link("corrections.py", label=t("All corrections"), icon=":material/arrow_back:")
