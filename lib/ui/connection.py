"""Which server the app is connected to, and how it is.

Three kinds: the embedded engine, which is found by the file that it writes once it can answer; the
server that the environment names; a server that somebody connected to on *Models*. The last is
kept with its token in a file that only its owner can read, so that a restart keeps it.
"""

from __future__ import annotations

import logging
import threading
import time
from concurrent.futures import Future, ThreadPoolExecutor, wait
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import SecretStr

from lib.gradient.client import Client, Server
from lib.gradient.errors import GradientError, Unreachable
from lib.gradient.schemas import AdapterItem, BaseModelItem, ServerInfo, Version
from lib.ui.endpoint import read_endpoint, write_endpoint
from lib.ui.models import Models

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.settings import Settings

FRESH_SECONDS = 3.0
"""How long what a server said of itself is believed."""
SOON_SECONDS = 0.5
"""The same, of a server that was not ready."""

Said = TypeVar("Said")

log = logging.getLogger(__name__)


class Kind(StrEnum):
    """How the server was chosen."""

    LOCAL = "local"
    ENVIRONMENT = "environment"
    OWN = "own"


class State(StrEnum):
    """How the server is."""

    STARTING = "starting"
    READY = "ready"
    UNWELL = "unwell"


@dataclass(frozen=True)
class Status:
    """What to show of the connection. `sentence` says what is wrong and what to do, if anything."""

    kind: Kind
    state: State
    name: str
    url: str = ""
    sentence: str = ""


