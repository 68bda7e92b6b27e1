"""What a role lets a person do, whichever page they come from."""

from __future__ import annotations

import inspect
import re
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa

from lib.ledger.imports import Imported
from lib.ledger.ledger import Ledger
from lib.ledger.list_records import (
    ListedState,
    ListState,
    NewListedQuestion,
    NewQuestionList,
)
from lib.ledger.records import Answer, BatchSample, NewExchange, NewRun, Verdict
from lib.ledger.selections import Changed
from lib.ledger.tables import Base
from lib.teaching.people import NotPermitted, People, Role

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ASKED_OF: dict[str, Any] = {
    "template_text": "{question}",
    "server_url": "u",
    "model_id": "m",
    "model_name": "Model",
}
NEW: dict[str, Any] = {"question": "Who?", "prompt": "Who?", **ASKED_OF}
LISTED = NewListedQuestion(question="Who?", prompt="Who?", expected="Cowboys")
PEOPLE = People({name: [Role(name)] for name in ("asker", "reviewer", "teacher", "viewer")})


@dataclass(frozen=True)
class There:
    """What is in the ledger: all of it was done by somebody else."""

    exchange: str
    judged: str
    draft: str
    ready: str
    discarded: str
    list_id: str
    run: str
    story: str


@dataclass(frozen=True)
class Deed:
    """A method, who may call it, and a call by somebody of this name."""

    method: str
    roles: set[str]
    do: Callable[[Ledger, There, str], object]


def deed(method: str, roles: str, do: Callable[[Ledger, There, str], object]) -> Deed:
    return Deed(method, set(roles.split()), do)


def run(name: str) -> NewRun:
    return NewRun(id="new", server_url="u", adapter_id="a", adapter_name="A", submitted_by=name)


def new_list(name: str) -> NewQuestionList:
    return NewQuestionList(name="List", **ASKED_OF, asked_by=name)


DEEDS = [
    deed("ask", "asker", lambda o, _, by: o.ask(NewExchange(**NEW, asked_by=by))),
    deed("judge", "asker reviewer", lambda o, i, by: o.judge(i.exchange, Verdict.RIGHT, by)),
    deed("take_back", "asker reviewer", lambda o, i, by: o.take_back(i.exchange, None, by)),
    deed("review_next", "asker reviewer", lambda o, _, by: o.review_next(by)),
    deed("review_again", "asker reviewer", lambda o, i, by: o.review_again(i.exchange, by)),
    deed("leave_review", "asker reviewer", lambda o, i, by: o.leave_review(i.exchange, by)),
    deed("draft", "asker reviewer", lambda o, i, by: o.draft(i.exchange, "text", by=by)),
    deed("draft", "reviewer", lambda o, i, by: o.draft(i.judged, "another text", by=by)),
    deed("edit", "reviewer", lambda o, i, by: o.edit(i.draft, "another", revision=1, by=by)),
    deed("ready", "reviewer", lambda o, i, by: o.ready(i.draft, by=by)),
    deed("discard", "reviewer", lambda o, i, by: o.discard(i.draft, by=by)),
    deed("restore", "reviewer", lambda o, i, by: o.restore(i.discarded, by=by)),
    deed("accept_all", "reviewer", lambda o, i, by: o.accept_all([i.draft], by=by)),
    deed("restore_all", "reviewer", lambda o, i, by: o.restore_all([i.discarded], by=by)),
    deed("discard_all", "reviewer", lambda o, i, by: o.discard_all([i.draft], by=by)),
    deed("assign_all", "reviewer", lambda o, i, by: o.assign_all([i.draft], "Bob", by=by)),
    deed(
        "put_back",
        "reviewer",
        lambda o, i, by: o.put_back([Changed(*[o.correction(i.draft)] * 2)], by=by),
    ),
    deed("unmake", "reviewer", lambda o, i, by: o.unmake([o.correction(i.draft)], by=by)),
    deed("reword", "reviewer", lambda o, i, by: o.reword(i.draft, "Which one?", by=by)),
    deed("drop_rewording", "reviewer", lambda o, i, by: o.drop_rewording(i.draft, "Who", by=by)),
    deed("vote", "asker reviewer", lambda o, _, by: o.vote("?", [], None, blind=True, by=by)),
    deed("make_list", "asker", lambda o, _, by: o.make_list(new_list(by), [LISTED])),
    deed("pause_list", "asker", lambda o, i, by: o.pause_list(i.list_id, by=by)),
    deed("resume_list", "asker", lambda o, i, by: o.resume_list(i.list_id, by=by)),
    deed("cancel_list", "asker", lambda o, i, by: o.cancel_list(i.list_id, by=by)),
    deed("correct_listed", "asker reviewer", lambda o, i, by: o.correct_listed(i.list_id, by=by)),
    deed(
        "import_list",
        "asker reviewer",
        lambda o, _, by: o.import_list(
            new_list(by), [Imported(listed=LISTED, answer="Patriots", state=ListedState.MISSED)]
        ),
    ),
    deed("submit", "teacher", lambda o, i, by: o.submit(run(by), [BatchSample(i.ready, {})])),
    deed(
        "share",
        "reviewer teacher",
        lambda o, i, by: o.share(i.run, "<p>", timedelta(days=1), by=by),
    ),
    deed("unshare", "reviewer teacher", lambda o, i, by: o.unshare(i.story, by=by)),
    deed(
        "save_template",
        "asker reviewer teacher",
        lambda o, _, by: o.save_template("New", "{question}", by=by),
    ),
    deed("prefer", "asker reviewer teacher", lambda o, _, by: o.prefer("key", value=1, by=by)),
    deed(
        "prefer", "teacher", lambda o, _, by: o.prefer("key", value=1, by=by, roles=[Role.TEACHER])
    ),
]
NOBODYS = {
    *("hear", "answered", "stopped", "failed", "recover"),  # an answer that comes
    *("take", "answer_listed", "fail_listed", "wait_again", "recover_lists"),  # a list's questions
    *("progress", "finish", "fail", "cancel", "interrupt"),  # a run that was submitted
    *("prove", "decide"),  # what is found of it
    "begin_with",
}
"""What the app does by itself, after somebody was permitted to begin it."""


