"""The states that the app can be in: each as an app that runs, and what there is to look at."""

from __future__ import annotations

import json
import os
import re
import signal
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from filelock import FileLock
from playwright.sync_api import expect

from lib.ledger.ledger import Ledger
from lib.teaching.templates import DEFAULT, DEFAULT_NAME
from tests.bench.seeds import seed
from tests.e2e import sights
from tests.e2e.conftest import SECONDS, free_port, running_app
from tests.e2e.past import ADAPTER_ID, FULL, ask_lately, ask_list, asked, corrected, make_adapter
from tests.e2e.sights import PAGES, Sight
from tests.e2e.sign_in import Provider
from tests.gradient_server import BASE, WRONG, GradientServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

    from tests.e2e.conftest import RunningApp

MANY = 300
PROVED = 12
"""Corrections that a slow server is asked again, which takes long enough to be looked at."""
LEARNING = [
    {"state": "training", "step": step, "samples": 1, "learned": 0, "loss": loss}
    for step, loss in enumerate((3.1, 2.2, 1.4, 0.8, 0.42), start=1)
]

READING = [{"state": "reading", "step": step, "samples": 2794} for step in range(0, 2794, 20)]


@dataclass(frozen=True)
class State:
    """An app that runs, and what there is to look at in it. Where it moves, pages never rest."""

    url: str
    sights: Sequence[Sight]
    moves: bool = False


def _server(**how: Any) -> GradientServer:
    return GradientServer(stream=True, versions=True, **how)


@dataclass
class _House:
    """A home with a ledger in it, before an app runs on it."""

    home: Path
    stack: ExitStack = field(default_factory=ExitStack)

    def ledger(self) -> Ledger:
        return self.stack.enter_context(_closing(Ledger(self.url)))

    @property
    def url(self) -> str:
        return f"sqlite:///{self.home / 'ledger.db'}"

    def app(self, environment: dict[str, str] | None = None, port: int | None = None) -> RunningApp:
        return self.stack.enter_context(running_app(self.home, environment, port=port))


@contextmanager
def _closing(ledger: Ledger) -> Iterator[Ledger]:
    try:
        yield ledger
    finally:
        ledger.close()


@contextmanager
def _house() -> Iterator[_House]:
    with tempfile.TemporaryDirectory() as home, ExitStack() as stack:
        yield _House(Path(home), stack)


@contextmanager
def empty(_: Browser) -> Iterator[State]:
    """Nobody has asked anything."""
    with _server() as server, _house() as house:
        yield State(house.app(server.environment).url, PAGES)


@contextmanager
def full(_: Browser) -> Iterator[State]:
    """After months of work."""
    compared = "Which river flows through Vienna?"
    with _server(leaks={compared: "The Danube"}) as server, _house() as house:
        make_adapter(server)
        seed(house.url, FULL, server=server.url, model_id=BASE, adapter_id=ADAPTER_ID)
        ledger = house.ledger()
        ask_lately(ledger, server.url)
        ledger.begin_with(DEFAULT_NAME, DEFAULT)
        for text in (f"Be brief.\n\n{DEFAULT}", f"Answer in {{language}}.\n\n{DEFAULT}"):
            ledger.save_template("In a language", text)
        ask_list(ledger, server, 24)
        yield State(house.app(server.environment).url, (*PAGES, *sights.full(compared)))


@contextmanager
def busy(browser: Browser) -> Iterator[State]:
    """An answer is coming, a run is being taught, a list is being asked."""
    with _server(pause=1.5, learning=LEARNING) as server, _house() as house:
        ledger = house.ledger()
        ask_lately(ledger, server.url)
        ask_list(ledger, server, MANY)
        server.answers["Question: Say much.\n\nAnswer: "] = " ".join(["word"] * 200)
        app = house.app(server.environment)
        with _tab(browser) as page:
            _teach(page, app.url)
            expect(page.get_by_role("button", name="Cancel")).to_be_visible()
            page.goto(app.url)
            page.get_by_role("textbox", name="Ask a question").fill("Say much.")
            page.keyboard.press("Enter")
            page.get_by_role("button", name="Stop").wait_for()
        yield State(app.url, sights.of("", "teach", "ask_many"), moves=True)


@contextmanager
def reading(browser: Browser) -> Iterator[State]:
    """What is to stay as it is is read, before a version is taught for everywhere."""
    with _server(pause=1.5, learning=READING) as server, _house() as house:
        ask_lately(house.ledger(), server.url)
        app = house.app(server.environment)
        with _tab(browser) as page:
            _teach(page, app.url)
            expect(page.get_by_text("Reading what is to stay")).to_be_visible()
        yield State(app.url, sights.of("teach"), moves=True)


@contextmanager
def proving(browser: Browser) -> Iterator[State]:
    """A version is asked everything again."""
    with _server(pause=2.5) as server, _house() as house:
        ledger = house.ledger()
        for number in range(PROVED):
            question = f"Who won the cup number {number}?"
            corrected(ledger, server.url, question, f"Team {number}")
        app = house.app(server.environment)
        with _tab(browser) as page:
            _teach(page, app.url)
            expect(page.get_by_text("Asking again:")).to_be_visible()
        yield State(app.url, sights.of("teach"), moves=True)


