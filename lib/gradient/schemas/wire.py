"""What everything on the wire has in common: its form, ids and limits."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field
from pydantic.alias_generators import to_camel

ID_LENGTH = 50
"""Length of every model's id; the SDK refuses any other, and with it the whole list."""
BASE_MODEL_SUFFIX = "_base_ml_model"
ADAPTER_SUFFIX = "_model_adapter"
MAX_GENERATED_TOKENS = 511
MAX_RANK = 32

Text = Annotated[str, Field(min_length=1)]


class Wire(BaseModel):
    """Anything that crosses the wire: camelCase there, unknown fields ignored."""

    model_config = ConfigDict(
        alias_generator=to_camel, populate_by_name=True, extra="ignore", frozen=True
    )

    def wire(self) -> dict[str, Any]:
        """The JSON object to send, without the fields that are not set."""
        return self.model_dump(mode="json", by_alias=True, exclude_none=True)


class Asked(Wire):
    """A request. Numbers are numbers and strings are strings: nothing is coerced."""

    model_config = ConfigDict(strict=True, allow_inf_nan=False)
