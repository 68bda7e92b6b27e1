"""A process for a peer, so that it shares neither memory nor threads with whom it meets."""

from __future__ import annotations

import contextlib
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from typing import TYPE_CHECKING, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

P = ParamSpec("P")
T = TypeVar("T")


class Worker:
    """Runs functions one after another in one fresh process; what they cache there stays."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool

    def run(self, work: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
        """What `work` returns; what it raises is raised here."""
        return self._pool.submit(work, *args, **kwargs).result()


@contextlib.contextmanager
def worker() -> Iterator[Worker]:
    """A worker, whose process ends afterwards."""
    fresh = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=1, mp_context=fresh) as pool:
        yield Worker(pool)
