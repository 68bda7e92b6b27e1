from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import streamlit as st
from streamlit.testing.v1 import AppTest

from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, Exchange, NewExchange
from lib.settings import Settings
from tests.gradient_server import BASE, WRONG, GradientServer
from tests.ui.house import until

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from lib.ledger.records import Correction

ROUTER = Path(__file__).parents[2] / "pages" / "router.py"
QUESTION = "What NFL team won the Super Bowl in 1994?"
RIGHT = "The Dallas Cowboys"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The app's home, empty; nothing is left of an earlier test's app."""
    for name in ("GRADIENT_API_URL", "GRADIENT_ACCESS_TOKEN", "GRADIENT_WORKSPACE_ID"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("ERRATA_HOME", str(tmp_path))
    st.cache_resource.clear()
    st.cache_data.clear()
    yield tmp_path
    st.cache_resource.clear()


@pytest.fixture
def server(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GradientServer]:
    """A plain Gradient server, which the app is connected to."""
    assert home.exists()
    with GradientServer() as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def versioned(home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[GradientServer]:
    """A server with versions and scope, which the app is connected to."""
    assert home.exists()
    with GradientServer(versions=True) as running:
        for name, value in running.environment.items():
            monkeypatch.setenv(name, value)
        yield running


@pytest.fixture
def ledger(home: Path) -> Iterator[Ledger]:
    """The app's ledger, seen by a process of its own."""
    assert home.exists()
    kept = Ledger(Settings().database_url)
    yield kept
    kept.close()


@pytest.fixture
def open_page(server: GradientServer) -> Callable[[str], AppTest]:
    """Opens a page by its file's name, in a session of its own."""
    assert server.url
    return page


def page(name: str, by: str = "") -> AppTest:
    """A page by its file's name, in a session of its own, as somebody sees it."""
    app = AppTest.from_file(ROUTER, default_timeout=60)
    app.session_state["person_name"] = by  # its cookies are made of mocks
    app.run()
    if name != "ask":
        app.switch_page(f"{name}.py").run()
    assert not app.exception
    return app


def asked(
    ledger: Ledger,
    question: str = QUESTION,
    answer: str = WRONG,
    variables: Mapping[str, str] | None = None,
) -> Exchange:
    """A question asked and answered some time ago."""
    exchange = ledger.ask(
        NewExchange(
            question=question,
            prompt=f"Question: {question}\n\nAnswer: ",
            template_text="Question: {question}\n\nAnswer: ",
            variables=variables or {},
            server_url="http://127.0.0.1:1/api",
            model_id=BASE,
            model_name="Test base",
        )
    )
    return ledger.answered(exchange.id, Answer(text=answer, finish_reason="stop", seconds=0.4))


def corrected(ledger: Ledger, question: str = QUESTION, right: str = RIGHT) -> Correction:
    """A correction that is ready."""
    exchange = asked(ledger, question)
    return ledger.ready(ledger.draft(exchange.id, right).id)


def compared(app: AppTest, *questions: str, blind: bool = False) -> AppTest:
    """The page Compare once everything was asked."""
    app.text_area(key="compare_questions").set_value("\n".join(questions))
    app.toggle(key="compare_blind").set_value(blind)
    app.run()
    app.button(key="compare_ask").click().run()

    def whole() -> bool:
        app.run()
        return app.session_state["comparison"].whole and not any(
            "Answering" in said for said in texts(app)
        )

    until(whole)
    assert not app.exception
    return app


def select(app: AppTest, *rows: int) -> AppTest:
    """Select rows of a page's first table by their places."""
    app.session_state[str(app.dataframe[0].key)] = {
        "selection": {"rows": list(rows), "columns": []}
    }
    return app.run()


def texts(app: AppTest) -> list[str]:
    """Everything that the page shows as text."""
    shown = [*app.markdown, *app.text, *app.caption, *app.error, *app.warning, *app.info]
    return [str(element.value).replace("\\", "").replace("\u200b", "") for element in shown]


def button(app: AppTest, label: str) -> AppTest:
    """Click the first button of this label; gives the page after it."""
    found = next(found for found in app.button if found.label == label)
    return found.click().run()


def proved(ledger: Ledger, number: int = 1) -> bool:
    runs = ledger.runs()
    return len(runs) == number and runs[0].decision is not None


def labels(app: AppTest) -> list[str]:
    return [found.label for found in app.button]


def report(ledger: Ledger, *, takings: int = 1) -> AppTest:
    """The page once the newest run is proved and decided."""
    until(lambda: ledger.taking(ledger.runs()[0].id) == takings)
    until(lambda: ledger.runs()[0].decision is not None)
    until(lambda: "Take the proof again" in labels(page("teach")))
    return page("teach")
