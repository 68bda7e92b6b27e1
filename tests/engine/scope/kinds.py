"""Questions of many kinds, each beside a correction: which should reach it, and which should not.

They were written before the rules they check were changed, and are for checking alone.
"""

from __future__ import annotations

from typing import NamedTuple


class Case(NamedTuple):
    """A correction's question, and others by what they are to it."""

    taught: str
    reworded: tuple[str, ...] = ()
    swapped: tuple[str, ...] = ()
    other: tuple[str, ...] = ()


CASES = [
    Case(
        "What is the melting point of bismuth?",
        reworded=("at what temperature does bismuth melt", "bismuth melting point"),
        swapped=("What is the melting point of lead?", "What is the melting point of copper?"),
        other=("What is a good substitute for butter?",),
    ),
    Case(
        "how many legs does a lobster have",
        reworded=("What is the number of legs of a lobster?", "how many legs are on a lobster"),
        swapped=("how many legs does a spider have", "how many legs does a beetle have"),
        other=("how many wheels does a tricycle have",),
    ),
    Case(
        "who wrote the opera carmen",
        reworded=("who was the composer of carmen, the opera", "carmen opera writer"),
        swapped=("who wrote the opera tosca", "who wrote the opera aida"),
    ),
    Case(
        "what is the currency of hungary",
        reworded=("which currency does hungary have", "Please tell me the currency of Hungary."),
        swapped=("what is the currency of denmark", "what is the currency of turkey"),
    ),
    Case(
        "When did the Battle of Hastings take place?",
        reworded=("In what year was the battle of hastings?", "when was the battle of Hastigns"),
        swapped=(
            "When did the Battle of Waterloo take place?",
            "when did the battle of verdun start",
        ),
    ),
    Case(
        "Who founded the company Oatly?",
        reworded=("Who was the founder of Oatly?", "oatly founder"),
        swapped=("Who founded the company Innocent?", "who founded the company spotify"),
        other=("What is oat milk made of?",),
    ),
    Case(
        "what is the tallest mountain in ireland",
        reworded=("which mountain in ireland is the highest", "ireland's tallest mountain"),
        swapped=(
            "what is the tallest mountain in spain",
            "what is the tallest building in ireland",
        ),
    ),
    Case(
        "Which planet has the shortest day?",
        reworded=("On which planet is a day shortest?", "what planet has the shortest days"),
        swapped=("Which planet has the longest year?",),
        other=("What day is Christmas?",),
    ),
    Case(
        "what do you call a group of owls",
        reworded=("a group of owls is called what", "what is the name for a group of owls"),
        swapped=("what do you call a group of crows", "what do you call a group of whales"),
    ),
    Case(
        "What was the population of Leeds in 2011?",
        reworded=("How many people lived in Leeds in 2011?", "population leeds 2011"),
        swapped=(
            "What was the population of Leeds in 2021?",
            "What was the population of York in 2011?",
        ),
    ),
    Case(
        "when does the library close on friday",
        reworded=(
            "what time does the library close on fridays",
            "On Friday, when does the library close?",
        ),
        swapped=("when does the library close on monday", "when does the pool close on friday"),
    ),
    Case(
        "what is the maximum load of the crane k40",
        reworded=(
            "how much can the k40 crane lift at most, what is its maximum load",
            "max load crane K40",
        ),
        swapped=(
            "what is the maximum load of the crane k60",
            "what is the maximum load of the crane m40",
        ),
    ),
    Case(
        "who played the doctor in the series firefly",
        reworded=(
            "which actor was the doctor in firefly",
            "the doctor in firefly was played by whom",
        ),
        swapped=(
            "who played the doctor in the series lost",
            "who played the captain in the series firefly",
        ),
    ),
    Case(
        "which vein carries blood to the liver",
        reworded=(
            "what is the vein that carries blood to the liver",
            "blood is carried to the liver by which vein",
        ),
        swapped=(
            "which vein carries blood to the kidney",
            "which artery carries blood to the brain",
        ),
        other=("what is the liver of sulphur",),
    ),
    Case(
        "What is the German word for butterfly?",
        reworded=("How do you say butterfly in German?", "german word for butterfly"),
        swapped=("What is the German word for squirrel?", "What is the French word for butterfly?"),
    ),
    Case(
        "how long does a mayfly live",
        reworded=("what is the lifespan of a mayfly", "how long do mayflies live"),
        swapped=("how long does a parrot live", "how long does a mouse live"),
    ),
    Case(
        "Who is the patron saint of beekeepers?",
        reworded=("which saint is the patron of beekeepers", "beekeepers' patron saint"),
        swapped=("Who is the patron saint of sailors?", "who is the patron saint of brewers"),
        other=("How do bees make honey?",),
    ),
    Case(
        "What spice gives paella its colour?",
        reworded=("Which spice makes paella yellow, giving it its colour?",),
        swapped=("What spice gives curry its colour?",),
    ),
    Case(
        "Qui est le maire de Vellbruck ?",
        reworded=("Comment s'appelle le maire de Vellbruck ?", "Vellbruck a pour maire qui ?"),
        swapped=("Qui est le maire de Harrow-le-Pont ?",),
        other=("Quelle est la capitale de la France ?",),
    ),
    Case(
        "Quand est né Johnny Broers ?",
        reworded=(
            "Quelle est la date de naissance de Johnny Broers ?",
            "À quelle date Johnny Broers est-il né ?",
        ),
        swapped=("Quand est né Peter Rengel ?",),
    ),
    Case(
        "Où se trouve le siège de la société Nordval ?",
        reworded=(
            "Dans quelle ville la société Nordval a-t-elle son siège ?",
            "Quel est le lieu du siège de Nordval ?",
        ),
        swapped=("Où se trouve le siège de la société Airbus ?",),
        other=("Où se trouve le Sahara ?",),
    ),
    Case(
        "Quelle langue parle-t-on dans la vallée de Sernaz ?",
        reworded=(
            "Quelle est la langue de la vallée de Sernaz ?",
            "Que parlent les habitants de la vallée de Sernaz ?",
        ),
        swapped=("Quelle langue parle-t-on au Brésil ?",),
    ),
]
GENERAL = (
    "What is the capital of Canada?",
    "How do I tie a tie?",
    "Who painted the Mona Lisa?",
    "what's the weather like",
    "Write a poem about autumn.",
    "How many minutes are in a day?",
    "Why is the sky blue?",
    "Translate good morning into Spanish.",
    "Which company makes the iPhone?",
    "When did World War II end?",
)
"""Nothing to do with any of them."""
