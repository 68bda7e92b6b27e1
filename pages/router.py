"""The router: what every page has, and which page it is.

The app's entry script lies inside `pages/`, so that no folder of that name stands beside it: there,
Streamlit would run a page alone, without this script, when its address is opened first.
"""

from pathlib import Path

import streamlit as st

from lib.ledger.errors import LedgerError
from lib.ui import services
from lib.ui.held_key import press_once
from lib.ui.language import t
from lib.ui.notices import told_here
from lib.ui.person import draw_sign_in, must_sign_in
from lib.ui.sidebar import draw_sidebar
from lib.ui.streamlit_words import translate_streamlit

# The icon is a file of ours: Streamlit's named icons come from another host.
icon = Path(__file__).parent.parent / "lib" / "ui" / "icon.svg"
st.set_page_config(page_title="Errata", page_icon=str(icon), layout="centered")
st.logo(icon, size="large")

ask = st.Page("ask.py", title=t("Ask"), icon=":material/chat:", default=True)
ask_many = st.Page("ask_many.py", title=t("Ask many"), icon=":material/checklist:")
corrections = st.Page("corrections.py", title=t("Corrections"), icon=":material/edit_note:")
review = st.Page("review.py", title=t("Review"), icon=":material/rate_review:")
teach = st.Page("teach.py", title=t("Teach"), icon=":material/school:")
story = st.Page("story.py", title=t("Story"), icon=":material/slideshow:")
compare = st.Page("compare.py", title=t("Compare"), icon=":material/compare:")
history = st.Page("history.py", title=t("History"), icon=":material/monitoring:")
templates = st.Page("templates.py", title=t("Templates"), icon=":material/article:")
import_export = st.Page(
    "import_export.py", title=t("Import and export"), icon=":material/swap_vert:"
)
models = st.Page("models.py", title=t("Models"), icon=":material/memory:")

page = st.navigation(
    [
        ask,
        ask_many,
        corrections,
        review,
        teach,
        story,
        compare,
        history,
        templates,
        import_export,
        models,
    ],
    position="hidden",
)
if must_sign_in():
    draw_sign_in()
    st.stop()
try:
    services.ledger()
except LedgerError:
    st.title("Errata")
    with told_here():
        raise
    st.stop()
with told_here():
    draw_sidebar(
        page,
        ask=ask,
        ask_many=ask_many,
        corrections=corrections,
        teach=teach,
        compare=compare,
        history=history,
        templates=templates,
        import_export=import_export,
        models=models,
    )
    with st.sidebar:  # a page may end early, and a gap shows least here
        press_once()
        translate_streamlit()
    page.run()
    services.warm_up()
