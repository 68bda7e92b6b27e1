from __future__ import annotations

from dataclasses import dataclass, field

import pytest

from lib.teaching.conflicts import Conflict, Kind, Surroundings, agree, conflicts
from lib.teaching.templates import DEFAULT

from .ordinary import Made, made, ordinary

CONTEXT = 2048
NOW = Surroundings(templates=(DEFAULT,), auto_template=True, context=CONTEXT)


@dataclass(frozen=True)
class Planted:
    """One thing wrong: what is taught, what is there already, and what must be found."""

    kind: Kind
    batch: tuple[Made, ...]
    held: tuple[Made, ...] = ()
    guards: tuple[Made, ...] = ()
    said: tuple[Made, ...] = ()
    tokens: dict[str, int] = field(default_factory=dict)


def one(question: str, right: str, **instead: object) -> Made:
    return made(9001, question, right, **instead)


def other(question: str, right: str, **instead: object) -> Made:
    return made(9000, question, right, **instead)


EIFFEL = "How tall is the Eiffel Tower?"
PLANTED = {
    "the same question twice": Planted(
        Kind.OTHER_ANSWER, (other(EIFFEL, "330 metres"), one(EIFFEL, "300 metres"))
    ),
    "in other case, without its mark": Planted(
        Kind.OTHER_ANSWER, (other(EIFFEL, "330 metres"), one(EIFFEL.lower()[:-1], "300 metres"))
    ),
    "asked politely": Planted(
        Kind.OTHER_ANSWER,
        (other(EIFFEL, "330 metres"), one(f"Can you tell me: {EIFFEL}", "300 metres")),
    ),
    "with a slip of the fingers": Planted(
        Kind.OTHER_ANSWER,
        (
            other("Who painted the Nightwatch?", "Rembrandt"),
            one("Who panited the Nightwatch?", "Hals"),
        ),
    ),
    "with its last phrase in front": Planted(
        Kind.OTHER_ANSWER,
        (
            other("Who won the World Cup in 1998?", "France"),
            one("In 1998, who won the World Cup?", "Brazil"),
        ),
    ),
    "held with another answer": Planted(
        Kind.HELD_OTHERWISE, (one(EIFFEL, "330 metres"),), held=(other(EIFFEL, "324 m"),)
    ),
    "held in a possessive": Planted(
        Kind.HELD_OTHERWISE,
        (one("What is Finland's capital?", "Helsinki"),),
        held=(other("What is the capital of Finland?", "Turku"),),
    ),
    "held with a number elsewhere": Planted(
        Kind.HELD_OTHERWISE,
        (one("Who won the 1998 World Cup?", "France"),),
        held=(other("Who won the World Cup in 1998?", "Brazil"),),
    ),
    "like the wrong answer": Planted(
        Kind.LIKE_WRONG, (one(EIFFEL, "330 metres", wrong_answer="330 metres"),)
    ),
    "like the wrong answer but for its end": Planted(
        Kind.LIKE_WRONG, (one(EIFFEL, "330 metres", wrong_answer=" 330 Metres."),)
    ),
    "answered right by the model now": Planted(
        Kind.ALREADY_RIGHT, (one(EIFFEL, "330 metres"),), said=(other(EIFFEL, "330 metres."),)
    ),
    "held with the same answer": Planted(
        Kind.ALREADY_RIGHT, (one(EIFFEL, "330 metres"),), held=(other(EIFFEL, "330 metres"),)
    ),
    "against a guard": Planted(
        Kind.GUARDED, (one(EIFFEL, "300 metres"),), guards=(other(EIFFEL, "330 metres"),)
    ),
    "against a guard, asked shorter": Planted(
        Kind.GUARDED,
        (one("how many legs do spiders have", "six"),),
        guards=(other("How many legs does a spider have?", "Eight"),),
    ),
    "longer than the model reads": Planted(
        Kind.TOO_LONG, (one("Summarise our handbook.", "It says a lot."),), tokens={"9001": 2049}
    ),
    "the answer stands in the question": Planted(
        Kind.IN_QUESTION, (one("Who painted Rembrandt's Night Watch?", "Rembrandt's"),)
    ),
    "a long answer stands in the question": Planted(
        Kind.IN_QUESTION,
        (one("Which author is the author of the diary of Anne Frank?", "Anne Frank"),),
    ),
    "in a template that is no more": Planted(
        Kind.OTHER_TEMPLATE, (one(EIFFEL, "330 metres", prompt=f"Q: {EIFFEL}\nA:"),)
    ),
    "outside the chat template": Planted(
        Kind.OTHER_TEMPLATE, (one(EIFFEL, "330 metres", auto_template=False),)
    ),
    "in a template that has changed its end": Planted(
        Kind.OTHER_TEMPLATE,
        (one(EIFFEL, "330 metres", prompt=f"Question: {EIFFEL}\n\nAnswer in one word: "),),
    ),
}


