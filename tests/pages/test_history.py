from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import Verdict
from tests.pages.conftest import asked, texts
from tests.pages.test_story import taught

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def choose(app: AppTest, table: str, row: int, column: str) -> AppTest:
    """Choose a number in a table."""
    app.session_state[table] = {"selection": {"rows": [], "columns": [], "cells": [(row, column)]}}
    app.run()
    assert not app.exception
    return app


def shown(app: AppTest) -> list[str]:
    """The questions in the last table drawn before the next chart."""
    for table in app.dataframe:
        if "Question" in table.value.columns:
            return list(table.value["Question"])
    return []


def test_an_empty_history_says_what_it_is_for(open_page: Open) -> None:
    assert any("Nothing was asked in this time" in text for text in texts(open_page("history")))


def test_every_number_opens_the_questions_behind_it(open_page: Open, ledger: Ledger) -> None:
    ledger.judge(asked(ledger, "Right?").id, Verdict.RIGHT)
    ledger.judge(asked(ledger, "Wrong?").id, Verdict.WRONG)
    asked(ledger, "Unmarked?")
    app = open_page("history")
    assert shown(app) == []
    assert shown(choose(app, "history_days", 0, "Wrong")) == ["Wrong?"]
    assert shown(choose(app, "history_days", 1, "Not marked")) == ["Unmarked?"]
    assert len(shown(choose(app, "history_days", 1, "Asked"))) == 3
    app.session_state["history_days"] = {"selection": {"rows": [], "columns": [], "cells": []}}
    assert shown(choose(app, "history_groups_template", 0, "Wrong")) == ["Wrong?"]


def test_what_a_run_fixed_is_counted_and_opened(open_page: Open, ledger: Ledger) -> None:
    taught(ledger)
    app = open_page("history")
    assert any("Does teaching fix it" in found.value for found in app.subheader)
    assert len(shown(choose(app, "history_runs", 0, "Fixed"))) == 1
    assert shown(choose(app, "history_runs", 0, "Guards moved")) == []
