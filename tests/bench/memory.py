"""The peak memory of what the engine starts, sampled while it works."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Self

from tests.bench.machine import descendants, peak_mb

if TYPE_CHECKING:
    from types import TracebackType

SECONDS_BETWEEN_SAMPLES = 0.5
"""The kernel keeps each process's peak, so that only a process's last moments can be missed."""


class PeakMemory:
    """Within `with`, follows every process that `pid` started; the largest of them is its peak."""

    def __init__(self, pid: int) -> None:
        self._pid = pid
        self._peaks: list[float] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._follow, daemon=True)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._over.set()
        self._thread.join()
        self.sample()

    @property
    def mb(self) -> float | None:
        """The peak in MB, or None where there was no such process or the system does not tell."""
        return max(self._peaks, default=None)

    def _follow(self) -> None:
        while not self._over.wait(SECONDS_BETWEEN_SAMPLES):
            self.sample()

    def sample(self) -> None:
        """Look now."""
        for pid in descendants(self._pid):
            peak = peak_mb(pid)
            if peak is not None:
                self._peaks.append(peak)