@pytest.fixture
def guarded(url: str) -> Iterator[Ledger]:
    guarded = Ledger(url, PEOPLE)
    yield guarded
    guarded.close()


@pytest.fixture
def there(ledger: Ledger) -> There:
    def answered() -> str:
        return ledger.answered(ledger.ask(NewExchange(**NEW)).id, Answer(text="Patriots")).id

    drafts = [ledger.draft(answered(), "Cowboys", by="another") for _ in range(4)]
    ledger.ready(drafts[1].id)
    ledger.discard(drafts[2].id)
    ledger.ready(drafts[3].id)
    ledger.submit(
        NewRun(id="run", server_url="u", adapter_id="a", adapter_name="A"),
        [BatchSample(drafts[3].id, {})],
    )
    ledger.share("run", "<p>", timedelta(days=1))
    made = ledger.make_list(new_list(""), [LISTED, LISTED])
    taken = ledger.take(made.id)
    assert taken is not None
    ledger.answer_listed(taken, Answer(text="Patriots"), ListedState.MISSED, 0.0)
    assert ledger.question_list(made.id).state is ListState.ASKING
    return There(
        exchange=answered(),
        judged=drafts[0].exchange_id or "",
        draft=drafts[0].id,
        ready=drafts[1].id,
        discarded=drafts[2].id,
        list_id=made.id,
        run="run",
        story=ledger.shared("run")[0].token_hash,
    )


def everything(url: str) -> list[list[Any]]:
    """Every row of every table."""
    engine = sa.create_engine(url)
    with engine.connect() as connection:
        rows = [list(connection.execute(sa.select(table))) for table in Base.metadata.sorted_tables]
    engine.dispose()
    return rows


def writes(method: Callable[..., object]) -> bool:
    """Whether a method, or one of its own that it calls, opens a writing transaction."""
    source = inspect.getsource(method)
    called = (getattr(Ledger, name, None) for name in re.findall(r"self\.(_?\w+)\(", source))
    return ".writing()" in source or any(
        inspect.isfunction(other) and other is not method and writes(other) for other in called
    )


def test_every_method_that_writes_asks_for_a_role_or_is_the_apps_own() -> None:
    writing = {
        name
        for name, method in inspect.getmembers(Ledger, inspect.isfunction)
        if not name.startswith("_") and writes(method)
    }
    assert writing == {one.method for one in DEEDS} | NOBODYS


@pytest.mark.parametrize(
    ("one", "role"),
    [(one, role) for one in DEEDS for role in sorted(one.roles)],
    ids=lambda given: given if isinstance(given, str) else given.method,
)
def test_a_person_does_what_their_role_permits_and_nobody_else_does(
    guarded: Ledger, there: There, url: str, one: Deed, role: str
) -> None:
    before = everything(url)
    for name in {*PEOPLE.roles, "stranger", ""} - one.roles:
        with pytest.raises(NotPermitted, match="Nothing was changed"):
            one.do(guarded, there, name)
    assert everything(url) == before
    one.do(guarded, there, role)
