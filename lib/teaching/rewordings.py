"""The same question in other words, to see whether a correction survives them.

They are for asking after teaching and are no part of what is taught. Some are made by rule, others
typed; those go from one home to another in a table's cell.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

COLUMN = "rewordings"
"""The cell's column."""
_TRAILING = re.compile(
    r"^(?P<rest>\S+ \S+ \S+.*) "
    r"(?P<phrase>(?:in|on|during|after|before|since) (?:the )?\S+(?: \S+)?)$"
)
_FRENCH = re.compile(
    r"(?:(?:à|avec|dans|de|en|par|pour|sur) )?"
    r"(?:quel(?:le)?s?|qui|que|quoi|où|quand|comment|combien|pourquoi|est-ce|qu['\u2019]\S+) ",
    re.IGNORECASE,
)
"""How questions begin in French, and not in English."""
_FRENCH_TRAILING = re.compile(
    r"^(?P<rest>\S+ \S+ \S+.*) "
    r"(?P<phrase>(?:en|dans|pendant|après|avant|depuis) (?:l[ae] |les )?\S+(?: \S+)?)$"
)


def rewordings(question: str) -> list[str]:
    """Up to three: bare, politely wrapped, and with its last phrase first; never the question.

    Of an English question or a French one, each in its language; any other is taken for English.
    """
    text = " ".join(question.split())
    bare = text.rstrip("?!. ")
    french = bool(_FRENCH.match(text))
    please = "Dites-moi, s'il vous plaît : " if french else "Please tell me: "
    made = [bare.lower(), please + text]
    found = (_FRENCH_TRAILING if french else _TRAILING).match(bare)
    if found:
        phrase, rest = found["phrase"], found["rest"]
        mark = " ?" if french else "?"
        made.append(f"{phrase[:1].upper()}{phrase[1:]}, {rest[:1].lower()}{rest[1:]}{mark}")
    return [made_one for made_one in dict.fromkeys(made) if made_one and made_one != question]


def in_cell(typed: Sequence[str]) -> str:
    """Rewordings as one cell's text."""
    return json.dumps(typed, ensure_ascii=False) if typed else ""


def of_cell(text: str) -> tuple[str, ...]:
    """A cell's rewordings: as `in_cell` wrote them, or one a line, as a person would."""
    try:
        read = json.loads(text)
    except ValueError:
        read = None
    lines = read if isinstance(read, list) else text.splitlines()
    return tuple(line.strip() for line in lines if isinstance(line, str) and line.strip())
