"""Where a correction is typed: a text area that tells every pause in typing.

Streamlit's own text area tells its text only when it loses focus. This one tells it 400 ms after
the last key, on leaving it (also by Escape), and on Enter, which adds; a redraw leaves focus, caret
and unsent text alone. Its HTML, CSS and JavaScript are the project's own; what people and models
write goes in as data and is never markup, and so do the words that stand on it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import streamlit as st

from lib.ui.language import t

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.components.v2.types import ComponentRenderer


@dataclass(frozen=True)
class Typed:
    """A whole text, and the revision of the text that it was typed upon."""

    text: str
    revision: int


def draft_box(
    name: str,
    *,
    text: str,
    revision: int,
    on_typed: Callable[[Typed], None],
    on_added: Callable[[Typed], None],
    words: str = "",
    focus: bool = False,
    action: str = "",
) -> None:
    """Draw the box.

    Args:
        name: unlike any other box's on the page, and always the same for the same text.
        text: as it is kept now.
        revision: of that text, as it is kept.
        on_typed: called after a pause.
        on_added: called when it is added.
        words: what the typist may start from; empty, and nothing is offered.
        focus: whether typing can begin at once.
        action: the word for adding it; "Add" where none is given.
    """
    key = f"draft_box_{name}"

    def typed() -> None:
        on_typed(_typed(_said(key, "typed")))

    def added() -> None:
        on_added(_typed(_said(key, "added")))

    _component()(
        key=key,
        data={
            "name": name,
            "text": text,
            "revision": revision,
            "words": words,
            "focus": focus,
            "said": {
                "label": t("What is right?"),
                "placeholder": t("Type what the model should have answered"),
                "words": t("Start from the model's words · Alt W"),
                "add": t("{action} · Enter", action=action or t("Add")),
                "saving": t("saving…"),
                "saved": t("draft saved"),
            },
            "heard": _said(key, "typed").get("number", 0),
        },
        on_typed_change=typed,
        on_added_change=added,
    )


def _said(key: str, message: str) -> dict[str, Any]:
    state = st.session_state.get(key)
    said: dict[str, Any] | None = state.get(message) if state else None
    return said or {}


def _typed(said: dict[str, Any]) -> Typed:
    return Typed(str(said["text"]), int(said["revision"]))


@cache
def _component() -> ComponentRenderer:
    here = Path(__file__)
    return st.components.v2.component(
        "errata_draft_box",
        html=here.with_suffix(".html").read_text(encoding="utf-8"),
        css=here.with_suffix(".css").read_text(encoding="utf-8"),
        js=here.with_suffix(".js").read_text(encoding="utf-8"),
    )
