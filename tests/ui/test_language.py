"""Every text of the app is in every language, and nothing else is."""

from __future__ import annotations

import ast
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import streamlit as st
from hypothesis import given
from hypothesis import strategies as some

from lib.gradient.errors import refusal
from lib.teaching.decision import NARROW_ALREADY, Thresholds, decide
from lib.teaching.people import JUDGES, SHARERS, WRITERS, NotPermitted, People, Role
from lib.teaching.proof import Kind, Outcome, summary
from lib.ui.language import KEY, NAMES, catalog, spoken_by
from lib.ui.sentences import CONTEXT, told

if TYPE_CHECKING:
    from collections.abc import Iterator

    from babel.messages.catalog import Message

ROOT = Path(__file__).parents[2]
SPOKEN = [ROOT / "app.py", *ROOT.glob("pages/*.py"), *ROOT.glob("lib/ui/*.py")]
"""Where texts are written for whoever is at the screen."""
MADE = [
    *ROOT.glob("lib/teaching/*.py"),
    *ROOT.glob("lib/ledger/*.py"),
    *(path for path in ROOT.glob("lib/gradient/*.py") if path.stem != "llm"),
    *ROOT.glob("lib/ui/*.py"),
]
"""Where sentences are made that somebody reads later. `llm.py` speaks to programmers."""
OTHERS = list(NAMES)[1:]
SHOWN = {
    "title",
    "header",
    "subheader",
    "markdown",
    "caption",
    "text",
    "info",
    "warning",
    "error",
    "success",
    "toast",
    "badge",
    "button",
    "link_button",
    "download_button",
    "form_submit_button",
    "expander",
    "popover",
    "selectbox",
    "multiselect",
    "radio",
    "toggle",
    "checkbox",
    "text_input",
    "text_area",
    "number_input",
    "slider",
    "chat_input",
    "file_uploader",
    "segmented_control",
    "pills",
    "tabs",
    "metric",
    "dialog",
    "status",
    "progress",
    "line_chart",
    "altair_chart",
    "iframe",
}
"""Streamlit's calls whose first argument is read by somebody."""
NAMED = {"label", "help", "placeholder", "title", "text", "alt", "x_label", "y_label", "body"}
"""Arguments of any of its calls that are read by somebody."""
NOT_PROSE = {
    "Errata": "the app's name",
    "my-adapter": "a name to begin with, for a machine",
    "https://api.gradient.ai/api": "an address",
    "Language · Langue": "to be found by whoever cannot read the language that is spoken",
    "…": "a sign",
}


def calls(path: Path) -> Iterator[ast.Call]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Call):
            yield node


def named(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else ""


def literals(nodes: list[ast.expr]) -> tuple[str, ...]:
    found = []
    for node in nodes:
        assert isinstance(node, ast.Constant), f"not a literal: {ast.unparse(node)}"
        found.append(str(node.value))
    return tuple(found)


def written() -> set[tuple[str, ...]]:
    """The texts in the code: one form each, or two of what is counted."""
    where = {"t": slice(1), "tn": slice(2), "text_in": slice(1, 2)}
    return {
        literals(call.args[where[named(call)]])
        for path in SPOKEN
        if path.stem != "language"
        for call in calls(path)
        if named(call) in where
    }


def forms(text: object) -> tuple[str, ...]:
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)


def messages(spoken: str, *, context: str | None = None) -> list[Message]:
    return [message for message in catalog(spoken) if message.id and message.context == context]


def placeholders(text: str) -> set[str]:
    return set(re.findall(r"\{\w+\}", text))


@pytest.mark.parametrize("spoken", OTHERS)
def test_no_text_is_missing_and_none_is_left_over(spoken: str) -> None:
    kept = {forms(message.id) for message in messages(spoken)}
    assert sorted(written() - kept) == []
    assert sorted(kept - written()) == []


@pytest.mark.parametrize("spoken", OTHERS)
def test_every_text_says_something_and_keeps_its_placeholders(spoken: str) -> None:
    every = [*messages(spoken), *messages(spoken, context=CONTEXT)]
    for message in every:
        english, other = forms(message.id), forms(message.string)
        assert len(english) == len(other), message.id
        assert all(other), message.id
        for one, its in zip(english, other, strict=True):
            assert placeholders(one) == placeholders(its), one


@pytest.mark.parametrize("path", SPOKEN, ids=lambda path: path.stem)
def test_nothing_is_shown_that_could_not_be_said_in_another_language(path: Path) -> None:
    bare = []
    for call in calls(path):
        if not isinstance(call.func, ast.Attribute) or ast.unparse(call.func.value) == "log":
            continue
        read = call.args[:1] if call.func.attr in SHOWN else []
        read += [each.value for each in call.keywords if each.arg in NAMED]
        bare += [text for node in read for text in prose(node) if text not in NOT_PROSE]
    assert bare == []


def prose(node: ast.expr) -> list[str]:
    """The words that stand in an expression as they are, and not in a call, such as `t`."""
    if isinstance(node, ast.Call | ast.Subscript | ast.Compare | ast.ListComp):
        return []
    if isinstance(node, ast.FormattedValue):
        return prose(node.value)
    if isinstance(node, ast.Constant):
        said = re.sub(r":\w+:|:material/\w+:|:[\w-]+\[", "", str(node.value))
        return [str(node.value)] if re.search(r"[^\W\d]{2}", said) and said != "None" else []
    inner = [each for each in ast.iter_child_nodes(node) if isinstance(each, ast.expr)]
    if isinstance(node, ast.IfExp):
        inner = [node.body, node.orelse]
    return [text for each in inner for text in prose(each)]


