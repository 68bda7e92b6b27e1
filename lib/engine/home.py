"""The engine's one folder: the lock on it, and the note by which others find a running engine."""

from __future__ import annotations

import logging
import os
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout
from pydantic import BaseModel

from lib.engine import files
from lib.engine.errors import EngineError, StorageFailed

if TYPE_CHECKING:
    from pathlib import Path

    from lib.engine.credentials import Credentials

log = logging.getLogger(__name__)

ENDPOINT = "endpoint.json"
HOW = "--home names it, and ERRATA_HOME the one around it for the app"


class Endpoint(BaseModel):
    """Where a running engine is, and what its clients need. Kept readable by its owner only."""

    url: str
    access_token: str
    workspace_id: str
    pid: int


class Home:
    """A folder that belongs to one running engine.

    Raises:
        EngineError: another engine runs on it.
        StorageFailed: it cannot be made or written.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.models = path / "models"
        self._lock = FileLock(path / "engine.lock", timeout=0)
        try:
            path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._lock.acquire()
            self.models.mkdir(exist_ok=True)
            self.endpoint.unlink(missing_ok=True)  # of an engine that was killed
        except Timeout as error:
            raise EngineError(
                f"Another engine runs on {path}. Stop it, or use another folder: {HOW}."
            ) from error
        except OSError as error:
            said = f"Use a folder other than {path}: {HOW}."
            raise StorageFailed.of(error, said) from error

    @property
    def endpoint(self) -> Path:
        """The note's file."""
        return self.path / ENDPOINT

    def announce(self, url: str, credentials: Credentials) -> None:
        """Write the note: from now on the engine answers."""
        note = Endpoint(
            url=url,
            access_token=credentials.access_token.get_secret_value(),
            workspace_id=credentials.workspace_id,
            pid=os.getpid(),
        )
        files.write(self.endpoint, note.model_dump_json())

    def leave(self) -> None:
        """Take the note away and let the folder go."""
        self.endpoint.unlink(missing_ok=True)
        self._lock.release()
