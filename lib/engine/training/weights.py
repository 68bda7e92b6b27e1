"""Where a base model's de-quantised weights are kept.

The kept folder holds `config.json`, `model.safetensors` (in bfloat16: half the room, and finer than
what it was quantised to), `tokenizer.json`, and `source.json` with what only the GGUF tells. Its
name tells the GGUF's path, size and time of change, so that another file gets another folder.
"""

from __future__ import annotations

import hashlib
import shutil
import struct
import tempfile
from pathlib import Path

from safetensors import SafetensorError

from lib.engine.training.job import TrainingFailed

FORMAT = 2
"""Raised when folders of an older kind must not be used any more."""


def dequantised(base_gguf: Path, cache_dir: Path) -> Path:
    """The folder of a base model's de-quantised weights, made if it is not there.

    Raises:
        TrainingFailed: the file cannot be read, or nothing here reads its architecture.
    """
    try:
        status = base_gguf.stat()
    except OSError as error:
        raise TrainingFailed(f"The weights {base_gguf.name} are gone.", str(error)) from error
    mark = f"{FORMAT} {base_gguf.resolve()} {status.st_size} {status.st_mtime_ns}"
    folder = cache_dir / f"{base_gguf.stem}-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
    if folder.is_dir():
        return folder
    cache_dir.mkdir(parents=True, exist_ok=True)
    beside = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=cache_dir))
    try:
        # Imported here because it brings transformers, which takes longer than the rest together.
        from lib.engine.training import dequantise  # noqa: PLC0415 - as said

        dequantise.write(base_gguf, beside)
        beside.rename(folder)
    except (OSError, SafetensorError) as error:  # a full disk comes as either
        if not folder.is_dir():  # another process was not faster: this is a real failure
            raise TrainingFailed(
                f"The weights could not be kept in {cache_dir}: {error}. "
                "Make room there and teach again.",
                repr(error),
            ) from error
    except (ValueError, KeyError, IndexError, struct.error, RuntimeError) as error:
        raise TrainingFailed(
            f"The weights {base_gguf.name} cannot be read for teaching: the file is damaged, or "
            "of a kind that transformers does not know. Answering is not affected.",
            repr(error),
        ) from error
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return folder
