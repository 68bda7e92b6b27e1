from __future__ import annotations

from difflib import SequenceMatcher
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lib.engine.scope.corrections import Corrections
from lib.engine.scope.words import ALIKE, ENDING, Vocabulary, alike, exchanged, swapped

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from lib.engine.scope.sentences import Sentences

TAUGHT = {
    "mayor": "Who is the mayor of Vellbruck?",
    "born": "When was Ottilie Brandauer born?",
    "boils": "At what temperature does gallium boil?",
    "film": "who directed the silent harbour",
    "moons": "How many moons does the planet Jorrun have?",
    "hut": "Which club owns the Krähenstein hut?",
}
NEAR = [
    ("Who is the mayor of Vellbruck?", "mayor"),
    ("who's vellbruck's mayor", "mayor"),
    ("Name the current mayor of the town of Vellbruck.", "mayor"),
    ("What is Ottilie Brandauer's date of birth?", "born"),
    ("In which year was Ottilie Brandauer born?", "born"),
    ("What is the boiling point of gallium?", "boils"),
    ("Who was the director of The Silent Harbour?", "film"),
    ("What's the number of moons of Jorrun?", "moons"),
    ("To which club does the Krahenstein hut belong?", "hut"),
]
FAR = [
    "What is the capital of Norway?",
    "Who is the mayor of Harrowgate?",
    "When was Gustav Pellinger born?",
    "At what pressure does neon glow?",
    "Who directed the loud mountain?",
    "How many moons does the planet Saturn have?",
    "At what temperature does silver boil?",
    "at what temperature does silver boil",
    "How do I boil an egg?",
    "Tell me a joke.",
    "???",
    "日本の首都はどこですか",
]


@pytest.fixture(scope="module")
def corrections(sentences: Sentences) -> Corrections:
    asked = list(TAUGHT.values())
    return Corrections(list(TAUGHT), asked, sentences.vectors(asked), sentences.vocabulary())


@pytest.mark.model
@pytest.mark.parametrize(("asked", "expected"), NEAR)
def test_another_wording_is_near_to_its_own_correction(
    corrections: Corrections, sentences: Sentences, asked: str, expected: str
) -> None:
    found = corrections.nearness(asked, lambda text: sentences.vectors([text])[0])
    assert found.near
    assert found.sample_id == expected
    assert found.similarity is not None
    assert 0.65 <= found.similarity <= 1


@pytest.mark.model
@pytest.mark.parametrize("asked", FAR)
def test_another_question_is_far_also_where_only_the_name_differs(
    corrections: Corrections, sentences: Sentences, asked: str
) -> None:
    assert not corrections.nearness(asked, lambda text: sentences.vectors([text])[0]).near


@pytest.mark.model
@settings(max_examples=25, deadline=None)
@given(asked=st.lists(st.text(min_size=1, max_size=60), min_size=1, max_size=4, unique=True))
def test_a_correction_is_always_near_to_itself(asked: list[str], sentences: Sentences) -> None:
    vectors = sentences.vectors(asked)
    corrections = Corrections(asked, asked, vectors, sentences.vocabulary())
    for text in asked:
        found = corrections.nearness(text, lambda text: sentences.vectors([text])[0])
        assert found.near
        assert found.similarity == pytest.approx(1, abs=1e-3)


def test_no_vector_is_made_where_no_rare_word_is_shared(vocabulary: Vocabulary) -> None:
    def unwanted(text: str) -> NDArray[np.float32]:
        raise AssertionError(text)

    held = Corrections(["1"], ["Who rules Vellbruck?"], np.ones((1, 384), np.float32), vocabulary)
    assert not held.nearness("Where is the river?", unwanted).near


@pytest.fixture
def vocabulary() -> Vocabulary:
    return Vocabulary(
        [
            "[PAD]",
            "the",
            "of",
            *(f"word{chr(97 + i % 20)}{chr(97 + i // 20)}" for i in range(400)),
            "river",
            "hut",
        ]
    )


def test_rare_words_weigh_more_and_unknown_ones_most(vocabulary: Vocabulary) -> None:
    weights = vocabulary.read("the of wordab rivers Vellbruck's").weights
    assert weights.keys() == {"wordab", "river", "vellbruck"}
    assert weights["wordab"] < weights["vellbruck"] == 1


