"""Import and export: corrections and exchanges in the formats of other tools, both ways."""

import streamlit as st

from lib.ui import services
from lib.ui.exporting import draw_export
from lib.ui.heading import draw_title
from lib.ui.importing import PAGE, draw_import
from lib.ui.language import t
from lib.ui.notices import draw_notice
from lib.ui.undo import draw_undo

ledger = services.ledger()

draw_title(t("Import and export"))
draw_notice("import_export")

st.header(t("Import"))
st.markdown(
    t(
        "Bring questions with their answers. You see what will be kept, and what is refused and"
        " why, before anything is. An import appears as a list on Ask many."
    )
)
draw_undo(ledger, PAGE)
draw_import(ledger)

st.header(t("Export"))
draw_export(ledger)
