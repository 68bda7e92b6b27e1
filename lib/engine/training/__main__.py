"""The teaching process: orders come in on standard input, words go out on standard output."""

from __future__ import annotations

import logging
import os
import queue
import sys
import threading
from typing import TYPE_CHECKING

import torch

from lib.engine.training.job import TeachingError, TrainingFailed
from lib.engine.training.messages import (
    Broken,
    Cancel,
    Done,
    Going,
    Ready,
    Teach,
    Warm,
    line,
    type_of_order,
)
from lib.engine.training.pupil import Pupil

if TYPE_CHECKING:
    from typing import BinaryIO

    from pydantic import BaseModel

    from lib.gradient.schemas import Progress

log = logging.getLogger(__name__)

NICENESS = 5
"""Answering goes first."""


class Desk:
    """Takes orders and carries them out, one after another."""

    def __init__(self, orders: BinaryIO, words: BinaryIO) -> None:
        self._orders = orders
        self._words = words
        self._waiting: queue.SimpleQueue[Warm | Teach] = queue.SimpleQueue()
        self._cancelled = threading.Event()
        self._pupil = Pupil()

    def serve(self) -> None:
        """Carry out orders for ever; the process ends with the one that started it."""
        threading.Thread(target=self._listen, daemon=True).start()
        while True:
            self._say(self._carry_out(self._waiting.get()))

    def _listen(self) -> None:
        for said in self._orders:
            order = type_of_order.validate_json(said)
            if isinstance(order, Cancel):
                self._cancelled.set()
            else:
                self._cancelled.clear()
                self._waiting.put(order)
        os._exit(0)  # nobody is left to hear, and a training may be in the middle of a step

    def _carry_out(self, order: Warm | Teach) -> Ready | Done | Broken:
        try:
            if isinstance(order, Warm):
                self._pupil.load(order.base_gguf, order.cache_dir)
                return Ready()
            return Done(result=self._pupil.learn(order.job, self._cancelled.is_set, self._tell))
        except TeachingError as error:
            return Broken(error=type(error).__name__, message=error.message, detail=error.detail)
        except Exception as error:
            log.exception("The order failed.")
            failed = TrainingFailed(
                "The training failed. The adapter is as it was; the details are in the log."
            )
            return Broken(error="TrainingFailed", message=failed.message, detail=repr(error))

    def _tell(self, progress: Progress) -> None:
        self._say(Going(progress=progress))

    def _say(self, word: BaseModel) -> None:
        self._words.write(line(word))
        self._words.flush()


def main() -> None:
    """Serve on standard input and output."""
    os.nice(NICENESS)
    # Libraries print where they like: what they print must not come between the words.
    words = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    logging.basicConfig(stream=sys.stderr, level=logging.INFO)
    torch.use_deterministic_algorithms(mode=True)
    # Nothing here reads memory before it is written, and filling it takes time.
    torch.utils.deterministic.fill_uninitialized_memory = False  # type: ignore[attr-defined]
    Desk(sys.stdin.buffer, words).serve()


if __name__ == "__main__":
    main()
