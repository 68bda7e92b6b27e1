from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotFound

if TYPE_CHECKING:
    from pathlib import Path

    from lib.ledger.ledger import Ledger

    from .conftest import Correct, Submit

DAY = timedelta(days=1)


def test_a_token_reads_its_story_until_it_ends(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    submit("one", correct())
    token = ledger.share("one", "<p>Once</p>", DAY, by="Ada")
    other = ledger.share("one", "<p>Twice</p>", DAY)
    assert (ledger.story(token), ledger.story(other)) == ("<p>Once</p>", "<p>Twice</p>")
    link = ledger.shared("one")[-1]
    assert link.by == "Ada"
    ledger.unshare(link.token_hash)
    assert ledger.story(token) is None
    assert len(ledger.shared("one")) == 1


def test_an_expired_token_reads_nothing(ledger: Ledger, correct: Correct, submit: Submit) -> None:
    submit("one", correct())
    token = ledger.share("one", "<p>Once</p>", -DAY)
    assert ledger.story(token) is None
    assert ledger.shared("one") == []


def test_the_ledger_does_not_hold_the_token(
    ledger: Ledger, correct: Correct, submit: Submit, tmp_path: Path
) -> None:
    submit("one", correct())
    token = ledger.share("one", "<p>Once</p>", DAY)
    assert all(token.encode() not in file.read_bytes() for file in tmp_path.rglob("ledger.db*"))
    (link,) = ledger.shared("one")
    assert ledger.story(link.token_hash) is None


def test_a_story_is_of_a_run(ledger: Ledger) -> None:
    with pytest.raises(NotFound):
        ledger.share("none", "", DAY)
