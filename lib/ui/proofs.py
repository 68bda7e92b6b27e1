"""Taking a proof: asking a version everything that should have changed, and what should not.

The answers from before come from the ledger where somebody has heard them. Where neither the new
version nor the one before it lets a correction reach a question, both give the base model's answer,
to the letter: that is kept as *same* without asking. What rewordings were answered before decides
nothing, and is asked last.

What should have changed is asked several at a time. What should not is compared to the letter, and
is asked alone, as it was before: a model's words can hang on what else is being answered.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import TYPE_CHECKING

from lib.teaching.proof import Kind
from lib.ui.proof_taking import Taking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from lib.gradient.client import Client
    from lib.gradient.schemas import Version
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import ProofItem, Run
    from lib.ui.models import Models
    from lib.ui.proof_questions import Name, ProofQuestion


AT_ONCE = 3
"""Questions that a server with versions is asked at a time; one of its places is left to people."""


class Proofs:
    """Takes proofs, and knows how far each is.

    Args:
        ledger: where answers and proofs are kept.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._totals: dict[str, int] = {}

    def total(self, run_id: str) -> int | None:
        """How many questions the proof that is being taken has; None before that is known."""
        return self._totals.get(run_id)

    def ask_before(self, client: Client, run: Run, models: Models) -> None:
        """Ask what cannot be asked any more once a server without versions has taught the run.

        Raises:
            GradientError: the server does not answer.
        """
        taking = Taking(self._ledger, client, run, models)
        for question in taking.questions:
            taking.before(question)

    def take(
        self, client: Client, run: Run, models: Models, versions: Sequence[Version], number: int
    ) -> None:
        """Ask what was not asked yet in this taking, and keep each outcome as it is found.

        Args:
            client: of the run's server.
            run: one that is done.
            models: of the run's server.
            versions: of the adapter; none on a server without versions.
            number: which taking of the proof this is, from 1.

        Raises:
            GradientError: the server does not answer; the rest can be asked later.
        """
        taking = Taking(self._ledger, client, run, models, versions, thorough=number > 1)
        self._totals[run.id] = len(taking.questions)
        done = {
            (item.kind, item.question, item.correction_id)
            for item in self._ledger.proof(run.id, taking=number)
        }
        left = [question for question in taking.questions if question.name not in done]
        others = [question for question in left if not question.kind.should_change]

        def keep(questions: Iterable[ProofQuestion], at_once: int = 1) -> None:
            with ThreadPoolExecutor(at_once, thread_name_prefix="proof") as asking:
                try:
                    for item in asking.map(taking.item, questions):
                        if item:
                            self._ledger.prove(run.id, [item], taking=number)
                finally:
                    asking.shutdown(cancel_futures=True)

        changing = [question for question in left if question.kind.should_change]
        taking.look(changing)
        keep(changing, AT_ONCE if versions else 1)
        taking.look(others)
        unmoved = taking.unmoved(others)
        self._ledger.prove(run.id, list(unmoved.values()), taking=number)
        keep(question for question in others if question.name not in unmoved)

    def look_back(
        self,
        client: Client,
        run: Run,
        models: Models,
        versions: Sequence[Version],
        number: int,
        *,
        wait: Callable[[], None],
    ) -> None:
        """Ask what the rewordings of a proof were answered before its run, where nobody knows.

        No outcome hangs on it, so a version need not wait for it: `wait` is called before each
        question, and returns when nothing more urgent goes on. The other arguments are as `take`
        has them.

        Raises:
            GradientError: the server does not answer; what is asked can be asked later.
        """
        found = self._ledger.proof(run.id, taking=number)
        unheard: dict[Name, ProofItem] = {
            (item.kind, item.question, item.correction_id): item
            for item in found
            if item.kind is Kind.REWORDING and not item.before
        }
        if not unheard:
            return
        taking = Taking(self._ledger, client, run, models, versions, thorough=number > 1)
        questions = [question for question in taking.questions if question.name in unheard]
        taking.look(questions)
        for question in questions:
            wait()
            was = taking.before(question)
            if was:
                item = replace(unheard[question.name], before=was)
                self._ledger.prove(run.id, [item], taking=number)