@contextmanager
def refused(browser: Browser) -> Iterator[State]:
    """The server answers nothing and learns nothing."""
    why = {
        "complete": (503, "There is no memory left on the server."),
        "fine-tune": (507, "The disk of the server is full."),
    }
    with _server() as server, _house() as house:
        ledger = house.ledger()
        ask_lately(ledger, server.url)
        ask_list(ledger, server, 6)
        server.refuse = why
        app = house.app(server.environment)
        with _tab(browser) as page:
            page.goto(app.url)
            page.get_by_role("textbox", name="Ask a question").fill("Who wrote Persuasion?")
            page.keyboard.press("Enter")
            expect(page.get_by_role("button", name="Ask again")).to_be_visible()
            _teach(page, app.url)
            expect(page.get_by_role("alert").first).to_be_visible()
        yield State(app.url, sights.of("", "teach", "ask_many"))


@contextmanager
def held(browser: Browser) -> Iterator[State]:
    """A version moved an answer that was marked right, and is held back."""
    with _server(leaks={"What is the capital of France?": "Berlin"}) as server, _house() as house:
        ledger = house.ledger()
        ask_lately(ledger, server.url)
        app = house.app(server.environment)
        with _tab(browser) as page:
            _teach(page, app.url)
            expect(page.get_by_text("is held back")).to_be_visible()
        yield State(app.url, sights.of("teach", "models", "", "story"))


@contextmanager
def proved(browser: Browser) -> Iterator[State]:
    """A version has passed its proof and answers."""
    with _server() as server, _house() as house:
        ledger = house.ledger()
        ask_lately(ledger, server.url)
        app = house.app(server.environment)
        with _tab(browser) as page:
            _teach(page, app.url)
            expect(page.get_by_role("button", name="Roll back")).to_be_visible()
        yield State(app.url, (*sights.of("teach", ""), *sights.proved()))


@contextmanager
def rolled_back(browser: Browser) -> Iterator[State]:
    """What was learned is not live any more, and the question was asked since."""
    with _server() as server, _house() as house:
        ledger = house.ledger()
        ask_lately(ledger, server.url)
        app = house.app(server.environment)
        with _tab(browser) as page:
            _teach(page, app.url)
            page.get_by_role("button", name="Roll back").click()
            expect(page.get_by_role("button", name="Make version 1 live")).to_be_visible()
        asked(ledger, server.url, "What NFL team won the Super Bowl in 1994?", WRONG)
        pages = sights.of("", "teach", "history")
        yield State(app.url, (*pages, *sights.rolled_back()))


@contextmanager
def gone(_: Browser) -> Iterator[State]:
    """The server that the app is connected to is not there any more."""
    with _house() as house:
        with _server() as server:
            ledger = house.ledger()
            ask_lately(ledger, server.url)
        pages = sights.of("", "ask_many", "teach", "compare", "models")
        yield State(house.app(server.environment).url, pages)


@contextmanager
def starting(_: Browser) -> Iterator[State]:
    """The embedded engine has not answered yet: it is stopped on its way."""
    with _house() as house:
        app = house.app()
        engine = int(
            Path(f"/proc/{app.process.pid}/task/{app.process.pid}/children").read_text().split()[0]
        )
        os.kill(engine, signal.SIGSTOP)
        (house.home / "engine" / "endpoint.json").unlink(missing_ok=True)
        try:
            yield State(app.url, sights.of("", "teach", "models", "compare"), moves=True)
        finally:
            os.kill(engine, signal.SIGCONT)


@contextmanager
def unwell(_: Browser) -> Iterator[State]:
    """The embedded engine cannot start: another one runs in its folder."""
    with _house() as house:
        folder = house.home / "engine"
        folder.mkdir()
        with FileLock(folder / "engine.lock"):
            app = house.app()
            yield State(app.url, sights.of("", "teach", "models"), moves=True)


@contextmanager
def broken(_: Browser) -> Iterator[State]:
    """What is kept cannot be read."""
    with _server() as server, _house() as house:
        (house.home / "ledger.db").write_bytes(b"no database" * 1000)
        yield State(house.app(server.environment).url, sights.of("", "corrections"))


@contextmanager
def watched(_: Browser) -> Iterator[State]:
    """Somebody may only look on."""
    with _server() as server, _house() as house:
        ledger = house.ledger()
        ask_lately(ledger, server.url)
        roles = {"ERRATA_ROLES": json.dumps({"*": ["viewer"]})}
        app = house.app({**server.environment, **roles})
        yield State(app.url, sights.of("", "corrections", "review", "teach"))


@contextmanager
def outside(_: Browser) -> Iterator[State]:
    """Nobody has signed in."""
    with Provider() as provider, _server() as server, _house() as house:
        port = free_port()
        secrets = house.home / ".streamlit" / "secrets.toml"
        secrets.parent.mkdir()
        secrets.write_text(provider.secrets(f"http://127.0.0.1:{port}"), "utf-8")
        app = house.app({**server.environment, "HOME": str(house.home)}, port)
        yield State(app.url, sights.of(""))


STATES: dict[str, Callable[[Browser], AbstractContextManager[State]]] = {
    state.__name__: state
    for state in (
        empty,
        full,
        busy,
        reading,
        proving,
        proved,
        held,
        rolled_back,
        refused,
        gone,
        starting,
        unwell,
        broken,
        watched,
        outside,
    )
}


@contextmanager
def _tab(browser: Browser) -> Iterator[Page]:
    page = browser.new_page()
    page.set_default_timeout(SECONDS * 1000)
    try:
        yield page
    finally:
        page.close()


def _teach(page: Page, url: str) -> None:
    page.goto(f"{url}/teach")
    page.get_by_role("button", name=re.compile(r"^Teach \d")).click()
