"""Reading requests: strictly by the schemas, with errors of the API's own shape."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from pydantic import ValidationError

from lib.engine.errors import BodyNotUnderstood

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.requests import Request

    from lib.gradient.schemas import Asked

    Body = TypeVar("Body", bound=Asked)


async def body(request: Request, schema: type[Body]) -> Body:
    """The request's body, whatever content type it claims.

    Raises:
        BodyNotUnderstood: it is not JSON, or breaks a rule.
    """
    try:
        return schema.model_validate_json(await request.body())
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False, include_context=False)
        problems = [{**problem, "loc": _place(problem["loc"])} for problem in found]
        said = in_words(problems)
        raise BodyNotUnderstood(
            f"The body was not understood: {said}",
            {"validationError": problems, "formattedValidationError": said},
        ) from error


def _place(loc: Sequence[int | str]) -> list[int | str]:
    """Where in the body: pydantic also names the kind that it tried, as in `list[Segment]`."""
    return [part for part in loc if isinstance(part, int) or part.isidentifier()]


def in_words(problems: Sequence[Any]) -> str:
    """Each problem with its place, for a person."""
    return "; ".join(
        f"{'.'.join(map(str, problem['loc']))}: {problem['msg']}"
        if problem["loc"]
        else str(problem["msg"])
        for problem in problems
    )


def described(schema: type[Asked]) -> dict[str, Any]:
    """The body's part of the OpenAPI page; the body is read by `body`, and not by FastAPI."""
    content = {"application/json": {"schema": schema.model_json_schema(by_alias=True)}}
    return {"requestBody": {"required": True, "content": content}}
