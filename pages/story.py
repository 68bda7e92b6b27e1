"""Story: what came of a run, for somebody who was not there."""

import streamlit as st

from lib.ledger.records import RunState
from lib.ui import services
from lib.ui.figures import day
from lib.ui.heading import draw_title
from lib.ui.language import t
from lib.ui.notices import draw_notice
from lib.ui.run_report import run_name
from lib.ui.story_box import draw_story

ledger = services.ledger()

draw_title(t("Story"))
draw_notice("story")

done = {run.id: run for run in ledger.runs() if run.state is RunState.DONE}
if not done:
    st.markdown(
        t(
            "A story shows what a model was taught and that it holds, to somebody who was not"
            " there. Teach something first."
        )
    )
    st.page_link("teach.py", label=t("Teach"), icon=":material/school:")
    st.stop()

wanted = st.session_state.get("story_run")
chosen = st.selectbox(
    t("Run"),
    list(done),
    index=list(done).index(wanted) if wanted in done else 0,
    format_func=lambda identity: f"{run_name(done[identity])} · {day(done[identity].created_at)}",
)
run = done[chosen]
if run.result:
    draw_story(run, run.result, ledger)
