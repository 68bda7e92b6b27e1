"""What the ledger raises. Every message is a sentence for the person at the screen.

LedgerError
  NotFound             nothing is kept under this id
  NotAllowed           the record's state does not allow it; nothing was changed
  StaleCorrection      somebody else changed the correction; carries both texts
  LedgerUnavailable    the database cannot be used; says what to do about it
"""

from __future__ import annotations


class LedgerError(Exception):
    """Anything the ledger raises."""


class NotFound(LedgerError):
    """Nothing is kept under this id."""

    def __init__(self, what: str, identity: str) -> None:
        super().__init__(f"There is no {what} {identity!r}.")


class NotAllowed(LedgerError):
    """The record's state does not allow it. Nothing was changed."""


class StaleCorrection(LedgerError):
    """The correction was changed since it was read. `stored` and `offered` are the two texts.

    `by` typed the stored one; `correction_id` is whose texts they are.

    Nothing was changed: let the person choose, and save again with `revision`.
    """

    def __init__(
        self, *, correction_id: str, stored: str, offered: str, revision: int, by: str
    ) -> None:
        self.correction_id = correction_id
        self.by = by
        self.stored = stored
        self.offered = offered
        self.revision = revision
        who = f"by {by}" if by else "in another window"
        super().__init__(
            f"This correction was changed {who}. Both texts are kept: choose one and save again."
        )


class LedgerUnavailable(LedgerError):
    """The database cannot be used now. The message says what to do about it."""
