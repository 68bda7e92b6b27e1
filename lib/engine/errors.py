"""Everything that the engine refuses or fails at, and how it is told on the wire.

    EngineError                 500 failed
    ├── StorageFailed           507 failed: the disk is full, or the home cannot be written
    ├── WeightsBroken           500 failed: a model file cannot be read
    ├── TeachingStopped         409 failed: a fine-tune was cancelled, interrupted or refused
    ├── Unauthorized            401
    ├── WrongWorkspace          403
    ├── NotFound                404
    │   ├── UnknownBaseModel    unknownBaseModel
    │   ├── UnknownAdapter      unknownModelAdapter
    │   └── UnknownCollection   unknownRagCollection
    └── Refused                 400
        ├── BodyNotUnderstood   bodyParsingError
        ├── QueryNotUnderstood  queryOrPathParsingError
        ├── NotFineTunable      modelIncapableOfFineTuning
        ├── TooLarge            413
        └── Unprocessable       422 unprocessableContent
            └── LossIsNan       nanLoss

A message says what happened and what to do; it never holds a token. `type` and `payload` are part
of the answers of complete and fine-tune only; all other operations answer with the message alone.
"""

from __future__ import annotations

from typing import Any, ClassVar

from lib.gradient.schemas import ErrorBody, ErrorType


class EngineError(Exception):
    """An answer other than 200.

    Attributes:
        message: for the user; not empty.
        payload: what is said beside it, if anything.
    """

    status: ClassVar[int] = 500
    type: ClassVar[ErrorType] = ErrorType.FAILED

    def __init__(self, message: str, payload: dict[str, Any] | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.payload = payload

    def body(self, *, typed: bool) -> ErrorBody:
        """The wire's body; `typed` for complete and fine-tune, whose errors carry a type."""
        if not typed:
            return ErrorBody(message=self.message)
        return ErrorBody(message=self.message, type=self.type, payload=self.payload)


class StorageFailed(EngineError):
    """Something could not be written. What was there before is still there."""

    status = 507

    @classmethod
    def of(cls, error: OSError, kept: str) -> StorageFailed:
        """Say which write failed and what was kept."""
        reason = error.strerror or type(error).__name__
        return cls(f"The engine could not write to its home: {reason}. {kept}")


class WeightsBroken(EngineError):
    """A model or adapter file is missing, cut short or of an unknown kind."""


class TeachingStopped(EngineError):
    """A fine-tune ended without a new version, and not by its own fault."""

    status = 409


class Unauthorized(EngineError):
    """No access token, or not this engine's."""

    status = 401


class WrongWorkspace(EngineError):
    """The access token is right, but it is not for the workspace that was named."""

    status = 403


class NotFound(EngineError):
    """There is nothing under this name, or not in this engine."""

    status = 404


class UnknownBaseModel(NotFound):
    """No base model has this id or slug."""

    type = ErrorType.UNKNOWN_BASE_MODEL


class UnknownAdapter(NotFound):
    """No adapter of this workspace has this id, or it has no such version."""

    type = ErrorType.UNKNOWN_MODEL_ADAPTER


class UnknownCollection(NotFound):
    """A RAG collection was asked for; this engine keeps none."""

    type = ErrorType.UNKNOWN_RAG_COLLECTION


class Refused(EngineError):
    """The request cannot be carried out as it stands."""

    status = 400


class BodyNotUnderstood(Refused):
    """The body is not JSON, or breaks a rule of its schema."""

    type = ErrorType.BODY_PARSING_ERROR


class QueryNotUnderstood(Refused):
    """The query string, the path or a header breaks a rule."""

    type = ErrorType.QUERY_OR_PATH_PARSING_ERROR


class NotFineTunable(Refused):
    """This model can answer, but not learn."""

    type = ErrorType.MODEL_INCAPABLE_OF_FINE_TUNING


class TooLarge(Refused):
    """The body is larger than any request needs."""

    status = 413
    type = ErrorType.UNPROCESSABLE_CONTENT


class Unprocessable(Refused):
    """Understood, but not possible: too many tokens, nothing to learn, an unknown version."""

    status = 422
    type = ErrorType.UNPROCESSABLE_CONTENT


class LossIsNan(Unprocessable):
    """Training ran away."""

    type = ErrorType.NAN_LOSS
