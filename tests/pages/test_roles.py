"""What somebody's role would refuse is grey to them, on every page, and to nobody else."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from lib.teaching.templates import FIRST_QUESTION
from tests.pages import scenes
from tests.pages.conftest import button, corrected, page, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger
    from tests.gradient_server import GradientServer

    Scene = Callable[[Ledger, GradientServer], AppTest]

KINDS = (
    *("button", "button_group", "chat_input", "number_input", "radio"),
    *("selectbox", "text_area", "text_input", "toggle"),
)
"""Every kind of widget that could change something."""
LIVE = {"Review", "Compare", "Show it to others", "Show older questions"}
"""Buttons that change nothing: they lead on."""
ASK = {"Ask a question", "Answer from corrections that are not learned yet", "Save template"}
TEACH = {
    "Corrections fixed (%)",
    "Rewordings fixed (%)",
    "Answers marked right, unchanged (%)",
    "General questions unchanged (%)",
}
PROVED = {"Take the proof again", "Where it applies"}


@pytest.fixture(autouse=True)
def _roles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Vera only looks on, Theo only teaches; anybody else does everything."""
    everything = ["asker", "reviewer", "teacher"]
    roles = {"Vera": ["viewer"], "Theo": ["teacher"], "*": everything}
    monkeypatch.setenv("ERRATA_ROLES", json.dumps(roles))


def widgets(app: AppTest, *, grey: bool) -> set[str]:
    """The names of the widgets that are grey, or that are not."""
    return {
        str(getattr(found, "label", "") or getattr(found, "placeholder", "")).replace("\\", "")
        for kind in KINDS
        for found in app.get(kind)
        if found.proto.disabled is grey
    }


def live_buttons(app: AppTest) -> set[str]:
    return {found.label for found in app.button if not found.proto.disabled}


def taken_over(app: AppTest, by: str) -> AppTest:
    """The same page, once somebody else sits there."""
    app.session_state["person_name"] = by
    app.run()
    assert not app.exception
    return app


SCENES: list[tuple[Scene, set[str]]] = [
    (scenes.untouched, {*ASK, FIRST_QUESTION}),
    (scenes.conversation, {*ASK, "Right", "Wrong", "Undo", "Ask again", "Change"}),
    (scenes.answering, {"Stop"}),
    (
        scenes.many,
        {
            *("Ask 2 questions", "Save template", "Resume", "Cancel"),
            *("Ask the failed one again", "Make it a ready correction", "Make it a draft"),
        },
    ),
    (scenes.cards, {"Change", "Discard", "Remove", "Ask it in other words"}),
    (scenes.discarded, {"Restore", "Undo"}),
    (scenes.drafts, {"Accept", "Discard", "Edit", "Assign"}),
    (scenes.reviewing, {"Right", "Wrong", "Skip", "Undo", "Why is it wrong?", "Note"}),
    (scenes.reviewed, {"Begin again", "Undo"}),
    (
        scenes.contradicted,
        {
            *TEACH,
            *("Keep the newer", "Keep the older", "Take the mark back", "Discard"),
            *("Discard all 2", "Where it is to apply", "Teach 4 corrections"),
        },
    ),
    (
        scenes.held_otherwise,
        {
            *(*TEACH, *PROVED, "Roll back", "Where it is to apply", "Teach 1 correction"),
            *("Keep the newer", "Keep the older", "Ask 1 question first, to see what it knows"),
        },
    ),
    (scenes.learning, {*TEACH, "Cancel"}),
    (scenes.live, {*TEACH, *PROVED, "Roll back", "Ask it in other words"}),
    (
        scenes.held_back,
        {
            *(*TEACH, *PROVED, "Narrow the scope and prove again", "Drop 1 correction"),
            *("Teach again", "Make it live anyway"),
        },
    ),
    (scenes.telling, {"Make a link", "Close it"}),
    (scenes.voting, {"Ask 1 question", "Test base", "my-adapter", "None is better"}),
    (scenes.templates, {"Use", "Bring version 1 back", "Save template"}),
    (scenes.importing, {"Take it"}),
    (scenes.imported, {"Undo"}),
    (
        scenes.models,
        {
            *(*PROVED, "Disconnect", "Connect", "Create adapter"),
            *("Delete", "Make live", "Delete version"),
        },
    ),
]


@pytest.mark.parametrize(("scene", "grey"), SCENES, ids=[scene.__name__ for scene, _ in SCENES])
def test_what_would_be_refused_is_grey_for_who_only_looks_and_for_nobody_else(
    ledger: Ledger, versioned: GradientServer, scene: Scene, grey: set[str]
) -> None:
    app = scene(ledger, versioned)
    assert not app.exception
    assert grey <= widgets(app, grey=False)
    assert widgets(app, grey=True) == set()
    app = taken_over(app, "Vera")
    assert widgets(app, grey=True) == grey
    assert live_buttons(app) <= LIVE


def test_what_somebody_began_to_edit_in_a_table_waits_until_they_are_back(
    ledger: Ledger, versioned: GradientServer
) -> None:
    assert versioned.url
    corrected(ledger)
    app = button(scenes.selected(page("corrections"), 0), "Edit")
    assert app.data_editor
    assert not taken_over(app, "Vera").data_editor
    assert taken_over(app, "Ada").data_editor


def test_who_teaches_may_not_teach_again_or_drop_what_they_may_not_change(
    ledger: Ledger, versioned: GradientServer
) -> None:
    app = taken_over(scenes.held_back(ledger, versioned), "Theo")
    assert "Here you may teach. What is grey is for others." in texts(app)
    assert widgets(app, grey=True) == {"Teach again", "Drop 1 correction"}