@pytest.mark.parametrize(
    ("question", "kept"),
    [
        ("Quand est né son père ?", {"ne", "pere"}),
        ("Comment s'appelle l'île de Brava ?", {"ile", "brava"}),
        ("Où a-t-il été en février ?", {"fevrier"}),
        ("Who is the son of Le Corbusier?", {"son", "le", "corbusier"}),
        ("What is the comment of Elle on that?", {"comment", "elle"}),
    ],
)
def test_function_words_are_those_of_the_language_that_is_spoken(
    vocabulary: Vocabulary, question: str, kept: set[str]
) -> None:
    assert set(vocabulary.read(question).weights) == kept


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Who met Ann Lee in 1999?", {"ann", "lee", "1999"}),
        ("Ann met nobody", set()),
        ("who met ann", set()),
        ("Who Met Ann Lee At The River?", set()),
        ("Wer traf Émile?", {"emile"}),
        ("is it open on friday or in may", {"friday"}),
        ("is it the x200", {"200"}),
    ],
)
def test_names_are_known_by_their_capitals_except_in_headlines(
    vocabulary: Vocabulary, text: str, names: set[str]
) -> None:
    assert vocabulary.read(text).names == names


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("Where is Vellbruck?", "Where is Harrowgate?", True),
        ("Where is Vellbruck?", "Where is Vellbrucks hut?", False),
        ("Where is Vellbruck?", "where is it", False),
        ("Where is Brandauer?", "Where is Brandaur?", False),
        ("Where was it in 1994?", "Where was it in 1995?", True),
    ],
)
def test_a_name_is_swapped_if_each_has_one_that_the_other_lacks(
    vocabulary: Vocabulary, one: str, other: str, *, expected: bool
) -> None:
    assert swapped(vocabulary.read(one), vocabulary.read(other)) is expected
    assert swapped(vocabulary.read(other), vocabulary.read(one)) is expected


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("how deep is the lake", True),
        ("how wide is the river", True),
        ("how deep is the wide river", False),
        ("the river", False),
    ],
)
def test_words_are_exchanged_if_each_has_one_that_the_other_lacks(
    vocabulary: Vocabulary, asked: str, *, expected: bool
) -> None:
    taught = vocabulary.read("how deep is the river")
    assert exchanged(taught, vocabulary.read(asked)) is expected
    assert exchanged(vocabulary.read(asked), taught) is expected


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("river", "river", True),
        ("directed", "director", False),
        ("amendment", "ammendment", True),
        ("brandauer", "brandaur", True),
        ("1994", "1995", False),
        ("1234567", "1234568", False),
        ("rover", "river", False),
    ],
)
def test_a_slip_leaves_a_word_what_it_is(one: str, other: str, *, expected: bool) -> None:
    assert alike(one, other) is alike(other, one) is expected


@given(st.text("ab", min_size=5, max_size=12), st.text("abc", min_size=5, max_size=12))
def test_words_are_ruled_out_early_only_where_matching_would_do_it(one: str, other: str) -> None:
    near = one[:2] + other[2:]
    first, second = sorted((one, near))
    matched = SequenceMatcher(None, first, second).ratio() >= ALIKE
    assert alike(one, near) is (matched and abs(len(one) - len(near)) <= ENDING)


@pytest.mark.model
@pytest.mark.parametrize(
    ("short", "full", "same"),
    [
        ("Which PM opened the Orbek dam?", "Which Prime Minister opened the Orbek dam?", True),
        ("who runs the nfl now", "Who runs the National Football League now?", True),
        ("When did the UK join?", "When did the ex-colony United Kingdom join?", True),
        ("Which PM opened the Orbek dam?", "Which Home Secretary opened the Orbek dam?", False),
        ("When did the UK join?", "When did the United States join?", False),
    ],
)
def test_initials_are_the_names_they_stand_for(
    sentences: Sentences, short: str, full: str, *, same: bool
) -> None:
    read = sentences.vocabulary().read
    assert swapped(read(short), read(full)) is not same
    assert swapped(read(full), read(short)) is not same
