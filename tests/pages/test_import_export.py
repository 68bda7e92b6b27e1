"""What leaves on this page comes back on it; what is refused is said before anything is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from lib.ledger.records import CorrectionState, Reason, Verdict
from lib.teaching.exchange_formats import Example, Format, write
from lib.teaching.exchange_reading import read
from lib.teaching.templates import DEFAULT
from lib.ui.exporting import corrections, exchanges
from lib.ui.importing import imported
from tests.gradient_server import WRONG
from tests.pages.conftest import QUESTION, RIGHT, asked, button, corrected, texts

if TYPE_CHECKING:
    from collections.abc import Callable

    from streamlit.testing.v1 import AppTest

    from lib.ledger.ledger import Ledger

    Open = Callable[[str], AppTest]

CHAT = (
    b'{"messages": [{"role": "user", "content": "Who?"}, {"role": "assistant", "content": "Me"}]}\n'
)


def uploaded(app: AppTest, raw: bytes, name: str) -> AppTest:
    app.file_uploader[0].upload(name, raw, "application/octet-stream")
    return app.run()


def test_a_file_is_shown_with_what_is_refused_then_taken_whole(
    open_page: Open, ledger: Ledger
) -> None:
    app = uploaded(open_page("import_export"), CHAT + b"{}\n" + CHAT, "theirs.jsonl")
    assert "1 can be taken · 2 are refused" in texts(app)
    shown, refused = app.dataframe
    assert list(shown.value["Prompt"]) == ["Question: Who?\n\nAnswer: "]
    assert list(refused.value["Line or row"]) == [2, 3]
    assert ledger.corrections() == []
    app = button(app, "Take it")
    assert not app.exception
    (correction,) = ledger.corrections(CorrectionState.READY)
    assert (correction.question, correction.right_answer) == ("Who?", "Me")
    assert not app.dataframe


def test_what_is_a_correction_already_is_refused(open_page: Open, ledger: Ledger) -> None:
    corrected(ledger)
    raw = write(corrections(ledger), Format.CSV)
    app = uploaded(open_page("import_export"), raw, "corrections.csv")
    assert "0 can be taken · 1 is refused" in texts(app)
    assert list(app.dataframe[0].value["Why"]) == ["It is a correction already."]


def test_an_import_can_be_taken_back_in_one_go(open_page: Open, ledger: Ledger) -> None:
    two = CHAT + CHAT.replace(b"Who?", b"Whose?")
    app = button(uploaded(open_page("import_export"), two, "theirs.jsonl"), "Take 2")
    app = button(app, "Undo")
    assert not app.exception
    assert [one.state for one in ledger.corrections()] == [CorrectionState.DISCARDED] * 2
    assert [one.verdict for one in ledger.everything_asked()] == [None, None]


def test_answers_can_be_taken_to_be_marked(open_page: Open, ledger: Ledger) -> None:
    app = uploaded(open_page("import_export"), CHAT, "theirs.jsonl")
    next(box for box in app.selectbox if box.key == "import_as").select_index(2).run()
    button(app, "Take it")
    assert ledger.corrections() == []
    assert [kept.answer for kept in ledger.everything_asked()] == ["Me"]


def test_a_file_that_cannot_be_read_is_told(open_page: Open) -> None:
    app = uploaded(open_page("import_export"), b"x,y\n1,2\n", "theirs.csv")
    assert not app.exception
    assert any("question or answer" in warning.value for warning in app.warning)


@pytest.mark.parametrize("form", Format)
def test_corrections_come_back_in_every_format(form: Format, ledger: Ledger) -> None:
    corrected(ledger)
    (example,) = read(
        write(corrections(ledger), form), f"corrections.{form.ending}", DEFAULT
    ).examples
    kept = imported(example, correct=True)
    assert (kept.listed.question, kept.listed.expected) == (QUESTION, RIGHT)
    assert kept.listed.prompt == f"Question: {QUESTION}\n\nAnswer: "
    assert kept.answer == (WRONG if form in {Format.CSV, Format.PARQUET} else "")


@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET])
def test_a_table_brings_the_typed_rewordings_of_a_correction_to_another_home(
    open_page: Open, ledger: Ledger, form: Format
) -> None:
    correction = corrected(ledger)
    typed = ["super bowl 94?", 'who won, "in" 94\nagain']
    for text in typed:
        ledger.reword(correction.id, text)
    raw = write(corrections(ledger), form)
    ledger.discard(correction.id)  # as if it had never been here
    button(uploaded(open_page("import_export"), raw, f"theirs.{form.ending}"), "Take it")
    (taken,) = ledger.corrections(CorrectionState.READY)
    assert ledger.rewordings([taken.id]) == {taken.id: typed}


@pytest.mark.parametrize("form", [Format.CSV, Format.PARQUET])
def test_a_table_brings_why_an_answer_was_wrong_and_how_it_was_asked(
    open_page: Open, ledger: Ledger, form: Format
) -> None:
    asked_in_french = asked(ledger, variables={"language": "French", "sign": 'a "b"\nc'})
    reasons = [Reason.WRONG_FACT, Reason.MADE_UP]
    ledger.judge(asked_in_french.id, Verdict.WRONG, reasons=reasons, note="Looked it up,\ntwice.")
    correction = ledger.ready(ledger.draft(asked_in_french.id, RIGHT).id)
    raw = write(corrections(ledger), form)
    ledger.discard(correction.id)  # as if it had never been here
    button(uploaded(open_page("import_export"), raw, f"theirs.{form.ending}"), "Take it")
    (taken,) = ledger.corrections(CorrectionState.READY)
    judged = ledger.judgement(str(taken.exchange_id))
    assert judged is not None
    assert (list(judged.reasons), judged.note) == (reasons, "Looked it up,\ntwice.")
    kept = ledger.exchange(str(taken.exchange_id))
    assert kept.variables == asked_in_french.variables


@pytest.mark.parametrize("cell", ["", "no JSON", "[1]", "3", '"text"', "[" * 100_000])
def test_a_cell_that_holds_no_variables_brings_none(cell: str) -> None:
    example = Example("Who?", "Who?", "Me", facts={"variables": cell, "reasons": cell})
    kept = imported(example, correct=True)
    assert (kept.listed.variables, kept.reasons) == ({}, ())


@pytest.mark.parametrize("form", Format)
def test_exchanges_come_back_in_every_format(form: Format, ledger: Ledger) -> None:
    corrected(ledger)
    (example,) = read(write(exchanges(ledger), form), f"all.{form.ending}", DEFAULT).examples
    kept = imported(example, correct=False)
    assert (kept.listed.question, kept.answer) == (QUESTION, WRONG)
    assert kept.verdict is None


def test_the_export_is_offered_once_there_is_something(open_page: Open, ledger: Ledger) -> None:
    app = open_page("import_export")
    assert "0 corrections are ready or taught." in texts(app)
    corrected(ledger)
    app.run()
    assert "1 correction is ready or taught." in texts(app)
