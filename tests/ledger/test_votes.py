from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotAllowed
from lib.ledger.votes import Standing

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

    from .conftest import Ask


def test_votes_add_up_to_how_each_model_and_version_stands(ledger: Ledger, ask: Ask) -> None:
    base, one, two = ask(), ask(model_name="Taught", version=1), ask(model_name="Taught", version=2)
    ledger.vote("Who?", [base.id, two.id], two.id, blind=True, by="Ada")
    ledger.vote("Who?", [two.id, one.id], two.id, blind=False)
    ledger.vote("Who?", [base.id, one.id], None, blind=True)
    assert ledger.standings() == [
        Standing("Taught", 2, 2, 2),
        Standing("Model", None, 2, 0),
        Standing("Taught", 1, 2, 0),
    ]


def test_a_vote_is_for_one_of_what_was_shown(ledger: Ledger, ask: Ask) -> None:
    with pytest.raises(NotAllowed):
        ledger.vote("Who?", [ask().id], ask().id, blind=True)
    assert ledger.standings() == []