def test_no_text_is_said_before_somebody_is_there_to_speak_to() -> None:
    for path in ROOT.glob("lib/ui/*.py"):
        for node in ast.parse(path.read_text()).body:
            said: list[ast.AST] = [node]
            if isinstance(node, ast.FunctionDef | ast.ClassDef):
                said = list(node.decorator_list)
            inside = [each for one in said for each in ast.walk(one)]
            found = [each for each in inside if isinstance(each, ast.Call)]
            assert not [call for call in found if named(call) in {"t", "tn"}], path


def sentences() -> Iterator[str]:
    """What errors say, each value being a sign of its own."""
    for path in MADE:
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call) and node.exc.args:
                first = node.exc.args[0]
                if isinstance(first, ast.Constant) and isinstance(first.value, str):
                    yield first.value
                elif isinstance(first, ast.JoinedStr):
                    yield "".join(
                        str(part.value)
                        if isinstance(part, ast.Constant)
                        else "Line"  # the one value that is a word of ours; any other may be it too
                        for part in first.values
                    )


@pytest.fixture(params=OTHERS)
def spoken(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.setattr(st, "session_state", {KEY: request.param})
    return str(request.param)


def test_every_error_is_told_in_the_language_of_the_session(spoken: str) -> None:
    assert spoken in NAMES
    # One value of `client.py` is a word of ours, of which there are two.
    ours = {"The Line is missing."}
    assert [said for said in sentences() if told(said) == said and said not in ours] == []


@pytest.mark.parametrize("status", [400, 401, 403, 404, 409, 422, 500, 503])
@pytest.mark.parametrize("body", ["", '{"message": "Too long."}'])
def test_a_server_is_quoted_and_the_rest_is_said_in_the_language(
    spoken: str, status: int, body: str
) -> None:
    assert spoken in NAMES
    english = refusal(status, body).message
    said = told(english)
    assert not {"server", "again", "Check"} & set(re.findall(r"\w+", said))
    assert ("Too long." in said) is bool(body)


@pytest.mark.parametrize("narrow", [True, False])
def test_a_decision_is_told_with_its_advice(spoken: str, *, narrow: bool) -> None:
    assert spoken in NAMES
    missed = [(kind, Outcome.NOT_FIXED) for kind in Kind]
    strict = Thresholds(rewording=1.0)
    reasons = decide(missed, strict, narrow=narrow).reasons
    assert len(reasons) == len(Kind) > len(NARROW_ALREADY)
    for reason in reasons:
        assert not {"asked", "discard", "Discard", "Narrow"} & set(told(reason).split())


def test_what_a_proof_comes_to_is_told(spoken: str) -> None:
    assert spoken in NAMES
    found = [
        (Kind.CORRECTION, Outcome.FIXED),
        (Kind.REWORDING, Outcome.FIXED),
        (Kind.GUARD, Outcome.SAME),
    ]
    for line in (summary(found), summary(found, out_of_scope=1)):
        for part in line.split(" · "):
            assert told(part) != part


@pytest.mark.parametrize("spoken", ["fr"])
def test_no_word_that_follows_a_number_in_french_is_plural_whatever_the_number_is(
    spoken: str,
) -> None:
    every = [*messages(spoken), *messages(spoken, context=CONTEXT)]
    plural = re.compile(r"\{(held|number|absent|done|different)\}\s[^\W\d]+s\b")
    one_form = [str(message.string) for message in every if len(forms(message.string)) == 1]
    assert [text for text in one_form if plural.search(text)] == []


def test_a_sentence_within_another_is_told_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(st, "session_state", {KEY: "fr"})
    sentence = "The run failed on the server. The corrections are ready again."
    assert told(sentence).endswith(
        "a échoué sur le serveur. Les corrections sont de nouveau prêtes."
    )


@pytest.mark.parametrize(
    "roles", [JUDGES, SHARERS, WRITERS, (Role.ASKER,), (Role.REVIEWER,), (Role.TEACHER,)]
)
def test_a_refusal_names_the_roles_in_the_language(spoken: str, roles: tuple[Role, ...]) -> None:
    assert spoken in NAMES
    with pytest.raises(NotPermitted) as refused:
        People({"Ada": [Role.VIEWER]}).permit("Ada", *roles)
    said = set(re.findall(r"\w+", told(str(refused.value))))
    assert not {"asker", "reviewer", "teacher", "or"} & said


@given(some.text())
def test_what_is_no_sentence_of_ours_stays_as_it_is_in_english(text: str) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(st, "session_state", {KEY: "en"})
        assert told(text) == text


@pytest.mark.parametrize(
    ("locale", "spoken"),
    [("fr-FR", "fr"), ("fr", "fr"), ("FR-ca,en;q=0.8", "fr"), ("de-DE", "en"), ("", "en")],
)
def test_the_browser_decides_until_somebody_chooses(locale: str, spoken: str) -> None:
    assert spoken_by(locale) == spoken
