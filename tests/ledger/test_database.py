"""What holds below the ledger's parts: migrations, several writers, failures, any text."""

from __future__ import annotations

import logging
import os
import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.dialects import postgresql

from lib.ledger.errors import LedgerError, LedgerUnavailable
from lib.ledger.ledger import Ledger
from lib.ledger.migrations import HEAD
from lib.ledger.migrations.upgrade import configuration, upgrade
from lib.ledger.records import Answer, CorrectionState, Verdict
from lib.ledger.tables import OPEN, Base
from lib.teaching.decision import Decision

if TYPE_CHECKING:
    from .conftest import Ask

LEDGERS = Path(__file__).parent / "ledgers"
ROOT = Path(__file__).parents[2]


def file_of(url: str) -> Path:
    return Path(url.removeprefix("sqlite:///"))


# --- migrations -----------------------------------------------------------------------------


def stepped(url: str, to: str = "head") -> sa.Engine:
    """A ledger brought to a step by the migrations alone."""
    file_of(url).parent.mkdir(exist_ok=True)
    engine = sa.create_engine(url)
    with engine.begin() as connection:
        upgrade(connection, to)
    return engine


def made(engine: sa.Engine) -> dict[str, Any]:
    """What tables, columns, keys and indices there are, in no order.

    Foreign keys go without their names: SQLite forgets one where a table is made anew.
    """
    look = sa.inspect(engine)
    looks = (look.get_columns, look.get_unique_constraints, look.get_indexes)
    return {
        table: (
            look.get_pk_constraint(table),
            *(sorted(_said(part) for part in of(table)) for of in looks),
            sorted(_said({**key, "name": None}) for key in look.get_foreign_keys(table)),
        )
        for table in look.get_table_names()
    }


def _said(part: Any) -> str:
    conditions = {name: str(given) for name, given in part.get("dialect_options", {}).items()}
    return str({**part, "type": str(part.get("type")), "dialect_options": conditions})


def test_migrations_make_exactly_the_tables_of_the_models(url: str) -> None:
    engine = stepped(url)
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, Base.metadata) == []
    engine.dispose()


def test_a_new_ledger_is_made_as_the_steps_make_it(url: str, tmp_path: Path) -> None:
    Ledger(url).close()
    new, old = sa.create_engine(url), stepped(f"sqlite:///{tmp_path}/old/errata.sqlite")
    assert made(new) == made(old)
    new.dispose()
    old.dispose()


def test_postgresql_has_the_same_partial_indices() -> None:
    said: list[str] = []
    dialect = postgresql.dialect()  # type: ignore[no-untyped-call]  # it is a class without types
    server = sa.create_mock_engine(
        "postgresql://", lambda ddl, *_, **__: said.append(str(ddl.compile(dialect=dialect)))
    )
    Base.metadata.create_all(server, checkfirst=False)
    partial = [" ".join(ddl.split()) for ddl in said if " WHERE " in ddl]
    assert sorted(partial) == [
        "CREATE INDEX ix_exchanges_asking ON exchanges (id) WHERE state = 'asking'",
        f"CREATE UNIQUE INDEX uq_corrections_open ON corrections (exchange_id) WHERE {OPEN}",
    ]


def test_the_newest_step_is_known_without_alembic() -> None:
    assert ScriptDirectory.from_config(configuration()).get_current_head() == HEAD


def test_an_up_to_date_ledger_opens_without_importing_alembic(url: str, ledger: Ledger) -> None:
    ledger.prefer("here", value=True)
    script = "import sys; from lib.ledger.ledger import Ledger; "
    script += "assert Ledger(sys.argv[1]).preference('here'); assert 'alembic' not in sys.modules"
    subprocess.run([sys.executable, "-c", script, url], check=True, cwd=ROOT)


@pytest.mark.parametrize("dump", sorted(LEDGERS.glob("*.sql")), ids=lambda dump: dump.stem)
def test_a_ledger_of_every_earlier_version_opens_with_all_that_is_in_it(
    url: str, dump: Path
) -> None:
    file_of(url).parent.mkdir()
    with closing(sqlite3.connect(file_of(url))) as old:
        old.executescript(dump.read_text(encoding="utf-8"))

    ledger = Ledger(url)
    exchange = ledger.exchanges()[-1]
    assert exchange.question == "What NFL team won the Super Bowl in 1994?"
    assert (exchange.answer, exchange.verdict) == ("The Patriots\0", Verdict.WRONG)
    (correction,) = ledger.corrections(CorrectionState.TAUGHT)
    assert correction.right_answer == "The Dallas Cowboys"
    assert [event.to_state for event in ledger.history(correction.id)][-1] == "taught"
    (run,) = ledger.runs()
    assert run.result is not None
    assert (run.result.version, run.losses) == (1, (3.5, 0.25))
    assert (run.decision, ledger.undecided_runs()) == (Decision(()), [])
    (item,) = ledger.proof(run.id)
    assert (item.after, item.by_scope) == ("The Dallas Cowboys", False)
    assert ledger.preference("model") == "adapter"
    assert [template.version for template in ledger.templates()] == [2]
    ledger.close()


