from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotFound

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

    from .conftest import Ask

WHO = "Who won the Super Bowl in 1994?"


def test_wordings_are_kept_once_in_the_order_they_were_typed(ledger: Ledger, ask: Ask) -> None:
    one, other = (ledger.draft(ask().id, "The Dallas Cowboys") for _ in range(2))
    for text in (f"  {WHO} ", WHO, "super bowl 94 winner", "", one.question):
        ledger.reword(one.id, text)
    assert ledger.rewordings([one.id, other.id]) == {one.id: [WHO, "super bowl 94 winner"]}


def test_a_wording_is_dropped_and_another_stays(ledger: Ledger, ask: Ask) -> None:
    correction = ledger.draft(ask().id, "The Dallas Cowboys")
    ledger.reword(correction.id, WHO)
    ledger.reword(correction.id, "super bowl 94 winner")
    for _ in range(2):
        ledger.drop_rewording(correction.id, WHO)
    assert ledger.rewordings([correction.id]) == {correction.id: ["super bowl 94 winner"]}


def test_what_is_not_there_cannot_be_reworded(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.reword("nothing", WHO)
