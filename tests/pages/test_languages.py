"""Every page in French."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from streamlit.testing.v1 import AppTest

from lib.teaching.templates import DEFAULT_NAME
from lib.ui.language import KEY
from tests.pages.conftest import ROUTER, asked

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from tests.gradient_server import GradientServer

TITLES = {
    "ask": "Interroger",
    "ask_many": "Interroger en série",
    "compare": "Comparer",
    "corrections": "Corrections",
    "history": "Historique",
    "import_export": "Importer et exporter",
    "models": "Modèles",
    "review": "Relire",
    "story": "Récit",
    "teach": "Enseigner",
    "templates": "Gabarits",
}


@pytest.mark.parametrize(("name", "title"), TITLES.items())
def test_a_page_speaks_french(
    name: str, title: str, server: GradientServer, ledger: Ledger
) -> None:
    assert server.url
    exchange = asked(ledger)
    draft = ledger.draft(exchange.id, "The Dallas Cowboys")
    ledger.ready(draft.id)
    app = AppTest.from_file(ROUTER, default_timeout=20)
    app.session_state["person_name"] = ""  # its cookies are made of mocks
    app.session_state[KEY] = "fr"
    app.run()
    if name != "ask":
        app.switch_page(f"{name}.py").run()
    assert not app.exception
    assert app.title[0].value == title
    assert "1 correction prête" in [text.value for text in app.sidebar.markdown]
    if name == "templates":
        assert "**Question et réponse**" in [text.value for text in app.main.markdown]


def test_the_first_template_saved_under_its_french_name_is_still_the_first_template(
    server: GradientServer, ledger: Ledger
) -> None:
    assert server.url
    app = AppTest.from_file(ROUTER, default_timeout=20)
    app.session_state["person_name"] = ""
    app.session_state[KEY] = "fr"
    app.run()
    (name,) = [field for field in app.text_input if field.value == "Question et réponse"]
    assert name.label == "Nom"
    next(button for button in app.button if button.label == "Enregistrer le gabarit").click()
    app.run()
    (template,) = ledger.templates()
    assert template.name == DEFAULT_NAME
