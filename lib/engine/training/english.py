"""English as `rewordings` uses it."""

from __future__ import annotations

from itertools import chain

from lib.engine.training.language import Language, ruled

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

RULES = (
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


ENGLISH = Language(
    little_words=LITTLE_WORDS,
    asking=ASKING,
    naming=NAMING,
    doers=ruled(
        chain.from_iterable(
            (
                (
                    rf"(?:who|what|which) .*\b{doer} (?:of|for) (.+)",
                    (f"Who {did} {{0}}?", f"{{0}} was {did} by whom?"),
                ),
                (
                    rf"(?:who|what|which)(?: \w+)? {did} (.+)",
                    (f"Who is the {doer} of {{0}}?", f"What is the name of the {doer} of {{0}}?"),
                ),
            )
            for doer, did in DOERS
        )
    ),
    rules=ruled(RULES),
    same=SAME,
)
