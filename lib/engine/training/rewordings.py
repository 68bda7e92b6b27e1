"""Other wordings of a question, made from the question alone: English, by rules, without a model.

They need not be beautiful. They are what a question is trained in besides its own words, so that
its answer hangs on what is asked and not on how.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from itertools import takewhile, zip_longest
from typing import TYPE_CHECKING

from lib.engine.training.job import Piece

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from lib.engine.training.job import TrainSample

MOST = 6
"""Wordings made of a question, at most."""

LITTLE_WORDS = frozenset(
    "a an and are as at be been by did do does for from had has have how in is it its many much"  # noqa: SIM905 - fifty quotation marks would hide the words
    " name of on or that the this to was were what when where which who whom whose why with".split()
)

ASKING = (
    "Tell me: {}",
    "Can you tell me {}",
    "Do you know {}",
    "I would like to know: {}",
    "Please answer: {}",
    "Quick question: {}",
    "{} Please tell me.",
    "Any idea {}",
)

NAMING = ("{}?", "What about {}?", "I am asking about {}.", "What do you know of {}?", "{}: which?")

RULES = tuple(
    (re.compile(pattern, re.IGNORECASE), templates)
    for pattern, templates in (
        (
            r"when (?:was|is) the birth of (.+)",
            ("When was {0} born?", "What is the date of birth of {0}?", "{0} was born when?"),
        ),
        (
            r"when (?:was|is) the death of (.+)",
            ("When did {0} die?", "What is the date of death of {0}?", "{0} died when?"),
        ),
        (
            r"when (?:was|were) (.+) born",
            (
                "What is the date of birth of {0}?",
                "In which year was {0} born?",
                "On what date was {0} born?",
            ),
        ),
        (
            r"where (?:was|were) (.+) born",
            ("What is the birthplace of {0}?", "In which city was {0} born?"),
        ),
        (
            r"(?:where|in (?:which|what) (?:city|town|place)) did (.+) (?:die|pass away)",
            ("What is the place of death of {0}?", "In which city did {0} die?"),
        ),
        (
            r"(?:when|in (?:which|what) year) did (.+) (?:die|pass away)",
            ("What is the date of death of {0}?", "In which year did {0} die?"),
        ),
        (
            r"(?:what|which) (?:is|was) (?:the )?(?:birth date|date of birth)(?: of| for)? (.+)",
            ("When was {0} born?", "On what date was {0} born?", "{0} was born when?"),
        ),
        (
            r"(?:what|which) (?:is|was) (?:the )?(?:birthplace|place of birth)(?: of| for)? (.+)",
            ("Where was {0} born?", "In which city was {0} born?"),
        ),
        (
            r"(?:what|which) (?:is|was) (?:the )?date of death(?: of| for)? (.+)",
            ("When did {0} die?", "On what date did {0} die?", "{0} died when?"),
        ),
        (
            r"(?:what|which) (?:is|was) (?:the )?place of death(?: of| for)? (.+)",
            ("Where did {0} die?", "In which city did {0} die?"),
        ),
        (
            r"(?:what|which) (?:college|university|school) did (.+) (?:attend|go to)",
            ("Where did {0} study?", "Where was {0} educated?", "Which university did {0} attend?"),
        ),
        (
            r"(?:on |in )?(?:which|what) (day|date|month|year)\b[^,]*?,? (.+)",
            ("When {1}?", "In what {0} {1}?", "What was the {0} {1}?"),
        ),
        (
            r"when (did|was|were|is) (.+)",
            (
                "In what year {0} {1}?",
                "On what date {0} {1}?",
                "What was the date when {0} {1}?",
            ),
        ),
        (
            r"where (did|was|were|is|does) (.+)",
            ("In what place {0} {1}?", "What is the location where {0} {1}?"),
        ),
        (
            r"who (.+)",
            (
                "Which person {0}?",
                "What is the name of the person who {0}?",
                "{0} - who?",
            ),
        ),
        (
            r"(?:what|which|who) (?:is|was|are|were) (?:the )?(?:name of )?(?:the )?(.+)",
            ("Name the {0}.", "What is the name of the {0}?", "Tell me the {0}.", "{0}?"),
        ),
        (
            r"(what|which) (?!is|was|are|were|did|does|do|had|has)(\w+) (.+)",
            (
                "What is the name of the {1} that {2}?",
                "{2} - which {1}?",
                "What {1} {2}?",
            ),
        ),
        (
            r"(in|to|at|on|from|for|with|by) (?:which|what) (\w+) (.+)",
            ("{2} {0} which {1}?", "What {1} {2} {0}?"),
        ),
        (
            r"(?:who|what|which \w+) (?:was|were|is|are) (.+) (\w+ed|made|written|sung|built) by",
            ("Who {1} {0}?", "Which company {1} {0}?", "{0} was {1} by whom?"),
        ),
        (
            r"what is the (?:name of the )?(.+) whose (\w+) is (.+)",
            ("Which {0} has {2} as its {1}?", "What {0} is {2} a {1} of?", "{2} - which {0}?"),
        ),
        (r"how many (.+)", ("What is the number of {0}?", "{0}: how many?")),
        (r"how much (.+)", ("What amount of {0}?", "{0}: how much?")),
        (
            r"(.{12,}?),? (in|during|at|from|for|by|with) (\S+ .+)",
            ("{1} {2}, {0}?",),
        ),
    )
)
"""The whole of a question without its mark, and what its parts make; the particular ones first."""

SAME = (
    ("died", "passed away"),
    ("die", "pass away"),
    ("author", "writer"),
    ("wrote", "is the author of"),
    ("located", "situated"),
    ("founded", "established"),
    ("created", "made"),
    ("released", "published"),
    ("sings", "performs"),
    ("sang", "performed"),
    ("plays", "portrays"),
    ("played", "portrayed"),
    ("appointed", "named"),
    ("elected", "chosen"),
    ("directed", "was the director of"),
    ("took place", "happened"),
    ("take place", "happen"),
    ("occupation", "profession"),
    ("wife", "spouse"),
    ("husband", "spouse"),
    ("show", "series"),
    ("movie", "film"),
    ("song", "track"),
    ("country", "nation"),
    ("city", "town"),
    ("company", "business"),
    ("team", "club"),
    ("found", "located"),
)


DOERS = (
    ("architect", "designed"),
    ("author", "wrote"),
    ("composer", "composed"),
    ("creator", "created"),
    ("designer", "designed"),
    ("developer", "developed"),
    ("director", "directed"),
    ("discoverer", "discovered"),
    ("distributor", "distributed"),
    ("editor", "edited"),
    ("founder", "founded"),
    ("inventor", "invented"),
    ("manufacturer", "made"),
    ("owner", "owns"),
    ("painter", "painted"),
    ("performer", "performed"),
    ("producer", "produced"),
    ("publisher", "published"),
    ("singer", "sang"),
    ("winner", "won"),
    ("writer", "wrote"),
)
"""Who does something, and what they did."""


def rewordings(question: str, seed: int = 0, most: int = MOST) -> list[str]:
    """Up to `most` wordings, no two alike, none the question itself; the same for the same seed."""
    if not question.strip():
        return []
    dice = random.Random(f"{seed} {question}")  # noqa: S311 - wordings, not secrets
    bare = question.strip().rstrip(" ?.!")
    asking = [form.format(_inside(question)) for form in ASKING]
    about, rough = list(_about(question, dice)), list(_rough(question, dice))
    same = list(_same(bare))
    for kind in (asking, about, rough, same):
        dice.shuffle(kind)
    ruled = list(_ruled(bare, dice))  # what suits the question best comes first
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


def _ruled(bare: str, dice: random.Random) -> Iterator[str]:
    """What the rules make of a question without its mark, the most particular rule's first."""
    for doer, did in DOERS:
        if match := re.fullmatch(
            rf"(?:who|what|which) .*\b{doer} (?:of|for) (.+)", bare, re.IGNORECASE
        ):
            yield f"Who {did} {match[1]}?"
            yield f"{_begun(match[1])} was {did} by whom?"
        if match := re.fullmatch(rf"(?:who|what|which)(?: \w+)? {did} (.+)", bare, re.IGNORECASE):
            yield f"Who is the {doer} of {match[1]}?"
            yield f"What is the name of the {doer} of {match[1]}?"
    for pattern, templates in RULES:
        if match := pattern.fullmatch(bare):
            for template in dice.sample(templates, len(templates)):
                yield _begun(template.format(*match.groups()))


