"""`/docs`: every operation on one page, without a line from another host."""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from starlette.responses import HTMLResponse

if TYPE_CHECKING:
    from fastapi import FastAPI

PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>{title}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
:root {{ color-scheme: light dark }}
body {{ font: 16px/1.5 system-ui, sans-serif; max-width: 50rem; margin: auto; padding: 1rem }}
dt {{ margin-top: 1rem; overflow-wrap: anywhere }} dd {{ margin: 0 0 0 1rem; opacity: .8 }}
</style></head><body><h1>{title}</h1><p>{description}</p>
<p>The bodies of requests and answers are described in <a href="/openapi.json">openapi.json</a>.</p>
<dl>{operations}</dl></body></html>
"""


def routes(app: FastAPI) -> APIRouter:
    """The page, of what the application has when it is asked for."""
    router = APIRouter(include_in_schema=False)

    @router.get("/docs")
    def docs() -> HTMLResponse:
        described = app.openapi()
        operations = "".join(
            _operation(method, path, operation)
            for path, methods in described["paths"].items()
            for method, operation in methods.items()
        )
        info = described["info"]
        return HTMLResponse(
            PAGE.format(
                title=escape(f"{info['title']} {info['version']}"),
                description=escape(info["description"]),
                operations=operations,
            )
        )

    return router


def _operation(method: str, path: str, operation: dict[str, Any]) -> str:
    said = operation.get("description") or operation["summary"]
    return f"<dt><code>{method.upper()} {escape(path)}</code></dt><dd>{escape(said)}</dd>"
