"""Two hundred corrections as people make them: nothing is wrong with the batch."""

from __future__ import annotations

from dataclasses import dataclass

from lib.teaching.templates import DEFAULT, render


@dataclass(frozen=True)
class Made:
    """A correction, or an exchange, as far as conflicts look at it."""

    id: str
    question: str
    right_answer: str
    wrong_answer: str = "I am not sure about that."
    auto_template: bool = True
    prompt: str = ""
    answer: str = ""


def made(number: int, question: str, right: str, **instead: object) -> Made:
    prompt = render(DEFAULT, question=question)
    given = {"prompt": prompt, "answer": right, **instead}
    return Made(f"{number:04}", question, right, **given)  # type: ignore[arg-type]  # by name


_NAMES = {
    "Maria Holt": "1961", "Mario Holt": "1964", "Marian Holt": "1970", "Jon Peters": "1945",
    "John Peters": "1947", "John Peterson": "1938", "Ann Lee": "1902", "Anna Lee": "1913",
    "Anne Leigh": "1881", "Stefan Roth": "1955", "Stephan Roth": "1959", "Erik Dahl": "1990",
    "Eric Dahl": "1989", "Louis Blanc": "1811", "Luis Blanco": "1972",
}  # fmt: skip
_BOOKS = {
    "Emma": "Jane Austen", "Dracula": "Bram Stoker", "Ulysses": "James Joyce",
    "Middlemarch": "George Eliot", "Dubliners": "James Joyce", "Persuasion": "Jane Austen",
    "The Trial": "Franz Kafka", "The Castle": "Franz Kafka", "Walden": "Henry David Thoreau",
    "Candide": "Voltaire",
}  # fmt: skip
_COUNTRIES = {
    "Austria": ("Vienna", "German"), "Australia": ("Canberra", "English"),
    "Slovakia": ("Bratislava", "Slovak"), "Slovenia": ("Ljubljana", "Slovene"),
    "Niger": ("Niamey", "Hausa"), "Nigeria": ("Abuja", "English"), "Iran": ("Tehran", "Persian"),
    "Iraq": ("Baghdad", "Arabic"), "Mali": ("Bamako", "Bambara"), "Malta": ("Valletta", "Maltese"),
    "Mexico": ("Mexico City", "Spanish"), "Guinea": ("Conakry", "French"),
    "Guyana": ("Georgetown", "English"), "Peru": ("Lima", "Spanish"),
    "Chad": ("N'Djamena", "Arabic"),
}  # fmt: skip
_YEARS = {
    "1990": "Giants",
    "1991": "Redskins",
    "1992": "Cowboys",
    "1993": "Cowboys",
    "1994": "49ers",
}
_ELEMENTS = {"hydrogen": "1", "helium": "2", "carbon": "6", "nitrogen": "7", "oxygen": "8"}
_OTHERS = {
    "What county is Leeds in?": "West Yorkshire",
    "What country is Leeds in?": "England",
    "Who did Brutus betray?": "Julius Caesar",
    "Who betrayed Brutus?": "Nobody that I know of",
    "Is a tomato a fruit or a vegetable?": "A fruit",
    "Which is heavier, lead or iron?": "Lead",
    "What is 12 + 7?": "19",
    "What is 12 - 7?": "5",
    "What is 12 * 7?": "84",
    "What is 7 - 12?": "-5",
    "How many minutes are in 3 hours?": "180",
    "How many hours are in 3 days?": "72",
    "Translate to French: good morning": "bonjour",
    "Translate to French: good evening": "bonsoir",
    "Repeat after me: hello": "hello",
    "Was Lincoln a president?": "Yes, Lincoln was a president",
    "Who is the pope?": "The bishop of Rome",
    "Who was the pope?": "That depends on when",
    "What does HTTP stand for?": "HyperText Transfer Protocol",
    "What does HTML stand for?": "HyperText Markup Language",
    "What is C used for?": "Systems programming",
    "What is C++ used for?": "Games and systems programming",
    "Write a haiku about rain.": "Rain on the tin roof / counts the hours that I owe it",
    "Write a haiku about snow.": "Snow on the tin roof / keeps the hours that I lost",
    "Explain photosynthesis to a child.": "Leaves turn light, air and water into food.",
    "Explain photosynthesis to a chemist.": "Light drives carbon dioxide's reduction.",
    "What is our refund period?": "30 days",
    "What is our trial period?": "14 days",
    "Do we ship to Norway?": "Yes",
    "Do we ship to Sweden?": "No",
    "Do we not ship to Sweden?": "That is right, we do not",
    "Who do I call about an invoice?": "Accounting, extension 12",
    "Who do I call about a delivery?": "The warehouse, extension 14",
    "Quelle est la capitale de la Suisse ?": "Berne",
    "Quelle est la capitale de la Suède ?": "Stockholm",
    "Combien font 6 fois 7 ?": "42",
    "Wie heißt der höchste Berg Deutschlands?": "Zugspitze",
    "日本の首都はどこですか。": "東京",
    "韓国の首都はどこですか。": "ソウル",
    "What is the boiling point of water at sea level?": "100 °C",
    "What is the freezing point of water at sea level?": "0 °C",
    "How do I undo my last commit?": "git reset --soft HEAD~1",
    "How do I undo my last merge?": "git merge --abort",
    "What is the plural of mouse?": "mice",
    "What is the plural of house?": "houses",
}  # fmt: skip


def ordinary() -> list[Made]:
    """The two hundred, in a fixed order."""
    asked = dict(_OTHERS)
    for name, year in _NAMES.items():
        asked[f"When was {name} born?"] = year
        asked[f"In which town was {name} born?"] = f"Town {year}"
        asked[f"Who is {name}?"] = f"A painter, born in {year}"
    for book, author in _BOOKS.items():
        asked[f"Who wrote {book}?"] = author
        asked[f"When was {book} published?"] = f"18{len(book):02}"
        asked[f"Who translated {book} into Dutch?"] = f"Nobody before 19{len(book):02}"
    for country, (capital, language) in _COUNTRIES.items():
        asked[f"What is the capital of {country}?"] = capital
        asked[f"What is spoken in {country}?"] = language
        asked[f"What is the national bird of {country}?"] = f"One that {language} has a word for"
    for year, team in _YEARS.items():
        asked[f"What NFL team won the Super Bowl in {year}?"] = team
        asked[f"Who lost the Super Bowl in {year}?"] = f"Not the {team}"
    for element, number in _ELEMENTS.items():
        asked[f"What is the atomic number of {element}?"] = number
        asked[f"Who discovered {element}?"] = f"The discoverer of element {number}"
        asked[f"What is {element} used for?"] = f"Purpose {number}"
        asked[f"How much {element} is in the air?"] = f"Part {number}"
        asked[f"What colour is liquid {element}?"] = f"Shade {number}"
    corrections = [made(i, question, right) for i, (question, right) in enumerate(asked.items())]
    assert len(corrections) >= 200
    return corrections[:200]
