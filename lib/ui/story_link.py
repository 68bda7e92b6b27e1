"""The one address that somebody without the app may open: a story, read-only, while it lasts."""

from __future__ import annotations

import logging
from html import escape
from typing import TYPE_CHECKING

from starlette.responses import HTMLResponse
from starlette.routing import Route

from lib.ledger.errors import LedgerError
from lib.ui.language import spoken_by, text_in
from lib.ui.story_page import POLICY

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.requests import Request

    from lib.ledger.ledger import Ledger

PATH = "/shared"
HEADERS = {
    "content-security-policy": f"{POLICY}; frame-ancestors 'none'",
    "x-frame-options": "DENY",
    "cache-control": "no-store",
    "x-robots-tag": "noindex, nofollow",
}
log = logging.getLogger(__name__)


def story_route(ledger: Callable[[], Ledger]) -> Route:
    """The route of all links; `ledger` opens what it reads, when it is first asked."""

    def story(request: Request) -> HTMLResponse:
        spoken = spoken_by(request.headers.get("accept-language", ""))
        try:
            html = ledger().story(request.path_params["token"])
        except LedgerError:
            log.exception("A story could not be read")
            return HTMLResponse(
                _page(
                    spoken, text_in(spoken, "The story cannot be read now. Try again in a moment.")
                ),
                503,
                headers=HEADERS,
            )
        if html is None:
            gone = text_in(
                spoken,
                "There is no story here. Its link may have expired: ask whoever sent it for a new"
                " one.",
            )
            return HTMLResponse(_page(spoken, gone), 404, headers=HEADERS)
        return HTMLResponse(html, headers=HEADERS)

    # Whatever is behind a token belongs to it, too: nothing else of the app answers there.
    return Route(f"{PATH}/{{token:path}}", story, methods=["GET"])


def _page(spoken: str, text: str) -> str:
    return (
        f'<!doctype html><html lang="{spoken}"><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width">'
        '<meta name="color-scheme" content="light dark"><title>Errata</title>'
        '<body style="font: 1.2rem/1.5 system-ui; max-width: 36rem; margin: 20vh auto;'
        f' padding: 0 1rem">{escape(text)}</body></html>'
    )