def test_every_step_leads_from_an_empty_ledger_to_todays(url: str) -> None:
    steps = [
        step.revision for step in ScriptDirectory.from_config(configuration()).walk_revisions()
    ]
    for step in reversed(steps):
        stepped(url, step).dispose()
        ledger = Ledger(url)
        assert ledger.exchanges() == []
        ledger.close()


def test_a_ledger_of_a_newer_version_is_left_as_it_is(url: str, ledger: Ledger) -> None:
    ledger.prefer("here", value=True)
    with closing(sqlite3.connect(file_of(url))) as newer:
        newer.execute("UPDATE alembic_version SET version_num = '9999'")
        newer.commit()
    with pytest.raises(LedgerUnavailable, match="newer version of Errata"):
        Ledger(url)


# --- several threads, several processes -----------------------------------------------------

WRITER = """
import sys
from lib.ledger.ledger import Ledger
from lib.ledger.records import Answer, NewExchange

ledger = Ledger(sys.argv[1])
for number in range(15):
    asked = ledger.ask(NewExchange(question=f"{sys.argv[2]} {number}", prompt="p", server_url="u",
                                   template_text="{question}", model_id="m", model_name="M"))
    ledger.answered(asked.id, Answer(text="yes"))
    ledger.ready(ledger.draft(asked.id, "no").id)
"""


def test_several_processes_open_a_new_ledger_at_once_and_all_write(url: str) -> None:
    writers = [
        subprocess.Popen(
            [sys.executable, "-c", WRITER, url, name], cwd=ROOT, stderr=subprocess.PIPE, text=True
        )
        for name in ("one", "two", "three")
    ]
    errors = [writer.communicate()[1] for writer in writers]
    assert errors == [""] * 3
    ledger = Ledger(url)
    assert len(ledger.exchanges(100)) == 45
    assert ledger.counts()[CorrectionState.READY] == 45
    ledger.close()


def test_several_threads_type_in_one_correction_and_none_is_lost(ledger: Ledger, ask: Ask) -> None:
    exchange = ask()
    with ThreadPoolExecutor(6) as threads:
        drafts = list(threads.map(lambda n: ledger.draft(exchange.id, f"{n}"), range(60)))
    assert len({draft.id for draft in drafts}) == 1
    assert sorted(draft.revision for draft in drafts) == list(range(1, 61))


