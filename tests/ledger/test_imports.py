from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotAllowed
from lib.ledger.imports import Imported
from lib.ledger.list_records import ListedState, ListState, NewListedQuestion, NewQuestionList
from lib.ledger.records import CorrectionState, Verdict

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger

NEW = NewQuestionList(
    name="theirs.jsonl",
    template_text="{question}",
    server_url="",
    model_id="imported",
    model_name="Imported",
    asked_by="Ada",
)
CORRECTED = Imported(
    NewListedQuestion(question="Who?", prompt="Who?", expected="Ada"),
    "Bob",
    ListedState.MISSED,
    0.0,
    auto_template=False,
)
MARKED = Imported(
    NewListedQuestion(question="Where?", prompt="Where?"),
    "Here",
    ListedState.ANSWERED,
    verdict=Verdict.RIGHT,
)


@pytest.mark.parametrize("state", [CorrectionState.READY, CorrectionState.DRAFT])
def test_a_correction_comes_with_the_exchange_that_it_corrects(
    ledger: Ledger, state: CorrectionState
) -> None:
    list_id, made = ledger.import_list(NEW, [CORRECTED], state)
    assert made == ledger.corrections(state)
    (correction,) = ledger.corrections(state)
    assert (correction.wrong_answer, correction.right_answer) == ("Bob", "Ada")
    assert (correction.author, correction.auto_template) == ("Ada", False)
    exchange = ledger.exchange(correction.exchange_id or "")
    assert (exchange.verdict, exchange.list_id) == (Verdict.WRONG, list_id)
    assert ledger.question_list(list_id).state is ListState.DONE
    assert ledger.list_counts(list_id).states[ListedState.MISSED] == 1


def test_answers_come_with_their_verdicts_and_everything_asked_goes_out(ledger: Ledger) -> None:
    ledger.import_list(NEW, [MARKED])
    (exchange,) = ledger.everything_asked()
    assert (exchange.answer, exchange.verdict) == ("Here", Verdict.RIGHT)
    assert ledger.corrections() == []


def test_an_import_of_nothing_keeps_nothing(ledger: Ledger) -> None:
    with pytest.raises(NotAllowed, match="Nothing was kept"):
        ledger.import_list(NEW, [])
    assert ledger.question_lists() == []
