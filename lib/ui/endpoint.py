"""A server and its credentials in a file that only its owner can read."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from pydantic import BaseModel, SecretStr, ValidationError

from lib.gradient.client import Server
from lib.gradient.errors import Misconfigured

if TYPE_CHECKING:
    from pathlib import Path


class Endpoint(BaseModel):
    """What the file holds; the embedded engine writes the same."""

    url: str
    access_token: SecretStr
    workspace_id: str


def read_endpoint(file: Path) -> Server | None:
    """The server that a file names; None where there is no file.

    Raises:
        Misconfigured: the file cannot be read or used.
    """
    try:
        found = Endpoint.model_validate_json(file.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    except (OSError, ValidationError) as error:
        raise Misconfigured(
            f"What was kept of the server in {file} cannot be read. Connect again on Models.",
            detail=type(error).__name__,
        ) from error
    return Server(found.url, found.access_token, found.workspace_id)


def write_endpoint(file: Path, server: Server) -> None:
    """Keep a server: beside and renamed in, its owner's alone from the first byte.

    Raises:
        Misconfigured: it could not be written; what was kept before still is.
    """
    kept = {
        "url": server.url,
        "access_token": server.access_token.get_secret_value(),
        "workspace_id": server.workspace_id,
    }
    beside = file.with_suffix(".new")
    try:
        file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        beside.unlink(missing_ok=True)
        with os.fdopen(os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as out:
            json.dump(kept, out)
        beside.replace(file)
    except OSError as error:
        raise Misconfigured(
            f"The server could not be kept in {file.parent}: {error.strerror}. Make room, then"
            " connect again.",
            detail=type(error).__name__,
        ) from error