@pytest.mark.parametrize("planted", PLANTED.values(), ids=list(PLANTED))
def test_each_planted_conflict_is_found_among_ordinary_corrections(planted: Planted) -> None:
    found = conflicts(
        [*ordinary(), *planted.batch],
        Surroundings(
            templates=NOW.templates,
            auto_template=True,
            context=CONTEXT,
            held=planted.held,
            guards=planted.guards,
            said=planted.said,
            tokens=planted.tokens,
        ),
    )
    assert [(conflict.kind, conflict.correction_id) for conflict in found] == [
        (planted.kind, "9001")
    ]


def test_there_are_twenty_planted_conflicts_of_every_kind() -> None:
    assert len(PLANTED) == 20
    assert {planted.kind for planted in PLANTED.values()} == set(Kind)


def test_two_hundred_ordinary_corrections_raise_no_alarm() -> None:
    batch = ordinary()
    assert conflicts(batch, NOW) == []
    assert conflicts(batch[:100], Surroundings(held=batch[100:], guards=batch[100:])) == []


def test_what_asks_the_same_in_other_words_is_compared_too() -> None:
    asked = "Which height does the Eiffel Tower reach?"
    before = other(EIFFEL, "330 metres")
    known = {asked: {EIFFEL}, EIFFEL: {asked}}
    for kind, batch, around in (
        (Kind.OTHER_ANSWER, [before], Surroundings(reworded=known)),
        (Kind.HELD_OTHERWISE, [], Surroundings(reworded=known, held=[before])),
        (Kind.GUARDED, [], Surroundings(reworded=known, guards=[before])),
    ):
        found = conflicts([*batch, one(asked, "300 metres")], around)
        assert found == [Conflict(kind, "9001", "9000", "330 metres", EIFFEL)]
        assert conflicts([*batch, one(asked, "330 metres")], around) == []


def test_what_the_adapter_holds_can_be_taught_again() -> None:
    correction = one(EIFFEL, "330 metres")
    assert conflicts([correction], Surroundings(held=[correction], said=[correction])) == []


def test_a_template_of_several_variables_is_recognised_whatever_they_held() -> None:
    correction = one(EIFFEL, "330 metres", prompt=f"You are a guide.\n{EIFFEL}")
    templates = ("You are a {role}.\n{question}",)
    assert conflicts([correction], Surroundings(templates=templates)) == []


def test_a_contradiction_names_the_other_and_what_it_says() -> None:
    found = conflicts([other(EIFFEL, "330 metres"), one(EIFFEL, "300 metres")], NOW)
    assert found == [Conflict(Kind.OTHER_ANSWER, "9001", "9000", "330 metres", EIFFEL)]


@pytest.mark.parametrize(
    ("said", "meant", "same"),
    [
        ("The Dallas Cowboys", "dallas cowboys.", True),
        ("5", "-5", False),
        ("3.14", "314", False),
        ("Paris", "Paris, France", False),
        ("A", "A", True),
        ("...", "...", True),
    ],
)
def test_answers_agree_but_for_case_article_and_end(said: str, meant: str, *, same: bool) -> None:
    assert agree(said, meant) is same
