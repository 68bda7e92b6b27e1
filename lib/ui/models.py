"""The models a server has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lib.gradient.schemas import AdapterItem, BaseModelItem


@dataclass(frozen=True)
class Models:
    """What the server has, in its own order."""

    base: tuple[BaseModelItem, ...]
    adapters: tuple[AdapterItem, ...]

    @property
    def ids(self) -> list[str]:
        """Every id: base models, then adapters."""
        return [model.id for model in self.base] + [adapter.id for adapter in self.adapters]

    def name(self, model_id: str) -> str:
        """A base model's or an adapter's name; the id itself if the server does not have it."""
        adapter = self.adapter(model_id)
        if adapter:
            return adapter.name
        base = next((model for model in self.base if model.id == model_id), None)
        return base.name or base.slug if base else model_id

    def base_of(self, model_id: str) -> str:
        """The id of the base model that a model is, or is built on."""
        adapter = self.adapter(model_id)
        return adapter.base_model_id if adapter else model_id

    def adapter(self, model_id: str) -> AdapterItem | None:
        """The adapter of this id, if it is one."""
        return next((adapter for adapter in self.adapters if adapter.id == model_id), None)