def test_reading_goes_on_while_somebody_writes(url: str, ledger: Ledger, ask: Ask) -> None:
    ask()
    with closing(sqlite3.connect(file_of(url), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("DELETE FROM exchanges")
        assert len(ledger.exchanges()) == 1
        writer.execute("ROLLBACK")


def test_what_pages_ask_for_all_the_time_is_found_by_an_index(
    url: str, ledger: Ledger, ask: Ask
) -> None:
    exchange = ask()
    asked: list[tuple[str, Any]] = []

    def note(_connection: Any, _cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        asked.append((statement, parameters))

    sa.event.listen(ledger._database._engine, "before_cursor_execute", note)
    ledger.exchanges(50, before=exchange.id)
    ledger.judge(exchange.id, Verdict.RIGHT)
    correction = ledger.ready(ledger.draft(exchange.id, "text").id)
    ledger.corrections(CorrectionState.READY)
    ledger.corrections(exchange_ids=[exchange.id])
    ledger.counts()
    ledger.history(correction.id)
    ledger.unfinished_runs()
    ledger.undecided_runs()
    ledger.proof("run")
    ledger.taking("run")
    ledger.said("model", None, {exchange.prompt})
    ledger.passed_on(["adapter"], {exchange.prompt})
    ledger.recover()

    with closing(sqlite3.connect(file_of(url))) as reader:
        plans = [
            (step[3], statement)
            for statement, parameters in asked
            if statement.startswith("SELECT")
            for step in reader.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
        ]
    assert len(plans) > 10
    scans = [plan for plan in plans if plan[0].startswith("SCAN") and "INDEX" not in plan[0]]
    assert scans == []


# --- failures -------------------------------------------------------------------------------


def test_a_full_disk_is_said_so_and_nothing_is_half_kept(
    ledger: Ledger, ask: Ask, caplog: pytest.LogCaptureFixture
) -> None:
    exchange = ask()
    draft = ledger.draft(exchange.id, "kept")
    with ledger._database.reading() as session:
        session.execute(sa.text("PRAGMA max_page_count = 1"))  # as large as it is now
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(LedgerUnavailable, match=r"is full\. Nothing was changed"),
    ):
        ledger.draft(exchange.id, "typed " * 200_000)
    assert "full" in caplog.text
    assert "typed" not in caplog.text
    assert ledger.correction(draft.id) == draft


def test_a_ledger_locked_for_too_long_is_said_so(url: str, ask: Ask) -> None:
    exchange = ask()
    impatient = Ledger(f"{url}?timeout=0.05")
    with closing(sqlite3.connect(file_of(url), isolation_level=None)) as writer:
        writer.execute("BEGIN IMMEDIATE")
        with pytest.raises(LedgerUnavailable, match="try again in a moment"):
            impatient.draft(exchange.id, "text")
        writer.execute("ROLLBACK")
    assert impatient.draft(exchange.id, "text").right_answer == "text"
    impatient.close()


def test_a_damaged_ledger_is_left_as_it_is(url: str) -> None:
    file_of(url).parent.mkdir()
    file_of(url).write_bytes(b"not a ledger " * 1000)
    with pytest.raises(LedgerUnavailable, match="damaged and was left as it is"):
        Ledger(url)
    assert file_of(url).read_bytes() == b"not a ledger " * 1000


def test_a_home_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(LedgerUnavailable, match="check that it is there"):
        Ledger(f"sqlite:///{tmp_path / 'file' / 'ledger.db'}")


@pytest.mark.parametrize("url", ["nonsense", "oracle99://x/y", "mysql+nodriver://user:secret@h/d"])
def test_an_impossible_address_is_said_so_without_its_password(url: str) -> None:
    with pytest.raises(LedgerUnavailable, match="ERRATA_DATABASE_URL") as unavailable:
        Ledger(url)
    assert "secret" not in str(unavailable.value)


def test_the_home_is_made_for_its_owner_alone(url: str, ledger: Ledger) -> None:
    ledger.templates()
    assert file_of(url).parent.stat().st_mode & 0o077 == 0


@pytest.mark.skipif(os.name != "posix", reason="kills a process the POSIX way")
def test_a_killed_app_loses_nothing_that_was_kept(url: str) -> None:
    script = "import os, sys\nfrom lib.ledger.ledger import Ledger\nledger = Ledger(sys.argv[1])\n"
    script += "ledger.prefer('typed', 'every word')\nos.kill(os.getpid(), 9)"
    killed = subprocess.run([sys.executable, "-c", script, url], check=False, cwd=ROOT)
    assert killed.returncode == -9
    ledger = Ledger(url)
    assert ledger.preference("typed") == "every word"
    ledger.close()


def test_every_error_is_a_ledger_error() -> None:
    assert issubclass(LedgerUnavailable, LedgerError)


# --- any text -------------------------------------------------------------------------------

ANY_TEXT = st.text(st.characters(codec=None, categories=None))


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(text=ANY_TEXT)
def test_any_text_is_given_back_as_it_was(ledger: Ledger, ask: Ask, text: str) -> None:
    exchange = ask(text, variables={"more": text})
    answered = ledger.answered(exchange.id, Answer(text=text))
    assert (answered.question, answered.answer) == (text, text)
    again = ledger.exchange(exchange.id)
    assert (again.question, again.answer, again.variables) == (text, text, {"more": text})
    assert ledger.draft(exchange.id, text).right_answer == text


@pytest.mark.parametrize(
    "text",
    [
        "",
        "\0",
        "a\0b",
        "\ud800",
        "\U0010fffe",
        "\U0010fffe0\U0010fffe",
        "\U0010fffe\0",
        "🏈 \u202eright to left\u202c",
        "'; DROP TABLE exchanges; --",
        "x" * 100_000,
    ],
    ids=repr,
)
def test_awkward_texts_are_given_back_as_they_were(ledger: Ledger, ask: Ask, text: str) -> None:
    assert ledger.exchange(ask(text).id).question == text
    ledger.prefer("text", text)
    assert ledger.preference("text") == text
