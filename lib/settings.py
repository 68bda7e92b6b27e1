"""What the environment decides: which server, and where everything is kept."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Self

from platformdirs import user_data_dir
from pydantic import Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from lib.teaching.people import Role

DATABASE_NAME = "ledger.db"


class Settings(BaseSettings):
    """Read from environment variables of the same names; an empty variable counts as unset.

    Raises `pydantic.ValidationError` with a sentence for whoever starts the app. Values never
    appear in it, so that a token cannot reach a log.
    """

    model_config = SettingsConfigDict(
        frozen=True, env_ignore_empty=True, hide_input_in_errors=True, extra="ignore"
    )

    gradient_api_url: str | None = None
    """The server to use, with its `/api`; unset, the embedded engine."""
    gradient_access_token: SecretStr | None = None
    gradient_workspace_id: str | None = None
    errata_home: Path = Path(user_data_dir("errata"))
    """The folder of all state."""
    errata_database_url: str | None = None
    """The ledger's SQLAlchemy URL; unset, SQLite in the home."""

    errata_price_per_million_tokens: Annotated[float, Field(gt=0)] | None = None
    """What the server asks for learning a million tokens, in any currency; unset, nothing."""

    errata_roles: Annotated[dict[str, frozenset[Role]], NoDecode] = Field(default_factory=dict)
    """Who may do what, as a JSON object of lists; unset, everybody may do everything."""

    @field_validator("errata_roles", mode="before")
    @classmethod
    def _roles(cls, text: str | dict[str, frozenset[Role]]) -> dict[str, frozenset[Role]]:
        if isinstance(text, dict):
            return text
        try:
            given = json.loads(text)
            return {name: frozenset(map(Role, roles)) for name, roles in given.items()}
        except (ValueError, AttributeError, TypeError) as error:
            raise ValueError(
                "ERRATA_ROLES must be JSON such as "
                '{"ada@example.org": ["asker", "reviewer", "teacher"], "*": ["viewer"]}.'
            ) from error

    @field_validator("errata_home")
    @classmethod
    def _absolute(cls, home: Path) -> Path:
        return home.expanduser().absolute()

    @field_validator("gradient_api_url")
    @classmethod
    def _over_http(cls, url: str | None) -> str | None:
        if url is not None and not url.startswith(("http://", "https://")):
            raise ValueError("GRADIENT_API_URL must begin with http:// or https://.")
        return url

    @model_validator(mode="after")
    def _complete(self) -> Self:
        needed = {
            "GRADIENT_ACCESS_TOKEN": self.gradient_access_token,
            "GRADIENT_WORKSPACE_ID": self.gradient_workspace_id,
        }
        missing = [name for name, value in needed.items() if value is None]
        if self.gradient_api_url and missing:
            raise ValueError(
                f"GRADIENT_API_URL is set, so {' and '.join(missing)} must be set too. "
                "Unset GRADIENT_API_URL to use the embedded engine."
            )
        return self

    @property
    def embedded(self) -> bool:
        """Whether the app brings its own engine."""
        return self.gradient_api_url is None

    @property
    def engine_home(self) -> Path:
        """The embedded engine's folder."""
        return self.errata_home / "engine"

    @property
    def database_url(self) -> str:
        """The ledger's SQLAlchemy URL."""
        return self.errata_database_url or f"sqlite:///{self.errata_home / DATABASE_NAME}"
