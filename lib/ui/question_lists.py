"""Question lists under way, asked in threads of their own, a few questions at a time.

What is still to be asked is in the ledger. So nobody need look on, a reload shows how far a list
is, and an app that starts again asks on where the last one ended.
"""

from __future__ import annotations

import logging
import threading
import time
from typing import TYPE_CHECKING

from lib.gradient.errors import (
    Forbidden,
    GradientError,
    Misconfigured,
    Unauthorized,
    Unreachable,
)
from lib.ledger.errors import LedgerError
from lib.ledger.list_records import ListedState, ListState
from lib.teaching.proof import Outcome, correction_outcome
from lib.teaching.scores import f1
from lib.ui.asking import answer_to
from lib.ui.connection import State

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.question_lists import Taken
    from lib.ui.connection import Connection

AT_ONCE = 3
"""Of the local engine's four places; the last is left to whoever asks one question meanwhile."""
WAIT_SECONDS = 0.5
ELSEWHERE = (
    "This list belongs to another server ({url}). Connect to it on Models, then resume; or ask the"
    " list anew here."
)
AWAY = (Unreachable, Misconfigured, Unauthorized, Forbidden)
"""Errors that every other question would meet too."""
_WORTH = {
    Outcome.FIXED: ListedState.RIGHT,
    Outcome.PARTLY: ListedState.PARTLY,
    Outcome.NOT_FIXED: ListedState.MISSED,
}

log = logging.getLogger(__name__)


class QuestionLists:
    """Asks what waits in the ledger's lists, the oldest list first. One for the whole app.

    Args:
        ledger: where lists are kept. What an earlier app left half asked waits again.
        connection: the server that is asked.
    """

    def __init__(self, ledger: Ledger, connection: Connection) -> None:
        self._ledger = ledger
        self._connection = connection
        self._lock = threading.Lock()
        self._threads = 0
        self._calls = 0
        ledger.recover_lists()

    def carry_on(self) -> None:
        """Ask whatever waits; what is under way already is not disturbed."""
        if not self._ledger.question_lists(ListState.ASKING):
            return
        with self._lock:
            self._calls += 1
            while self._threads < AT_ONCE:
                self._threads += 1
                threading.Thread(target=self._ask_all, name="question-list", daemon=True).start()

    @property
    def under_way(self) -> bool:
        """Whether anything is being asked now."""
        return self._threads > 0

    # --- in a thread ---------------------------------------------------------------------

    def _ask_all(self) -> None:
        calls = -1
        try:
            while self._called_since(calls):
                calls = self._calls
                while taken := self._next():
                    self._ask(taken)
        except (LedgerError, GradientError):
            log.exception("Question lists cannot be asked now")
            with self._lock:
                self._threads -= 1

    def _called_since(self, calls: int) -> bool:
        """Whether to look once more; if not, this thread is over."""
        with self._lock:
            if self._calls == calls:
                self._threads -= 1
            return self._calls != calls

    def _next(self) -> Taken | None:
        """The next question, once the server is ready; None: nothing waits any more."""
        while lists := self._ledger.question_lists(ListState.ASKING):
            if self._connection.status().state is not State.READY:
                time.sleep(WAIT_SECONDS)
                continue
            for waiting in reversed(lists):
                if not self._connection.is_at(waiting.server_url):
                    why = ELSEWHERE.format(url=waiting.server_url)
                    self._ledger.pause_list(waiting.id, error=why)
                elif taken := self._ledger.take(waiting.id):
                    return taken
            return None
        return None

    def _ask(self, taken: Taken) -> None:
        try:
            answer = answer_to(self._connection.client(), taken.exchange)
        except AWAY as error:
            log.warning("A question list is paused: %s %s", error.message, error.detail)
            self._ledger.wait_again(taken, error.message)
        except GradientError as error:
            log.warning("A listed question failed: %s %s", error.message, error.detail)
            self._ledger.fail_listed(taken, error.message)
        except Exception:
            log.exception("A listed question failed")
            self._ledger.fail_listed(
                taken, "Something went wrong in the app; its log says what. Ask it again."
            )
        else:
            state, closeness = worth(answer.text, taken.expected)
            self._ledger.answer_listed(taken, answer, state, closeness)


def worth(answer: str, expected: str | None) -> tuple[ListedState, float | None]:
    """What an answer is worth, and its token F1; neither where nothing is expected."""
    if expected is None:
        return ListedState.ANSWERED, None
    return _WORTH[correction_outcome(answer, expected)], f1(answer, expected)
