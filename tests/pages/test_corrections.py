from __future__ import annotations

from typing import TYPE_CHECKING

from lib.ledger.records import CorrectionState
from tests.pages.conftest import RIGHT, asked, button, corrected, select, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]


def test_an_empty_page_says_what_it_is_for(open_page: Open) -> None:
    app = open_page("corrections")
    assert any(text.startswith("A correction is the right answer") for text in texts(app))


def test_a_correction_can_be_discarded_and_restored(open_page: Open, ledger: Ledger) -> None:
    correction = corrected(ledger)
    app = button(open_page("corrections"), "Discard")
    assert ledger.correction(correction.id).state is CorrectionState.DISCARDED
    app.radio[0].set_value(CorrectionState.DISCARDED).run()
    button(app, "Restore")
    assert ledger.correction(correction.id).state is CorrectionState.READY


def test_states_are_counted_and_chosen(open_page: Open, ledger: Ledger) -> None:
    corrected(ledger)
    ledger.draft(asked(ledger, "Another?").id, "half an ans")
    app = open_page("corrections")
    assert RIGHT in texts(app)
    app.radio[0].set_value(CorrectionState.DRAFT).run()
    assert "**Another?**" in texts(app)
    assert RIGHT not in texts(app)


def test_exactly_what_is_sent_is_shown(open_page: Open, ledger: Ledger) -> None:
    correction = corrected(ledger)
    app = open_page("corrections")
    app.session_state[f"sent_{correction.id}"] = True
    app.run()
    assert any(f"Answer: {RIGHT}" in code.value for code in app.code)


def test_other_wordings_are_typed_and_removed(open_page: Open, ledger: Ledger) -> None:
    correction = corrected(ledger)
    app = open_page("corrections")
    app.session_state[f"reworded_{correction.id}"] = True
    app.run()
    for text in ("super bowl 94?", "who won in 94"):
        app.text_input(key=f"rewording_{correction.id}").set_value(text).run()
    assert "who won in 94" in texts(app)
    app = button(app, "Remove")
    assert ledger.rewordings([correction.id]) == {correction.id: ["who won in 94"]}
    assert app.text_input(key=f"rewording_{correction.id}").value == ""


def test_many_corrections_come_in_pages(open_page: Open, ledger: Ledger) -> None:
    for number in range(23):
        corrected(ledger, f"Question number {number}")
    app = open_page("corrections")
    assert "**Question number 22**" in texts(app)
    assert "**Question number 1**" not in texts(app)
    assert "23 corrections" in texts(app)


def table(open_page: Open) -> AppTest:
    """The page with its table, of the state that it opens with."""
    app = open_page("corrections")
    return app.toggle(key="corrections_table").set_value(True).run()


def test_what_is_selected_in_the_table_is_discarded_and_brought_back(
    open_page: Open, ledger: Ledger
) -> None:
    one, two, three = (corrected(ledger, question) for question in ("One?", "Two?", "Three?"))
    app = button(select(table(open_page), 0, 2), "Discard")
    assert ids(ledger, CorrectionState.DISCARDED) == {one.id, three.id}
    assert ids(ledger, CorrectionState.READY) == {two.id}
    button(app, "Undo")
    assert ids(ledger, CorrectionState.READY) == {one.id, two.id, three.id}


def test_what_was_discarded_long_ago_is_selected_and_restored(
    open_page: Open, ledger: Ledger
) -> None:
    kept = [corrected(ledger, question).id for question in ("One?", "Two?")]
    gone = corrected(ledger, "Three?").id
    ledger.discard_all([*kept, gone])
    app = button(select(table(open_page), 1, 2), "Restore")
    assert ids(ledger, CorrectionState.READY) == set(kept)
    button(app, "Undo")
    assert ids(ledger, CorrectionState.DISCARDED) == {*kept, gone}


def test_a_selection_stays_with_its_corrections_when_others_come(
    open_page: Open, ledger: Ledger
) -> None:
    one, _ = corrected(ledger, "One?"), corrected(ledger, "Two?")
    app = select(table(open_page), 1)
    corrected(ledger, "Three, which somebody else adds above?")
    app = button(app.run(), "Discard")
    assert ids(ledger, CorrectionState.DISCARDED) == {one.id}


def test_edits_in_the_table_stay_with_their_corrections_whatever_others_do(
    open_page: Open, ledger: Ledger
) -> None:
    one, two, three = (corrected(ledger, question) for question in ("One?", "Two?", "Three?"))
    app = button(select(table(open_page), 0, 1), "Edit")  # the newest are first
    ledger.discard(three.id)
    corrected(ledger, "Four?")
    app.session_state[str(app.data_editor[0].key)] = edits({1: "Two is right"})
    app.run()
    assert ledger.correction(two.id).right_answer == "Two is right"
    app.session_state[str(app.data_editor[0].key)] = edits({1: "Two is righter"})
    app.run()
    button(app, "Done")
    assert ledger.correction(two.id).right_answer == "Two is righter"
    assert [ledger.correction(other.id).right_answer for other in (one, three)] == [RIGHT, RIGHT]
    assert [event.after for event in ledger.history(two.id)][-2:] == [
        "Two is right",
        "Two is righter",
    ]


def test_an_edit_of_what_somebody_changed_meanwhile_shows_both_texts(
    open_page: Open, ledger: Ledger
) -> None:
    one = corrected(ledger, "One?")
    app = button(select(table(open_page), 0), "Edit")
    theirs = ledger.edit(one.id, "Theirs", revision=one.revision, by="Bob")
    app.session_state[str(app.data_editor[0].key)] = edits({0: "Mine"})
    app.run()
    assert ledger.correction(one.id) == theirs
    assert {"Changed by Bob meanwhile. Which text do you want to keep?", "Mine", "Theirs"} <= set(
        texts(app)
    )
    app = button(app, "Keep mine")
    assert ledger.correction(one.id).right_answer == "Mine"
    assert "Theirs" in [event.after for event in ledger.history(one.id)]
    assert not [text for text in texts(app) if text.startswith("Changed by")]


def test_corrections_are_assigned_and_found_by_whom_they_are_assigned_to(
    open_page: Open, ledger: Ledger
) -> None:
    one, _ = corrected(ledger, "One?"), corrected(ledger, "Two?")
    ledger.draft(asked(ledger, "Three?").id, "by Bob", by="Bob")
    app = select(table(open_page), 1)
    app.selectbox(key="corrections_assign_to").set_value("Bob").run()
    app = app.button(key="many_assign").click().run()
    assert ledger.correction(one.id).assigned_to == "Bob"
    app.selectbox(key="corrections_person").set_value("Bob").run()
    assert list(app.dataframe[0].value["Question"]) == ["One?"]


def test_the_history_says_who_changed_what(open_page: Open, ledger: Ledger) -> None:
    correction = corrected(ledger)
    edited = ledger.edit(correction.id, "Cowboys", revision=correction.revision, by="Bob")
    ledger.ready(edited.id, by="Ada")
    app = open_page("corrections")
    app.session_state[f"history_{correction.id}"] = True
    shown = texts(app.run())
    assert any("Bob" in text and "Ready" in text and "Draft" in text for text in shown)
    assert any("~~The Dallas~~" in text for text in shown)


def edits(rows: dict[int, str]) -> dict[str, object]:
    return {
        "edited_rows": {row: {"Right": text} for row, text in rows.items()},
        "added_rows": [],
        "deleted_rows": [],
    }


def ids(ledger: Ledger, state: CorrectionState) -> set[str]:
    return {one.id for one in ledger.corrections(state)}
