"""The same question in other words, made by rule, to see whether a correction survives them.

They are for asking after teaching and are no part of what is taught.
"""

from __future__ import annotations

import re

_TRAILING = re.compile(
    r"^(?P<rest>\S+ \S+ \S+.*) "
    r"(?P<phrase>(?:in|on|during|after|before|since) (?:the )?\S+(?: \S+)?)$"
)


def rewordings(question: str) -> list[str]:
    """Up to three: bare, politely wrapped, and with its last phrase first; never the question."""
    text = " ".join(question.split())
    bare = text.rstrip("?!. ")
    made = [bare.lower(), f"Please tell me: {text}"]
    found = _TRAILING.match(bare)
    if found:
        phrase, rest = found["phrase"], found["rest"]
        made.append(f"{phrase[:1].upper()}{phrase[1:]}, {rest[:1].lower()}{rest[1:]}?")
    return [made_one for made_one in dict.fromkeys(made) if made_one and made_one != question]
