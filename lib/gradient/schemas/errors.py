"""Every error's body, and the words for its type."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from lib.gradient.schemas.wire import Wire


class ErrorType(StrEnum):
    """The `type` of a complete or fine-tune error; other operations carry the message alone."""

    FAILED = "failed"
    MODEL_DOES_NOT_SUPPORT_GUIDANCE = "modelDoesNotSupportGuidance"
    NO_RAG_DOCUMENTS_FOUND = "noRagDocumentsFound"
    RAG_REQUIRES_AUTO_TEMPLATING = "ragRequiresAutoTemplating"
    UNKNOWN_BASE_MODEL = "unknownBaseModel"
    UNKNOWN_MODEL_ADAPTER = "unknownModelAdapter"
    UNKNOWN_RAG_COLLECTION = "unknownRagCollection"
    UNPROCESSABLE_CONTENT = "unprocessableContent"
    MODEL_INCAPABLE_OF_FINE_TUNING = "modelIncapableOfFineTuning"
    NAN_LOSS = "nanLoss"
    FLAGGED_CONTENT = "flaggedContent"
    BODY_PARSING_ERROR = "bodyParsingError"
    QUERY_OR_PATH_PARSING_ERROR = "queryOrPathParsingError"


class ErrorBody(Wire):
    """Every error's body. `message` is all that most clients show."""

    message: str
    type: str | None = None
    payload: dict[str, Any] | None = None
    # Errata
    status: int | None = None
    """The HTTP status, where there is no HTTP answer to carry it: in an `error` event."""