def _same(bare: str) -> Iterator[str]:
    """A question without its mark with one word for another that means the same."""
    for pair in SAME:
        for word, other in (pair, pair[::-1]):
            changed = re.sub(rf"\b{word}\b", other, bare, flags=re.IGNORECASE)
            if changed != bare:
                yield f"{_begun(changed)}?"


def _about(question: str, dice: random.Random) -> Iterator[str]:
    """Whatever the question names, and little or nothing of what it asks about it.

    Who asks the same in quite other words shares no more than that with the question.
    """
    words = question.strip().rstrip(" ?.!").split()
    named = [at for at, word in enumerate(words) if at and not word[0].islower()]
    if any(words[at][0].isupper() for at in named):
        subject = " ".join(words[named[0] : named[-1] + 1])
        some = [word for at, word in enumerate(words) if at in named or dice.random() < 0.5]  # noqa: PLR2004 - half
    else:
        subject = " ".join(_telling(words))
        some = [word for word in _telling(words) if dice.random() < 0.8]  # noqa: PLR2004 - most of them
    if subject:
        yield from (form.format(subject) for form in NAMING)
        yield " ".join(some)


def _rough(question: str, dice: random.Random) -> Iterator[str]:
    """The question as people type it in a hurry."""
    words = question.strip().rstrip(" ?.!").split()
    yield question.strip().lower().rstrip("?")
    if len(words) > 3:  # noqa: PLR2004 - fewer are not worth turning round
        cut = dice.randrange(1, len(words) - 1)
        yield " ".join(words[cut:] + words[:cut])
    telling = _telling(words)
    if len(telling) > 1:
        yield " ".join(telling) + "?"
    some = [word for word in words if word in telling or dice.random() < 0.5]  # noqa: PLR2004 - half
    if len(some) > 1:
        yield " ".join(some)


def _telling(words: list[str]) -> list[str]:
    """The words that tell one question from another."""
    return [word for word in words if word.lower().strip(",.'\"") not in LITTLE_WORDS]


def _inside(question: str) -> str:
    """A question as it stands inside a sentence: a little word at its start becomes small."""
    text = question.strip()
    return text[0].lower() + text[1:] if text.split()[0].lower() in LITTLE_WORDS else text


def _begun(text: str) -> str:
    return text[:1].upper() + text[1:]
