# %% [markdown]
# # The loop, from Python
#
# Ask, correct, teach and prove with the functions that the app itself uses. Open this file as a
# notebook in an editor that knows `# %%` cells, or run it whole: `python -m tests.examples.loop`.
#
# It needs a Gradient server, named by `GRADIENT_API_URL`, `GRADIENT_ACCESS_TOKEN` and
# `GRADIENT_WORKSPACE_ID`. `python -m lib.engine serve --show-token` starts one on this machine and
# prints all three. What is asked and taught is kept in `ERRATA_HOME`, beside what the app keeps.

# %%
import time
import uuid
from dataclasses import asdict

from lib.ledger.ledger import Ledger
from lib.ledger.list_records import ListedState, NewListedQuestion, NewQuestionList
from lib.settings import Settings
from lib.teaching.exchange_formats import Format, write
from lib.teaching.proof import summary
from lib.teaching.question_lists import guess, questions
from lib.teaching.tables import read_lines
from lib.teaching.templates import DEFAULT
from lib.ui.adapter_files import adapter_files
from lib.ui.connection import Connection
from lib.ui.exporting import corrections
from lib.ui.fine_tunes import FineTunes, NewAdapter
from lib.ui.question_lists import QuestionLists

settings = Settings()
ledger = Ledger(settings.database_url)
connection = Connection(settings)
client = connection.client()
base = connection.models().base[0]

# %% [markdown]
# ## Ask
#
# Questions with the answers that we expect, as they are copied from a spreadsheet. Each becomes an
# exchange in the ledger before it is sent; a program that dies goes on where it was.

# %%
table = read_lines(
    "What NFL team won the Super Bowl in 1994?\tThe Dallas Cowboys\n"
    "Who keeps the lighthouse of Skerrivore?\tOld Morag"
)
asked = ledger.make_list(
    NewQuestionList(
        name="From Python",
        template_text=DEFAULT,
        server_url=client.server.url,
        model_id=base.id,
        model_name=base.name or base.slug,
    ),
    [
        NewListedQuestion(**asdict(question))
        for question in questions(table, guess(table.columns), DEFAULT)
    ],
)
lists = QuestionLists(ledger, connection)
lists.carry_on()
while lists.under_way:
    time.sleep(0.2)
answers = {row.question: row.answer for row in ledger.listed(asked.id)}

# %% [markdown]
# ## Correct
#
# What was missed becomes a correction, with the expected answer as the right one. A single one is
# corrected with `ledger.judge`, `ledger.draft` and `ledger.ready`.

# %%
ledger.correct_listed(asked.id, ready=True)
missed = [
    ledger.corrections(exchange_ids=[row.exchange_id])[0]
    for row in ledger.listed(asked.id, {ListedState.MISSED, ListedState.PARTLY})
    if row.exchange_id
]
[(correction.question, correction.right_answer) for correction in missed]

# %% [markdown]
# ## Teach and prove
#
# One fine-tune. Its id is made here, so that sending it twice would be one run. The proof follows
# by itself: every correction, rewordings, guards and general questions are asked again.

# %%
fine_tunes = FineTunes(ledger, connection)
run = fine_tunes.submit(uuid.uuid4().hex, NewAdapter(base.id, "from-python"), missed)
while fine_tunes.under_way(run.id):
    time.sleep(0.2)
run = ledger.run(run.id)
proof = ledger.proof(run.id)
summary([(item.kind, item.outcome) for item in proof])

# %% [markdown]
# ## Take it along
#
# The corrections for another tool, and the adapter itself as a PEFT folder with its model card.

# %%
chat = write(corrections(ledger), Format.OPENAI)
adapter = client.get_adapter(run.adapter_id)
version = client.versions(run.adapter_id)[-1]
taken_along = adapter_files(client, ledger, adapter, version, base.name or base.slug)

connection.close()
ledger.close()
