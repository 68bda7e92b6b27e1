"""The HTTP service: the engine's routes behind its door, and its errors in the API's words."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from lib.engine import NAME, VERSION
from lib.engine.api import asked, complete, docs, fine_tune, models, scope, versions
from lib.engine.door import Door
from lib.engine.errors import EngineError, NotFound, QueryNotUnderstood
from lib.engine.told import Told, told
from lib.gradient.schemas import ErrorBody, ServerInfo

if TYPE_CHECKING:
    from lib.engine.credentials import Credentials
    from lib.engine.engine import Engine

log = logging.getLogger(__name__)

EXTENSIONS = ["stream", "progress", "versions", "runs", "cancel", "stop", "tokens", "files"]
NOT_OURS = ("embeddings", "blocks", "files", "rag-collections")
METHODS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def service(engine: Engine, credentials: Credentials) -> Door:
    """The ASGI application around an engine, which its caller starts and closes."""
    app = FastAPI(
        title="Errata engine",
        version=VERSION,
        description="The Gradient web API, served by a model on this machine.",
        docs_url=None,  # their pages come from another host
        redoc_url=None,
        redirect_slashes=False,  # the door forgives them, and a redirect is no JSON
    )
    api = APIRouter(prefix="/api")
    for part in (models, complete, fine_tune, versions, scope):
        api.include_router(part.routes(engine))
    api.include_router(_others(engine))
    app.include_router(api)
    app.include_router(_health(engine))
    app.include_router(docs.routes(app))
    app.add_exception_handler(EngineError, _told_error)
    app.add_exception_handler(RequestValidationError, _bad_query)
    app.add_exception_handler(HTTPException, _http_error)
    app.add_exception_handler(Exception, _unexpected)
    return Door(app, credentials)


def _health(engine: Engine) -> APIRouter:
    router = APIRouter(tags=["server"])

    @router.get("/api/health")
    @router.get("/health")
    def health() -> Response:
        """Whether the engine can answer questions: 200 or 503."""
        if engine.ready:
            return Told(ErrorBody(message="ready"))
        return Told(ErrorBody(message="The model is being loaded."), 503)

    return router


def _others(engine: Engine) -> APIRouter:
    router = APIRouter()

    @router.get("/server", response_model=ServerInfo, tags=["server"])
    def server() -> Told:
        """Who answers, and what it can do beyond the Gradient API."""
        extensions = EXTENSIONS + ["scope", "pairs"] * engine.scopes.able
        return Told(ServerInfo(name=NAME, version=VERSION, extensions=extensions))

    for part in NOT_OURS:

        @router.api_route(f"/{part}", methods=METHODS, include_in_schema=False)
        @router.api_route(f"/{part}/{{rest:path}}", methods=METHODS, include_in_schema=False)
        def not_ours(part: str = part) -> None:
            raise NotFound(
                f"This engine has no {part}: it lists, makes, asks and fine-tunes models."
            )

    return router


def _told_error(request: Request, error: Any) -> Response:
    if error.status >= 500:  # noqa: PLR2004  the server's own failures
        log.error("%s", error.message)
    return told(error, request.url.path)


def _bad_query(request: Request, error: Any) -> Response:
    problems = [{key: p[key] for key in ("type", "loc", "msg")} for p in error.errors()]
    said = asked.in_words(problems)
    payload = {"validationError": problems, "formattedValidationError": said}
    return told(
        QueryNotUnderstood(f"The request was not understood: {said}", payload), request.url.path
    )


def _http_error(request: Request, error: Any) -> Response:
    said = {
        404: "This engine has nothing at this address.",
        405: f"This address does not take {request.method}.",
    }
    answer = Told(ErrorBody(message=said.get(error.status_code, error.detail)), error.status_code)
    answer.headers.update(error.headers or {})  # which methods there are instead
    return answer


def _unexpected(request: Request, error: Exception) -> Response:
    log.error("A request failed unexpectedly", exc_info=error)
    return told(
        EngineError("The engine failed at this request; its log says why."), request.url.path
    )
