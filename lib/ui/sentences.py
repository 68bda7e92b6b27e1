"""Sentences from where no session speaks: the domain, the ledger, the client, a worker.

They are made in English, and may be kept for months before anybody reads them. A catalogue holds
each with the context `sentence` and with `{names}` where values stand: by that form it is known
again. What the values `{sentence}` and `{roles}` hold is itself in the catalogue; other values,
among them what a server said, stay as they are.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache

from lib.ui.language import catalog, language

CONTEXT = "sentence"
OURS = ("sentence", "roles")
"""Values that are translated, too."""
_NAME = re.compile(r"\\\{(\w+)\\\}")


def told(sentence: str) -> str:
    """A sentence in this session's language, or as it is if it is not known there."""
    return _told(language(), sentence)


@lru_cache(maxsize=500)
def _told(spoken: str, sentence: str) -> str:
    for form, words in _forms(spoken):
        found = form.fullmatch(sentence)
        if found:
            values = found.groupdict()
            ours = {name: _told(spoken, values[name]) for name in OURS if name in values}
            return words.format(**values | ours)
    return sentence


@cache
def _forms(spoken: str) -> list[tuple[re.Pattern[str], str]]:
    """The most said first: what a shorter form would take for a value is read word by word."""
    kept = [
        (str(message.id), str(message.string))
        for message in catalog(spoken)
        if message.context == CONTEXT and message.string
    ]
    kept.sort(key=lambda pair: -len(_NAME.sub("", re.escape(pair[0]))))
    return [(_form(english), words) for english, words in kept]


def _form(english: str) -> re.Pattern[str]:
    """A name stands for some words, and where it comes again, for the same words."""
    seen: set[str] = set()

    def group(name: re.Match[str]) -> str:
        again = name[1] in seen
        seen.add(name[1])
        return f"(?P={name[1]})" if again else f"(?P<{name[1]}>.+?)"

    return re.compile(_NAME.sub(group, re.escape(english)), re.DOTALL)
