"""Whoever changes what is on the server was asked for their role in the same breath.

And what one clicks to change something says for whom it is grey; `tests/pages/test_roles.py` sees
that it says so rightly.
"""

from __future__ import annotations

import ast
import inspect
from pathlib import Path
from typing import TYPE_CHECKING

from lib.gradient import operations
from lib.gradient.client import Client
from lib.ui.connection import Connection

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
READING = {
    *("get_adapter", "list_models", "versions", "version_files", "complete", "stream"),
    *("nearness", "pairs", "run", "count_tokens", "info", "health"),
}
CHANGING = {
    *("create_adapter", "delete_adapter", "fine_tune", "make_live", "set_scope"),
    *("fine_tune_progress", "delete_version", "cancel_run"),
}
OF_THE_CONNECTION = {"connect", "disconnect"}
PERMITTED_BEFORE = {
    "fine_tunes._make",  # by `submit`
    "fine_tunes._taught",  # by `submit`, too
    "candidates.prove",  # a run that was submitted, decided by its thresholds
}
ASKS = {"must_be", "permit"}
CALLBACKS = {"on_change", "on_click", "on_submit"}
NEVER_GREY = {
    # one's own
    *("person.Sign in", "person.Sign out", "person.Your name", "language_picker.Language · Langue"),
    # the way on
    *("conversation.Show older questions", "comparison_box.Compare", "corrections.Review"),
    *("run_report.Show it to others", "corrections.teach", "sidebar.label"),
    # in a dialog that opens by a button which can be grey
    *("adapter.Delete it", "adapter.Keep it"),
    # drawn for whoever may do it, and for nobody else
    *("correction_box.label", "correction_editor.Done"),
    *("first_minute.Skip", "first_minute.Let it learn"),
    # remembered for whoever does more than look on
    "question_list_form.Or paste questions, one a line",
}
"""What somebody may always click: by module, and by what stands on it or what holds that."""


def called(node: ast.AST) -> set[str]:
    """The last names of everything that is called in a piece of code."""
    names = set()
    for one in ast.walk(node):
        if isinstance(one, ast.Call):
            names.add(one.func.attr if isinstance(one.func, ast.Attribute) else "")
            names.add(one.func.id if isinstance(one.func, ast.Name) else "")
    return names


def functions(tree: ast.AST) -> Iterator[ast.FunctionDef]:
    return (one for one in ast.walk(tree) if isinstance(one, ast.FunctionDef))


def innermost(tree: ast.AST, names: set[str]) -> Iterator[ast.FunctionDef]:
    """The functions that call one of these themselves, and not in a function inside."""
    for one in functions(tree):
        inside = [other for other in functions(one) if other is not one]
        if called(one) & names and not any(called(other) & names for other in inside):
            yield one


def test_every_operation_of_the_client_is_known_to_read_or_to_change() -> None:
    names = {name for name, _ in inspect.getmembers(Client) if hasattr(operations, name)}
    assert {name for name in names if not name.startswith("_")} == READING | CHANGING
    assert all(hasattr(Connection, name) for name in OF_THE_CONNECTION)


def test_what_changes_the_server_asks_for_a_role_first() -> None:
    unasked = [
        f"{path.stem}.{one.name}"
        for folder in ("lib/ui", "pages")
        for path in sorted((ROOT / folder).glob("*.py"))
        if path.stem != "connection"
        for one in innermost(ast.parse(path.read_text("utf-8")), CHANGING | OF_THE_CONNECTION)
        if not called(one) & ASKS
    ]
    assert set(unasked) == PERMITTED_BEFORE


def named(call: ast.Call) -> str:
    """What stands on a widget, or the name of what holds that."""
    if not call.args:
        return ""
    first = call.args[0]
    said = first.args[0] if isinstance(first, ast.Call) else first
    return str(said.value) if isinstance(said, ast.Constant) else ast.unparse(said)


def changes(call: ast.Call) -> bool:
    """Whether a call draws a button, or a widget that calls back; `"rerun"` draws the page anew."""
    name = call.func.attr if isinstance(call.func, ast.Attribute) else ""
    called_back = (one.value for one in call.keywords if one.arg in CALLBACKS)
    return name in {"button", "form_submit_button"} or any(
        not isinstance(one, ast.Constant) for one in called_back
    )


def test_every_widget_that_changes_something_says_for_whom_it_is_grey() -> None:
    live = {
        f"{path.stem}.{named(call)}"
        for folder in ("lib/ui", "pages")
        for path in sorted((ROOT / folder).glob("*.py"))
        for call in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(call, ast.Call) and changes(call)
        if not any(one.arg == "disabled" for one in call.keywords)
    }
    assert live == NEVER_GREY
