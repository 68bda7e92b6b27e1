"""Pages with everything on them that somebody can change, as whoever does everything sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from streamlit.testing.v1 import AppTest

from lib.gradient.schemas import Scope
from lib.ledger.list_records import ListedState, NewListedQuestion, NewQuestionList
from lib.ledger.records import (
    Answer,
    BatchSample,
    CorrectionState,
    NewExchange,
    NewRun,
    Verdict,
)
from lib.teaching.templates import DEFAULT_NAME
from lib.ui import services
from tests.gradient_server import BASE, TOKEN, WORKSPACE, WRONG, teach_versions
from tests.pages.conftest import QUESTION, asked, button, compared, corrected, page, select
from tests.ui.house import until

if TYPE_CHECKING:
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction
    from tests.gradient_server import GradientServer

IMPORTED = b'{"instruction": "Who?", "output": "Me"}\n'
ASKED: dict[str, Any] = {
    "template_text": "{question}",
    "server_url": "http://127.0.0.1:1/api",
    "model_id": BASE,
    "model_name": "Test base",
}


def selected(app: AppTest, *rows: int) -> AppTest:
    """Corrections as a table, with these rows selected."""
    app.toggle(key="corrections_table").set_value(True).run()
    return select(app, *rows)


def taught(ledger: Ledger, question: str = QUESTION) -> Correction:
    """A correction that was taught, and whose version was proved."""
    correction = corrected(ledger, question)
    button(page("teach"), "Teach 1 correction")
    run = ledger.runs()[0]
    fine_tunes = services.fine_tunes()
    until(lambda: not fine_tunes.under_way(run.id) and not fine_tunes.looking_back(run.id))
    return correction


def untouched(_: Ledger, __: GradientServer) -> AppTest:
    return page("ask")


def conversation(ledger: Ledger, _: GradientServer) -> AppTest:
    asked(ledger, "One?")
    ledger.judge(asked(ledger, "Two?").id, Verdict.RIGHT)
    ledger.judge(str(corrected(ledger).exchange_id), Verdict.WRONG)
    failed = ledger.ask(NewExchange(question="Three?", prompt="Three?", **ASKED))
    ledger.failed(failed.id, "Out of order.")
    return page("ask")


def answering(ledger: Ledger, _: GradientServer) -> AppTest:
    asked(ledger)

    def script() -> None:
        from lib.ui import services  # noqa: PLC0415 - a script of its own
        from lib.ui.exchange import draw_answering  # noqa: PLC0415

        draw_answering(services.ledger().exchanges(1)[0], "", stop=print)

    app = AppTest.from_function(script)
    app.session_state["person_name"] = ""
    return app.run()


def many(ledger: Ledger, _: GradientServer) -> AppTest:
    listed = [NewListedQuestion(question=n, prompt=n, expected="Yes") for n in "abc"]
    made = ledger.make_list(NewQuestionList(name="many.csv", **ASKED), listed)
    missed, failed = ledger.take(made.id), ledger.take(made.id)
    assert missed
    assert failed
    ledger.answer_listed(missed, Answer(text="No"), ListedState.MISSED, 0.0)
    ledger.fail_listed(failed, "Out of order.")
    ledger.pause_list(made.id)
    ledger.prefer("ask_many_pasted", "Who?\nWhere?")
    app = page("ask_many")
    app.session_state[f"many_show_{made.id}"] = ListedState.MISSED.value
    return app.run()


def cards(ledger: Ledger, _: GradientServer) -> AppTest:
    correction = corrected(ledger)
    ledger.reword(correction.id, "Who won it?")
    app = page("corrections")
    app.session_state[f"reworded_{correction.id}"] = True
    return app.run()


def discarded(ledger: Ledger, _: GradientServer) -> AppTest:
    corrected(ledger)
    app = button(page("corrections"), "Discard")
    return app.radio(key="corrections_state").set_value(CorrectionState.DISCARDED).run()


def drafts(ledger: Ledger, _: GradientServer) -> AppTest:
    ledger.draft(asked(ledger).id, "The Dallas")
    return selected(page("corrections"), 0)


def reviewing(ledger: Ledger, _: GradientServer) -> AppTest:
    asked(ledger)
    return button(page("review"), "Wrong")


def reviewed(ledger: Ledger, _: GradientServer) -> AppTest:
    asked(ledger)
    return button(page("review"), "Skip")


def contradicted(ledger: Ledger, _: GradientServer) -> AppTest:
    ledger.judge(asked(ledger).id, Verdict.RIGHT)
    corrected(ledger)
    corrected(ledger, QUESTION, "The Dallas Stars")
    corrected(ledger, "How many legs has a spider?", WRONG)
    corrected(ledger, "How many legs has a beetle?", WRONG)
    return page("teach")


def held_otherwise(ledger: Ledger, server: GradientServer) -> AppTest:
    server.alike = (QUESTION, "Super Bowl in 1994?")
    taught(ledger, "Super Bowl in 1994?")
    corrected(ledger, QUESTION, "The Dallas Stars")
    return page("teach")


def learning(ledger: Ledger, server: GradientServer) -> AppTest:
    page("teach")  # which takes up what an earlier app left, and nothing that comes now
    run = NewRun(id="run", server_url=server.url, adapter_id="a", adapter_name="my-adapter")
    ledger.submit(run, [BatchSample(corrected(ledger).id, {})])
    return page("teach")


def live(ledger: Ledger, _: GradientServer) -> AppTest:
    correction = taught(ledger)
    app = page("teach")
    app.session_state[f"reworded_{correction.id}"] = True
    return app.run()


def held_back(ledger: Ledger, server: GradientServer) -> AppTest:
    server.leaks[QUESTION] = "The Dallas Stars"
    taught(ledger)
    run = ledger.runs()[0]
    services.connection().client().set_scope(run.adapter_id, 1, Scope.EVERYWHERE)
    services.connection().forget()
    return page("teach")


def telling(ledger: Ledger, _: GradientServer) -> AppTest:
    taught(ledger)
    return button(page("story"), "Make a link")


def voting(_: Ledger, server: GradientServer) -> AppTest:
    teach_versions(server, QUESTION, "The Dallas Cowboys")
    return compared(page("compare"), QUESTION)


def templates(ledger: Ledger, _: GradientServer) -> AppTest:
    page("templates")  # which keeps the first one
    ledger.save_template(DEFAULT_NAME, "Tell me: {question}")
    ledger.save_template("Other", "{question}")
    app = page("templates")
    return app.text_input(key="library_name").set_value("New").run()


def importing(_: Ledger, __: GradientServer) -> AppTest:
    app = page("import_export")
    app.file_uploader[0].upload("theirs.jsonl", IMPORTED, "application/jsonl")
    return app.run()


def imported(ledger: Ledger, server: GradientServer) -> AppTest:
    return button(importing(ledger, server), "Take it")


def models(ledger: Ledger, server: GradientServer) -> AppTest:
    taught(ledger)
    button(page("teach"), "Roll back")
    services.connection().connect(server.url, TOKEN, WORKSPACE)
    app = page("models")
    app.session_state[f"versions_{ledger.runs()[0].adapter_id}"] = True
    return app.run()
