"""Who may use this engine: one access token, for one workspace."""

from __future__ import annotations

import json
import secrets
import uuid
from typing import TYPE_CHECKING

from pydantic import BaseModel, ConfigDict, SecretStr, ValidationError

from lib.engine import files
from lib.engine.errors import Unauthorized, WrongWorkspace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

FILE = "credentials.json"
TOKEN = "GRADIENT_ACCESS_TOKEN"  # noqa: S105  the name of a variable, not a token
WORKSPACE = "GRADIENT_WORKSPACE_ID"


class Credentials(BaseModel):
    """An access token and the one workspace it is for."""

    model_config = ConfigDict(frozen=True)

    access_token: SecretStr
    workspace_id: str

    def check_token(self, authorization: str | None) -> None:
        """Let a request with this `Authorization` header pass.

        Raises:
            Unauthorized: no token, or a wrong one.
        """
        scheme, _, token = (authorization or "").partition(" ")
        if scheme.lower() != "bearer" or not token.strip():
            raise Unauthorized("An access token is needed: Authorization: Bearer <access token>.")
        known = self.access_token.get_secret_value()
        if not secrets.compare_digest(token.strip().encode(), known.encode()):
            raise Unauthorized("The access token is not this engine's.")

    def check_workspace(self, workspace_id: str) -> None:
        """Let a request with the right token pass, if it names the token's workspace.

        Raises:
            WrongWorkspace: it names another one.
        """
        if workspace_id != self.workspace_id:
            raise WrongWorkspace("The access token is not for this workspace.")


def credentials(home: Path, environment: Mapping[str, str]) -> Credentials:
    """The credentials of an engine: the environment's, else those kept in `home`, else new ones.

    What had to be made is kept in `home`, readable by its owner only.

    Raises:
        OSError: they could not be read or kept.
    """
    path = home / FILE
    kept: dict[str, str] = {}
    if path.exists():
        try:
            found = Credentials.model_validate_json(path.read_bytes())
            kept = {TOKEN: found.access_token.get_secret_value(), WORKSPACE: found.workspace_id}
        except ValidationError:
            kept = {}  # cut short by a crash: new ones are as good
    given = {name: environment[name] for name in (TOKEN, WORKSPACE) if environment.get(name)}
    made = {TOKEN: secrets.token_hex(16), WORKSPACE: f"{uuid.uuid4()}_workspace"} | kept
    if set(given) != {TOKEN, WORKSPACE} and made != kept:
        new = {"access_token": made[TOKEN], "workspace_id": made[WORKSPACE]}
        files.write(path, json.dumps(new))
    used = made | given
    return Credentials(access_token=SecretStr(used[TOKEN]), workspace_id=used[WORKSPACE])
