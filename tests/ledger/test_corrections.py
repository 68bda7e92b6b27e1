from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.errors import NotAllowed, NotFound, StaleCorrection
from lib.ledger.records import Answer, CorrectionState, RunResult

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.ledger.ledger import Ledger

    from .conftest import Ask, Correct, Submit

TAUGHT = RunResult(trainable_tokens=3, sum_loss=9.0, version=1)


def test_a_draft_keeps_the_wrong_answer_and_the_prompt_beside_it(ledger: Ledger, ask: Ask) -> None:
    exchange = ledger.answered(ask("Who?", auto_template=False).id, Answer(text="Patriots"))
    draft = ledger.draft(exchange.id, "Cow", by="Ada")
    assert ledger.correction(draft.id) == draft
    assert (draft.state, draft.revision) == (CorrectionState.DRAFT, 1)
    assert (draft.question, draft.prompt, draft.auto_template) == ("Who?", exchange.prompt, False)
    assert (draft.wrong_answer, draft.right_answer, draft.author) == ("Patriots", "Cow", "Ada")


def test_typing_goes_on_in_one_draft_with_a_coarse_history(ledger: Ledger, ask: Ask) -> None:
    exchange = ask()
    drafts = [ledger.draft(exchange.id, "Cowboys"[:end]) for end in range(1, 8)]
    assert {draft.id for draft in drafts} == {drafts[0].id}
    assert drafts[-1].right_answer == "Cowboys"

    ledger.ready(drafts[0].id, by="Ada")
    history = ledger.history(drafts[0].id)
    assert [(event.before, event.after) for event in history] == [(None, "C"), ("C", "Cowboys")]
    assert [event.to_state.value for event in history] == ["draft", "ready"]
    assert history[-1].by == "Ada"


def test_the_same_text_again_changes_nothing(ledger: Ledger, correct: Correct) -> None:
    ready = correct("right")
    assert ready.exchange_id is not None
    assert ledger.draft(ready.exchange_id, "right") == ready
    assert ledger.edit(ready.id, "right", revision=0) == ready
    assert ledger.ready(ready.id) == ready


def test_typing_in_a_ready_correction_makes_it_a_draft_again(
    ledger: Ledger, correct: Correct
) -> None:
    ready = correct("right")
    assert ready.exchange_id is not None
    assert ledger.draft(ready.exchange_id, "righter").state is CorrectionState.DRAFT


def test_the_second_of_two_to_save_sees_both_texts_and_overwrites_nothing(
    ledger: Ledger, ask: Ask
) -> None:
    exchange = ask()
    seen = ledger.draft(exchange.id, "from", revision=0)
    first = ledger.draft(exchange.id, "from Ada", revision=seen.revision)
    saves: list[Callable[[], object]] = [
        lambda: ledger.draft(exchange.id, "from Bob", revision=seen.revision),
        lambda: ledger.draft(exchange.id, "from Bob", revision=0),
        lambda: ledger.edit(seen.id, "from Bob", revision=seen.revision),
    ]
    for save in saves:
        with pytest.raises(StaleCorrection) as stale:
            save()
        assert (stale.value.stored, stale.value.offered) == ("from Ada", "from Bob")
        assert ledger.correction(seen.id) == first
    chosen = ledger.edit(seen.id, "from Bob", revision=stale.value.revision)
    assert chosen.right_answer == "from Bob"


def test_every_finished_edit_is_in_the_history(ledger: Ledger, correct: Correct) -> None:
    ready = correct("one")
    edited = ledger.edit(ready.id, "two", revision=ready.revision, by="Ada")
    again = ledger.edit(ready.id, "three", revision=edited.revision, by="Bob")
    assert again.state is CorrectionState.DRAFT
    last = ledger.history(ready.id)[-2:]
    assert [(event.by, event.before, event.after) for event in last] == [
        ("Ada", "one", "two"),
        ("Bob", "two", "three"),
    ]


def test_the_wrong_answer_is_the_whole_one_once_the_correction_is_ready(
    ledger: Ledger, ask: Ask
) -> None:
    exchange = ask()
    ledger.hear(exchange.id, "The Pat")
    draft = ledger.draft(exchange.id, "The Cowboys")
    ledger.answered(exchange.id, Answer(text="The Patriots"))
    assert ledger.ready(draft.id).wrong_answer == "The Patriots"


