"""What can go wrong between the client and a Gradient server: one tree.

    GradientError
    ├── Misconfigured   nothing was sent: the address or the credentials cannot be used
    ├── Closed          the client was closed before the answer was whole
    ├── Unreachable     no connection, or it broke off
    ├── TimedOut        the server took longer than the operation may
    ├── NotUnderstood   an answer that is not the Gradient API's
    ├── Refused         the server says no (4xx)
    │   ├── BadRequest      400, 422, or not sent because a rule is broken already here
    │   ├── Unauthorized    401
    │   ├── Forbidden       403
    │   └── NotFound        404
    └── ServerFailed    the server says that it failed (5xx)

A message is for the person in front of the screen: what happened, in the server's own words where
it had any, and what to do next. `detail` is for the log. Neither ever holds the access token.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pydantic import ValidationError

from lib.gradient.schemas import ErrorBody, ErrorType

if TYPE_CHECKING:
    from http import HTTPStatus

DETAIL_LENGTH = 500
"""Characters of an answer that are worth keeping in a log."""


class GradientError(Exception):
    """An operation that did not succeed.

    Attributes:
        message: what happened and what to do next, in sentences.
        detail: what helps whoever reads the log; may be empty.
        status: the HTTP status, where there was an answer.
        kind: the wire's error `type`, where the server gave one, such as `nanLoss`.
    """

    next_step = "Try again."

    def __init__(
        self,
        message: str,
        *,
        detail: str = "",
        status: HTTPStatus | int | None = None,
        kind: str | None = None,
    ) -> None:
        super().__init__(message)
        self.message = message
        self.detail = detail
        self.status = status
        self.kind = kind


class Misconfigured(GradientError):
    """The address or the credentials cannot be used; nothing was sent."""


class Closed(GradientError):
    """The client was closed before the answer was whole: the app ends, or begins anew."""


class Unreachable(GradientError):
    """There was no connection, or it broke off before the answer was whole."""


class TimedOut(GradientError):
    """The server took longer than the operation may."""


class NotUnderstood(GradientError):
    """The answer is not one of the Gradient API's."""


class Refused(GradientError):
    """The server says no."""

    opening = "The server refused this"


class BadRequest(Refused):
    """Something in the request breaks a rule of the API, or of the model."""

    opening = "The server cannot take this request"
    next_step = "Change it and send it again."


class Unauthorized(Refused):
    """The access token is not accepted."""

    opening = "The server does not accept the access token"
    next_step = "Check the token (GRADIENT_ACCESS_TOKEN)."


class Forbidden(Refused):
    """The access token is not for this workspace."""

    opening = "The server does not let this workspace do that"
    next_step = "Check the workspace id (GRADIENT_WORKSPACE_ID) and that the token belongs to it."


class NotFound(Refused):
    """The model, adapter, version, run or page is not there."""

    opening = "The server does not have this"
    next_step = "It may have been deleted: list the models again and choose another."


class ServerFailed(GradientError):
    """The server says that it failed."""

    opening = "The server failed"
    next_step = "Try again; if it fails again, its log says why."


_BY_STATUS: dict[int, type[Refused]] = {
    400: BadRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    422: BadRequest,
}
_BY_KIND: dict[str, type[Refused | ServerFailed]] = {
    ErrorType.UNKNOWN_BASE_MODEL: NotFound,
    ErrorType.UNKNOWN_MODEL_ADAPTER: NotFound,
    ErrorType.UNKNOWN_RAG_COLLECTION: NotFound,
    ErrorType.NO_RAG_DOCUMENTS_FOUND: NotFound,
    ErrorType.FAILED: ServerFailed,
    ErrorType.NAN_LOSS: ServerFailed,
}


def refusal(status: int | None, text: str) -> GradientError:
    """The error that an answer's body stands for.

    Args:
        status: the HTTP status; None for an `error` event, which tells it inside, or at least a
            `type` to go by.
        text: the body, usually an `ErrorBody`; a proxy's page or nothing serves too.
    """
    try:
        body = ErrorBody.model_validate_json(text)
    except ValidationError:
        body = ErrorBody(message="")
    status = body.status if status is None else status
    family: type[Refused | ServerFailed]
    if status is None:
        family = _BY_KIND.get(body.type or "", BadRequest)
    elif status >= 500:  # noqa: PLR2004 - HTTP's own border between refusing and failing
        family = ServerFailed
    else:
        family = _BY_STATUS.get(status, Refused)
    opening = family.opening if status is None else f"{family.opening} (HTTP {status})"
    said = body.message.strip()
    message = f"{opening}: {_sentence(said)}" if said else f"{opening}."
    return family(
        f"{message} {family.next_step}",
        detail=text[:DETAIL_LENGTH],
        status=status,
        kind=body.type,
    )


def unsendable(error: ValidationError) -> BadRequest:
    """The error for a request that breaks a rule of the API before it is sent."""
    rules = "; ".join(
        f"{'.'.join(map(str, rule['loc'])) or 'request'}: {rule['msg']}"
        for rule in error.errors(include_url=False, include_input=False)
    )
    return BadRequest(f"Nothing was sent, because a rule is broken: {_sentence(rules)}")


def _sentence(text: str) -> str:
    return text if text.endswith((".", "!", "?")) else f"{text}."
