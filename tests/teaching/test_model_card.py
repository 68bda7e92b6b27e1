from __future__ import annotations

from lib.teaching.model_card import SHOWN, Card, model_card
from lib.teaching.proof import Kind, Outcome

CARD = Card(
    name="sports",
    version=2,
    base="SmolLM2 135M",
    made="2026-11-23",
    taught=[("Who won in 1994?", "The Dallas Cowboys")],
    proof=[
        (Kind.CORRECTION, Outcome.FIXED),
        (Kind.GUARD, Outcome.SAME),
        (Kind.GUARD, Outcome.CHANGED),
    ],
    facts={"Samples it holds": "1"},
)


def test_a_card_says_what_was_taught_and_how_it_scored() -> None:
    card = model_card(CARD)
    assert card.startswith('---\nbase_model: "SmolLM2 135M"\nlibrary_name: peft\n')
    assert "# sports, version 2" in card
    assert "| Who won in 1994? | The Dallas Cowboys |" in card
    assert "| Corrections fixed | 1 of 1 |" in card
    assert "| Answers marked right, unchanged | 1 of 2 |" in card
    assert "- Samples it holds: 1" in card


def test_what_nobody_knows_is_said_so() -> None:
    card = model_card(Card(name="x", version=1, base="b", made="2026-11-23"))
    assert "Nobody kept what it was taught." in card
    assert "It was not proved." in card


def test_what_people_wrote_is_never_markup() -> None:
    taught = [("a | <b>\n# c", "![x](y) `z`")]
    card = model_card(Card(name="*n*", version=1, base="b", made="d", taught=taught))
    assert r"| a \| \<b\> \# c | \!\[x\](y) \`z\` |" in card
    assert r"# \*n\*, version 1" in card


def test_a_long_batch_is_cut_and_counted() -> None:
    taught = [(f"Q{n}", "A") for n in range(SHOWN + 7)]
    card = model_card(Card(name="x", version=1, base="b", made="d", taught=taught))
    assert "And 7 more." in card
    assert f"| Q{SHOWN} |" not in card