@pytest.mark.parametrize("text", ["", " \n\t"])
def test_a_blank_correction_cannot_be_taught(ledger: Ledger, ask: Ask, text: str) -> None:
    draft = ledger.draft(ask().id, text)
    with pytest.raises(NotAllowed, match="empty"):
        ledger.ready(draft.id)
    assert ledger.correction(draft.id) == draft


def test_a_discarded_correction_comes_back_as_what_it_was(
    ledger: Ledger, ask: Ask, correct: Correct
) -> None:
    draft, ready = ledger.draft(ask().id, "a"), correct("b")
    for correction in (draft, ready):
        discarded = ledger.discard(correction.id)
        assert discarded.state is CorrectionState.DISCARDED
        assert ledger.discard(correction.id) == discarded
        with pytest.raises(NotAllowed, match="Restore it first"):
            ledger.edit(correction.id, "c", revision=discarded.revision)
        with pytest.raises(NotAllowed):
            ledger.ready(correction.id)
        restored = ledger.restore(correction.id)
        assert restored.state is correction.state
        assert ledger.restore(correction.id) == restored


def test_after_a_discard_an_exchange_can_be_corrected_anew(ledger: Ledger, ask: Ask) -> None:
    exchange = ask()
    old = ledger.discard(ledger.draft(exchange.id, "old").id)
    new = ledger.draft(exchange.id, "new", revision=0)
    assert new.id != old.id
    with pytest.raises(NotAllowed, match="newer correction"):
        ledger.restore(old.id)
    ledger.discard(new.id)
    assert ledger.restore(old.id).right_answer == "old"


def test_what_is_being_taught_cannot_be_discarded_and_can_be_taught_again_afterwards(
    ledger: Ledger, correct: Correct, submit: Submit
) -> None:
    correction = correct()
    submit("run", correction)
    with pytest.raises(NotAllowed, match="being taught"):
        ledger.discard(correction.id)
    with pytest.raises(NotAllowed, match="submitted"):
        ledger.ready(correction.id)
    ledger.finish("run", TAUGHT)
    assert ledger.ready(correction.id).state is CorrectionState.READY


def test_corrections_are_found_by_state_exchange_and_adapter(
    ledger: Ledger, ask: Ask, correct: Correct, submit: Submit
) -> None:
    draft, one, two = ledger.draft(ask().id, "a"), correct("one"), correct("two")
    submit("run", one)
    assert [found.id for found in ledger.corrections()] == [draft.id, one.id, two.id]
    states = (CorrectionState.DRAFT, CorrectionState.READY)
    assert [found.id for found in ledger.corrections(*states)] == [draft.id, two.id]
    exchange_ids = [draft.exchange_id or ""]
    assert [found.id for found in ledger.corrections(exchange_ids=exchange_ids)] == [draft.id]
    assert ledger.corrections(exchange_ids=[]) == []
    assert ledger.corrections(adapter_id="adapter") == []
    ledger.finish("run", TAUGHT)
    assert [found.id for found in ledger.corrections(adapter_id="adapter")] == [one.id]
    assert ledger.corrections(adapter_id="another") == []


def test_counts_name_every_state(ledger: Ledger, ask: Ask, correct: Correct) -> None:
    assert ledger.counts() == dict.fromkeys(CorrectionState, 0)
    ledger.draft(ask().id, "a")
    correct("b")
    correct("c")
    counts = ledger.counts()
    assert (counts[CorrectionState.DRAFT], counts[CorrectionState.READY]) == (1, 2)
    assert sum(counts.values()) == 3


def test_unknown_ids_are_said_so(ledger: Ledger) -> None:
    with pytest.raises(NotFound, match="no exchange"):
        ledger.draft("no", "text")
    with pytest.raises(NotFound, match="no correction"):
        ledger.edit("no", "text", revision=1)
    assert ledger.history("no") == []


def test_a_text_that_somebody_else_types_over_is_in_the_history(ledger: Ledger, ask: Ask) -> None:
    exchange = ask()
    ledger.draft(exchange.id, "from", by="Ada")
    ledger.draft(exchange.id, "from Ada", by="Ada")
    draft = ledger.draft(exchange.id, "from Bob", by="Bob")
    assert draft.typed_by == "Bob"
    ledger.edit(draft.id, "chosen", revision=draft.revision, by="Ada")
    assert [(event.by, event.before, event.after) for event in ledger.history(draft.id)] == [
        ("Ada", None, "from"),
        ("Ada", "from", "from Ada"),
        ("Bob", "from Ada", "from Bob"),
        ("Ada", "from Bob", "chosen"),
    ]
