"""Stop words, taken literally, on a text that is still being told."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


class StopWords:
    """Cuts a text before the first stop word in it, however the text is split into pieces.

    The end of a piece is held back as long as it may turn out to be the beginning of a stop word.
    An empty stop word stops nothing.

    Attributes:
        met: whether a stop word has been met; nothing comes after it.
    """

    def __init__(self, words: Iterable[str]) -> None:
        self._words = [word for word in words if word]
        self._held = ""
        self.met = False

    def feed(self, piece: str) -> str:
        """Take a piece, and give what is certain to belong to the answer by now."""
        if self.met:
            return ""
        self._held += piece
        found, open_at = self._first(), self._first_open()
        if found is not None and found <= open_at:
            return self._cut(found)
        told, self._held = self._held[:open_at], self._held[open_at:]
        return told

    def rest(self) -> str:
        """Give what was held back: the text has ended."""
        found = self._first()
        if found is not None:
            return self._cut(found)
        told, self._held = self._held, ""
        return told

    def _cut(self, at: int) -> str:
        told, self._held, self.met = self._held[:at], "", True
        return told

    def _first(self) -> int | None:
        """Where the first whole stop word begins."""
        return min((at for word in self._words if (at := self._held.find(word)) >= 0), default=None)

    def _first_open(self) -> int:
        """Where the first stop word that may still be coming begins; the end, if none may."""
        end = len(self._held)
        return min(
            (
                end - length
                for word in self._words
                for length in range(1, min(len(word), end + 1))
                if self._held.endswith(word[:length])
            ),
            default=end,
        )
