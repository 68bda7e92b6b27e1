"""Other wordings of a question, made from the question alone: by rules, without a model.

They need not be beautiful. They are what a question is trained in besides its own words, so that
its answer hangs on what is asked and not on how.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

from lib.engine.training.english import ENGLISH
from lib.engine.training.french import FRENCH
from lib.engine.training.job import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lib.engine.training.job import TrainSample
    from lib.engine.training.language import Language

MOST = 6
"""Wordings made of a question, at most."""
LANGUAGES = (ENGLISH, FRENCH)
ENDING = " \u00a0\u202f?.!"
"""What a question may end in; French has one of several spaces before the mark."""
WORD = re.compile(r"[^\W\d_]+")
ELIDED = re.compile(r"^(?:[cdjlmnst]|qu)['\u2019]", re.IGNORECASE)


def rewordings(question: str, seed: int = 0, most: int = MOST) -> list[str]:
    """Up to `most` wordings, no two alike, none the question itself; the same for the same seed."""
    if not question.strip():
        return []
    dice = random.Random(f"{seed} {question}")  # noqa: S311 - wordings, not secrets
    bare = question.strip().rstrip(ENDING)
    language = _language(question)
    asking = [form.format(_inside(question, language)) for form in language.asking]
    about, rough = list(_about(question, language, dice)), list(_rough(question, language, dice))
    same = list(_same(bare, language))
    for kind in (asking, about, rough, same):
        dice.shuffle(kind)
    ruled = list(_ruled(bare, language, dice))  # what suits the question best comes first
    by_turns = zip_longest(
        about[::2], ruled[::2], rough, [*same, *ruled[1::2]], about[1::2], asking
    )
    found = dict.fromkeys(text for turn in by_turns for text in turn if text and text.strip())
    return [text for text in found if text != question][:most]


def reworded_apart(samples: Sequence[TrainSample], seed: int = 0) -> list[list[TrainSample]]:
    """Per sample, its rewordings but those that would do for another sample, too."""
    found = [reworded(sample, seed) for sample in samples]
    asked = Counter(
        text
        for sample, others in zip(samples, found, strict=True)
        for text in {_asked(one) for one in (sample, *others)}
    )
    return [[one for one in others if asked[_asked(one)] == 1] for others in found]


def telling_words(question: str) -> frozenset[str]:
    """The words and numbers that tell it from other questions, in small letters."""
    words = re.findall(r"\w+", question.lower())
    return frozenset(_telling(words, _language(question)))


def _asked(sample: TrainSample) -> str:
    """What comes before a sample's answer."""
    return "".join(piece.text for piece in takewhile(lambda p: not p.trainable, sample.segments))


def reworded(sample: TrainSample, seed: int = 0) -> list[TrainSample]:
    """The sample with its question in other words; none if the question is not in its context."""
    if not sample.question:
        return []
    at = [
        i
        for i, piece in enumerate(sample.segments)
        if not piece.trainable and sample.question in piece.text
    ]
    if not at:
        return []
    piece = sample.segments[at[-1]]
    before, _, after = piece.text.rpartition(sample.question)
    return [
        sample.model_copy(
            update={
                "segments": [
                    *sample.segments[: at[-1]],
                    Piece(before + wording + after, piece.trainable, piece.parse_special),
                    *sample.segments[at[-1] + 1 :],
                ]
            }
        )
        for wording in rewordings(sample.question, seed)
    ]


def _language(question: str) -> Language:
    """The one with most of its little words in a question; English, where that tells nothing."""
    words = WORD.findall(question.lower())
    return max(LANGUAGES, key=lambda language: sum(word in language.little_words for word in words))


def _ruled(bare: str, language: Language, dice: random.Random) -> Iterator[str]:
    """What the rules make of a question without its mark, the most particular rule's first."""
    for pattern, made in language.doers:
        if match := pattern.fullmatch(bare):
            yield from (_begun(form.format(*match.groups())) for form in made)
    for pattern, made in language.rules:
        if match := pattern.fullmatch(bare):
            for form in dice.sample(made, len(made)):
                yield _begun(form.format(*match.groups()))


def _same(bare: str, language: Language) -> Iterator[str]:
    """A question without its mark with one word for another that means the same."""
    for pair in language.same:
        for word, other in (pair, pair[::-1]):
            changed = re.sub(rf"\b{word}\b", other, bare, flags=re.IGNORECASE)
            if changed != bare:
                yield f"{_begun(changed)}?"


def _about(question: str, language: Language, dice: random.Random) -> Iterator[str]:
    """Whatever the question names, and little or nothing of what it asks about it.

    Who asks the same in quite other words shares no more than that with the question.
    """
    words = question.strip().rstrip(ENDING).split()
    named = [at for at, word in enumerate(words) if at and not _begins(word).islower()]
    if any(_begins(words[at]).isupper() for at in named):
        subject = " ".join(words[named[0] : named[-1] + 1])
        some = [word for at, word in enumerate(words) if at in named or dice.random() < 0.5]  # noqa: PLR2004 - half
    else:
        telling = _telling(words, language)
        subject = " ".join(telling)
        some = [word for word in telling if dice.random() < 0.8]  # noqa: PLR2004 - most of them
    if subject:
        yield from (form.format(subject) for form in language.naming)
        yield " ".join(some)


def _rough(question: str, language: Language, dice: random.Random) -> Iterator[str]:
    """The question as people type it in a hurry."""
    words = question.strip().rstrip(ENDING).split()
    yield question.strip().lower().rstrip("?")
    if len(words) > 3:  # noqa: PLR2004 - fewer are not worth turning round
        cut = dice.randrange(1, len(words) - 1)
        yield " ".join(words[cut:] + words[:cut])
    telling = _telling(words, language)
    if len(telling) > 1:
        yield " ".join(telling) + "?"
    some = [word for word in words if word in telling or dice.random() < 0.5]  # noqa: PLR2004 - half
    if len(some) > 1:
        yield " ".join(some)


def _telling(words: list[str], language: Language) -> list[str]:
    """The words that tell one question from another."""
    return [word for word in words if word.lower().strip(",.'\"") not in language.little_words]


def _inside(question: str, language: Language) -> str:
    """A question as it stands inside a sentence: a little word at its start becomes small."""
    text = question.strip()
    little = text.split()[0].lower() in language.little_words
    return text[0].lower() + text[1:] if little else text


def _begins(word: str) -> str:
    """A word's first letter; of "l'Académie" the name's."""
    return ELIDED.sub("", word)[:1] or word[0]


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