class Connection:
    """The one server in use; safe to share between threads.

    What it says of itself is remembered, so that a click does not wait for it.

    Args:
        settings: where things are kept, and what the environment chose.
        trouble: why the embedded engine cannot start; empty while there is hope.
    """

    def __init__(self, settings: Settings, trouble: Callable[[], str] = lambda: "") -> None:
        self._settings = settings
        self._trouble = trouble
        self._own_file = settings.errata_home / "connection.json"
        self._local_file = settings.engine_home / "endpoint.json"
        self._lock = threading.RLock()
        self._clients: dict[Server, Client] = {}
        self._said: dict[tuple[str, ...], tuple[float, Any]] = {}
        self._forgotten = 0
        self._looker = ThreadPoolExecutor(1, thread_name_prefix="status")
        self._looking: Future[None] | None = None
        self._status: Status | None = None
        self._status_at = -FRESH_SECONDS

    @property
    def kind(self) -> Kind:
        """How the server in use was chosen."""
        if self._own_file.exists():
            return Kind.OWN
        return Kind.LOCAL if self._settings.embedded else Kind.ENVIRONMENT

    @property
    def name(self) -> str:
        """What to call the server in use."""
        if self.kind is Kind.LOCAL:
            return "Local engine"
        server = self._server()
        return server.url.partition("://")[2].partition("/")[0] if server else "Server"

    def client(self) -> Client:
        """The client of the server in use.

        Raises:
            Unreachable: the embedded engine is not ready yet.
            Misconfigured: what was kept of a server cannot be used.
        """
        with self._lock:
            server = self._server()
            if server is None:
                raise Unreachable(
                    self._trouble() or "The local engine is still starting. Try again in a moment."
                )
            if server not in self._clients:
                self._clients[server] = Client(server)
                self.forget()
            return self._clients[server]

    def is_at(self, url: str) -> bool:
        """Whether this is the server in use. The local engine's port is new at every start."""
        server = self._server()
        local = self.kind is Kind.LOCAL and url.startswith("http://127.0.0.1:")
        return server is not None and (local or server.url == url)

    def connect(self, url: str, access_token: str, workspace_id: str) -> ServerInfo | None:
        """Use another server from now on, if it answers to these credentials.

        Raises:
            GradientError: it does not; the connection stays as it was.
        """
        server = Server(url.strip(), SecretStr(access_token.strip()), workspace_id.strip())
        with Client(server) as client:
            client.list_models()
            info = client.info()
        write_endpoint(self._own_file, server)
        self.forget()
        return info

    def disconnect(self) -> None:
        """Back to the server that the environment names, or else to the local engine."""
        self._own_file.unlink(missing_ok=True)
        self.forget()

    def close(self) -> None:
        """Give back what is kept open."""
        self._looker.shutdown()
        with self._lock:
            for client in self._clients.values():
                client.close()

    # --- what the server says of itself, believed for a moment ---------------------------

    def models(self) -> Models:
        """Base models and adapters.

        Raises:
            GradientError: the server does not say.
        """

        def ask() -> Models:
            items = self.client().list_models()
            return Models(
                tuple(item for item in items if isinstance(item, BaseModelItem)),
                tuple(item for item in items if isinstance(item, AdapterItem)),
            )

        return self._believed(("models",), ask)

    def versions(self, adapter_id: str) -> list[Version]:
        """An adapter's versions, oldest first; none from a server that has no versions."""
        if not self.can("versions"):
            return []
        return self._believed(("versions", adapter_id), lambda: self.client().versions(adapter_id))

    def live_versions(self) -> dict[str, int | None] | None:
        """Each adapter's live version; None where the server does not say, or not soon."""
        if self.status().state is not State.READY:
            return None
        try:
            return {adapter.id: adapter.live_version for adapter in self.models().adapters}
        except GradientError:
            return None

    def info(self) -> ServerInfo | None:
        """Who answers; None is a plain Gradient server."""
        return self._believed(("info",), lambda: self.client().info())

    def can(self, extension: str) -> bool:
        """Whether the server has an extension."""
        info = self.info()
        return info is not None and extension in info.extensions

    def expect_teaching(self, model_id: str) -> None:
        """Have the server ready to teach a model soon, if it can be told. Returns at once.

        A teacher takes some seconds to be there, the first time. Whoever counts tokens is about to
        teach, so that is when our engine starts it; here, as many go by while an answer is typed.
        """
        self._looker.submit(self._count_nothing, model_id)

    def _count_nothing(self, model_id: str) -> None:
        try:
            if self.can("tokens"):
                self.client().count_tokens(model_id, [""])
        except GradientError as error:  # then it is there when it is taught
            log.info("The server was not told that it will teach: %s", error.message)

    def forget(self) -> None:
        """Ask anew: something was changed on the server."""
        with self._lock:
            self._forgotten += 1
            self._said.clear()
            self._status, self._status_at = None, -FRESH_SECONDS

    def status(self) -> Status:
        """How the server is, as last heard; old news is asked again in the background.

        Only the first call waits, for a second at most.
        """
        with self._lock:
            ready = self._status is not None and self._status.state is State.READY
            old = time.monotonic() - self._status_at > (FRESH_SECONDS if ready else SOON_SECONDS)
            if old and (self._looking is None or self._looking.done()):
                self._looking = self._looker.submit(self._look)
            looking, status = self._looking, self._status
        if status is None and looking is not None:
            wait([looking], timeout=1.0)
            status = self._status
        return status or Status(
            self.kind, State.STARTING, self.name, sentence="Looking for the server…"
        )

    def _look(self) -> None:
        status = self._seen()
        with self._lock:
            self._status, self._status_at = status, time.monotonic()

    def _seen(self) -> Status:
        kind, name, url = self.kind, self.name, ""
        try:
            client = self.client()
            url = client.server.url
            if client.health():
                return Status(kind, State.READY, name, url)
            sentence = f"{name} does not answer."
        except GradientError as error:
            sentence = error.message
        if kind is Kind.LOCAL and not self._trouble():
            return Status(kind, State.STARTING, name, url, "The local engine is starting.")
        return Status(kind, State.UNWELL, name, url, sentence)

    def _believed(self, what: tuple[str, ...], ask: Callable[[], Said]) -> Said:
        """What was said last; if that is old, it is asked again beside, for the next time."""
        with self._lock:
            found = self._said.get(what)
            if found is not None:
                at, said = found
                if time.monotonic() - at > FRESH_SECONDS:
                    self._said[what] = (time.monotonic(), said)
                    self._looker.submit(self._ask, what, ask)
                known: Said = said
                return known
        return self._ask(what, ask)

    def _ask(self, what: tuple[str, ...], ask: Callable[[], Said]) -> Said:
        with self._lock:
            began = self._forgotten
        try:
            said = ask()
        except GradientError:
            with self._lock:
                self._said.pop(what, None)
            raise
        with self._lock:
            if self._forgotten == began:  # else it may be older than what was changed
                self._said[what] = (time.monotonic(), said)
        return said

    def _server(self) -> Server | None:
        if self.kind is Kind.ENVIRONMENT:
            settings = self._settings
            return Server(
                settings.gradient_api_url or "",
                settings.gradient_access_token or SecretStr(""),
                settings.gradient_workspace_id or "",
            )
        return read_endpoint(self._own_file if self.kind is Kind.OWN else self._local_file)
