"""The launcher: `streamlit run app.py`, or `make app`.

It starts the embedded engine beside the app, unless the environment names another server, puts
security headers on every answer, and hands over to `pages/router.py`.

What pages need is imported only after the engine was started, while that loads its weights.
"""

import asyncio
import logging
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

import streamlit as st
from pydantic import ValidationError
from starlette.middleware import Middleware

from lib.engine.embedded import EmbeddedEngine
from lib.settings import Settings
from lib.ui.headers import SecurityHeaders
from lib.ui.language import t
from lib.ui.story_link import story_route

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
logging.getLogger("lib").setLevel(logging.INFO)
# A request that is tried again is nobody's trouble; the error that is left in the end is told.
logging.getLogger("stamina").setLevel(logging.ERROR)
log = logging.getLogger("lib.app")

try:
    settings = Settings()
except ValidationError as error:
    sys.exit("\n".join(wrong["msg"].removeprefix("Value error, ") for wrong in error.errors()))
try:
    # Before anything is put into it: what was asked and corrected is its owner's alone.
    settings.errata_home.mkdir(mode=0o700, parents=True, exist_ok=True)
except OSError as error:
    sys.exit(f"{settings.errata_home} cannot be made: {error.strerror}. Set ERRATA_HOME elsewhere.")


@asynccontextmanager
async def lifespan(_: st.App) -> AsyncIterator[None]:
    """The engine lives as long as the app. Nobody waits for it: pages say how it is."""
    engine = EmbeddedEngine(settings.engine_home)
    if settings.embedded:
        await engine.start()
    await asyncio.to_thread(open_early, engine)
    try:
        yield
    finally:
        await engine.close()


def open_early(engine: EmbeddedEngine) -> None:
    """Import what pages need, and begin to open it."""
    from lib.ui import services  # noqa: PLC0415 - see above

    services.engine_trouble = lambda: engine.trouble
    services.open_early()


def ledger() -> "Ledger":
    """The ledger of the pages."""
    from lib.ui import services  # noqa: PLC0415 - see above

    return services.ledger()


def log_script_error(error: Exception) -> bool:
    """Log what a page did not expect. The page shows a sentence instead of the trace."""
    log.error("A page failed", exc_info=error)
    st.error(t("Something went wrong on this page. What you typed is kept; reload the page."))
    return True


app = st.App(
    "pages/router.py",
    lifespan=lifespan,
    routes=[story_route(ledger)],
    middleware=[Middleware(SecurityHeaders)],
    on_script_error=log_script_error,
)
