"""Writing so that a crash leaves the old file or the new one, and never half of either."""

from __future__ import annotations

import io
import os
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def write(path: Path, content: str | bytes) -> None:
    """Replace `path` as a whole; readable by its owner only.

    Raises:
        OSError: the disk is full, or the folder cannot be written; the old file is untouched.
    """
    handle, beside = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
            file.flush()
            os.fsync(file.fileno())
        Path(beside).replace(path)
    except BaseException:
        Path(beside).unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def zipped(paths: Iterable[Path]) -> bytes:
    """Files side by side in a zip. What tensors are made of does not get smaller in one.

    Raises:
        OSError: one of them cannot be read.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        for path in paths:
            archive.write(path, path.name)
    return out.getvalue()


def sync_folder(folder: Path) -> None:
    """Have a rename inside `folder` survive a loss of power, where the platform can."""
    if os.name == "posix":
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
