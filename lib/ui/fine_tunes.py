"""Fine-tunes under way, each followed in a thread of its own, from submitting to proof.

The ledger knows a run before the server does, and every step after it. So a double click is one
run, a reload shows where it stands, and an app that starts again takes up what it left.
"""

from __future__ import annotations

import logging
import threading
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lib.gradient.errors import Closed, GradientError, NotFound, TimedOut, Unreachable
from lib.gradient.schemas import FineTune, FineTuned, Progress, RunState, Sample, Scope
from lib.ledger.errors import LedgerError, LedgerUnavailable, NotAllowed
from lib.ledger.errors import NotFound as NothingKept
from lib.ledger.records import NewRun, Run, RunProgress, RunResult
from lib.ledger.records import RunState as Kept
from lib.teaching.people import Role
from lib.ui.batch import samples_of, scope_of, settings_of
from lib.ui.candidates import Candidates
from lib.ui.connection import State
from lib.ui.model_picker import REMEMBERED
from lib.ui.person import own
from lib.ui.proofs import Proofs

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lib.gradient.client import Client
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction
    from lib.ui.connection import Connection

POLL_SECONDS = 0.5
DRAWING_SECONDS = 1.0
"""Left to the browser to draw a proof, before what can wait takes the processor again."""
LOST = (
    "The app stopped while the server was teaching, and this server cannot say what became of it."
    " The corrections are ready again: ask one of the questions, and teach again if the answer is"
    " still wrong."
)
ELSEWHERE = (
    "This run was sent to another server ({url}). The corrections are ready again: connect to that"
    " server to see whether it has learned them, or teach them here."
)

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class NewAdapter:
    """An adapter to make before teaching; None leaves a value to the server."""

    base_model_id: str
    name: str
    rank: int | None = None
    learning_rate: float | None = None


class Cancelled(Exception):
    """The person cancelled the run."""


class FineTunes:
    """Submits runs and sees them through. One for the whole app.

    Args:
        ledger: where runs are kept.
        connection: the server that teaches.
        pause: seconds before a run is taken up again that the ledger could not keep.
    """

    def __init__(self, ledger: Ledger, connection: Connection, *, pause: float = 5.0) -> None:
        self._ledger = ledger
        self._connection = connection
        self._pause = pause
        self._proofs = Proofs(ledger)
        self._candidates = Candidates(ledger, self._proofs)
        self._lock = threading.Lock()
        self._cancelled: set[str] = set()
        self._followed: set[str] = set()
        self._one_over = threading.Condition()
        self._looking_back: set[str] = set()

    def submit(
        self,
        run_id: str,
        adapter: str | NewAdapter,
        corrections: Sequence[Correction],
        *,
        estimate: Mapping[str, Any] | None = None,
        regardless: Mapping[str, Any] | None = None,
        scope: Scope = Scope.NEAR,
        by: str = "",
    ) -> Run:
        """Teach corrections, which must be ready. The same `run_id` again is the same run.

        What `withdrawn` names is withdrawn in the same run; the batch may be empty then.

        Args:
            run_id: made by the caller before the first try.
            adapter: the id of one, or what to make.
            corrections: the batch, in its order.
            estimate: what is expected of the run.
            regardless: why they are taught in spite of their conflicts.
            scope: where the version is to apply; it is taught accordingly.
            by: who teaches.

        Raises:
            GradientError: the adapter cannot be made or found; nothing was submitted.
            LedgerError: the corrections cannot be submitted.
            NotPermitted: it takes a teacher.
            BlankAnswer: a correction has no text.
        """
        self._ledger.people.permit(by, Role.TEACHER)
        with self._lock:
            kept = self._kept(run_id)
            if kept:
                return kept
            self._check(corrections)
            client = self._connection.client()
            batch = samples_of(corrections, ours=self._connection.info() is not None)
            adapter_id = adapter if isinstance(adapter, str) else _make(client, adapter)
            item = client.get_adapter(adapter_id)
            self._connection.forget()
            run = self._ledger.submit(
                NewRun(
                    id=run_id,
                    server_url=client.server.url,
                    adapter_id=adapter_id,
                    adapter_name=item.name,
                    parent_version=item.live_version,
                    settings=settings_of(self._ledger, self._connection, item, corrections, scope),
                    estimate=estimate,
                    regardless=regardless,
                    submitted_by=by,
                ),
                batch,
            )
        self._follow(run.id)
        return run

    def cancel(self, run_id: str, *, by: str = "") -> None:
        """Stop a run, if it is not over. The adapter stays as it was.

        Raises:
            GradientError: the server does not take it.
            NotPermitted: it takes a teacher.
        """
        self._ledger.people.permit(by, Role.TEACHER)
        self._cancelled.add(run_id)
        if self._ledger.run(run_id).state is not Kept.PREPARING:
            self._connection.client().cancel_run(run_id)

    def under_way(self, run_id: str) -> bool:
        """Whether a run is being taught or proved."""
        return run_id in self._followed

    def over_within(self, run_id: str, seconds: float) -> bool:
        """Whether a run is taught and proved by now, or so soon."""
        with self._one_over:
            return self._one_over.wait_for(lambda: not self.under_way(run_id), seconds)

    def looking_back(self, run_id: str) -> bool:
        """Whether a run is proved, but for what its rewordings were answered before."""
        return run_id in self._looking_back and not self.under_way(run_id)

    def prove(self, run_id: str, *, by: str = "") -> None:
        """Take the proof of a run that is done, once more or to its end.

        Raises:
            LedgerError: there is no such run, or its server is another one.
            NotPermitted: it takes a teacher.
        """
        self._ledger.people.permit(by, Role.TEACHER)
        run = self._ledger.run(run_id)
        if not self._connection.is_at(run.server_url):
            raise NotAllowed(
                f"This version is on another server ({run.server_url}). Connect to it on Models,"
                " then take the proof again."
            )
        taking = self._ledger.taking(run_id)
        self._ledger.decide(run_id, None)
        self._follow(run_id, again=True, taking=taking if run.decision is None else taking + 1)

    def proof_total(self, run_id: str) -> int | None:
        """How many questions the proof that is being taken has; None before that is known."""
        return self._proofs.total(run_id)

    def resume(self) -> None:
        """Take up what an earlier app left: runs that are not over, and proofs not taken."""
        for run in [*self._ledger.unfinished_runs(), *self._ledger.undecided_runs()]:
            self._follow(run.id, again=True)

    # --- in a run's thread ---------------------------------------------------------------

    def _follow(self, run_id: str, *, again: bool = False, taking: int = 0) -> None:
        with self._lock:
            if run_id in self._followed:
                return
            self._followed.add(run_id)
        threading.Thread(
            target=self._see_through, args=(run_id, again, taking), name="run", daemon=True
        ).start()

    def _see_through(self, run_id: str, again: bool, taking: int) -> None:  # noqa: FBT001 - a thread's argument
        self._looking_back.add(run_id)
        try:
            while not self._kept_to_its_end(run_id, again=again, taking=taking):
                time.sleep(self._pause)
                again = True
        finally:
            self._connection.forget()
            with self._one_over:
                self._followed.discard(run_id)
                self._one_over.notify_all()
        try:
            time.sleep(DRAWING_SECONDS)
            self._look_back(run_id)
        except GradientError as error:
            log.warning("What was answered before a run is not known: %s", error.message)
        except Exception:
            log.exception("What was answered before a run could not be kept")
        finally:
            self._looking_back.discard(run_id)

    def _look_back(self, run_id: str) -> None:
        run = self._ledger.run(run_id)
        if run.decision is not None and self._connection.is_at(run.server_url):
            self._candidates.look_back(
                self._connection.client(),
                run,
                self._connection.models(),
                versioned=self._connection.can("versions"),
                wait=self._wait_for_quiet,
            )

    def _wait_for_quiet(self) -> None:
        """Return when no run is taught or proved: each wants the whole processor."""
        with self._one_over:
            self._one_over.wait_for(lambda: not self._followed)

    def _kept_to_its_end(self, run_id: str, *, again: bool, taking: int) -> bool:
        """False if the ledger could not be used: a run is taken up again once that may be over."""
        try:
            self._to_its_end(run_id, again=again, taking=taking)
        except LedgerUnavailable:
            log.exception("A run could not be kept; it is taken up again in %.0f s", self._pause)
            return False
        except LedgerError:
            log.exception("A run could not be kept")
        return True

    def _to_its_end(self, run_id: str, *, again: bool, taking: int) -> None:
        try:
            self._teach_and_prove(run_id, again=again, taking=taking)
        except Cancelled:
            self._ledger.cancel(run_id)
        except Closed:
            log.info("The app was closed during a run, which the next one takes up")
        except GradientError as error:
            log.warning("A run failed: %s %s", error.message, error.detail)
            self._ledger.fail(run_id, f"{error.message} The corrections are ready again.")
        except LedgerError:
            raise
        except Exception:
            log.exception("A run failed")
            self._ledger.fail(
                run_id, "Something went wrong in the app; its log says what. Teach again."
            )

    def _teach_and_prove(self, run_id: str, *, again: bool, taking: int) -> None:
        run = self._ledger.run(run_id)
        client = self._client_of(run) if again else self._connection.client()
        if client is None:
            self._ledger.interrupt(run_id, ELSEWHERE.format(url=run.server_url))
            return
        if run.state is not Kept.DONE:
            if run.state is Kept.PREPARING:
                if not self._connection.can("versions"):
                    self._proofs.ask_before(client, run, self._connection.models())
            elif not self._connection.can("runs"):
                self._ledger.interrupt(run_id, LOST)
                return
            result = self._taught(client, run, again=again)
            run = self._ledger.finish(run_id, _result(result))
            if self._ledger.people.may(run.submitted_by, Role.TEACHER):  # still
                key = own(REMEMBERED, run.submitted_by)
                self._ledger.prefer(key, run.adapter_id, by=run.submitted_by)
            self._connection.forget()
        self._candidates.prove(
            client,
            run,
            self._connection.models(),
            versioned=self._connection.can("versions"),
            taking=taking or max(self._ledger.taking(run_id), 1),
        )

    def _client_of(self, run: Run) -> Client | None:
        """The client, once the server is ready; None if it is not the run's server."""
        while self._connection.status().state is not State.READY:
            time.sleep(POLL_SECONDS)
        return self._connection.client() if self._connection.is_at(run.server_url) else None

    def _taught(self, client: Client, run: Run, *, again: bool) -> FineTuned:
        if run.id in self._cancelled:
            raise Cancelled
        if again and run.state is not Kept.PREPARING:
            try:
                return self._polled(client, run)
            except NotFound:
                log.info("The server does not know the run; it is sent again under the same id")
        samples = [
            Sample.model_validate(sent.sample, strict=False)
            for _, sent in self._ledger.batch(run.id)
        ]
        ours = self._connection.can("runs")
        settings = {**run.settings, "scope": scope_of(run)}
        body = FineTune(samples=samples, run_id=run.id if ours else None, **settings)
        self._ledger.progress(run.id, RunProgress(stage="sent"))
        try:
            for event in client.fine_tune_progress(run.adapter_id, body):
                if isinstance(event, FineTuned):
                    return event
                self._keep(run, event)
        except (Unreachable, TimedOut):
            if not ours:
                raise
            return self._polled(client, run)
        except GradientError:
            if ours and client.run(run.id).state is RunState.CANCELLED:
                raise Cancelled from None
            raise
        raise Unreachable("The server ended the run without a result. Teach again.")

    def _polled(self, client: Client, run: Run) -> FineTuned:
        """Ask how the run stands until it is over."""
        while True:
            status = client.run(run.id)
            if status.state is RunState.DONE and status.result:
                return status.result
            if status.state is RunState.CANCELLED:
                raise Cancelled
            if status.state is RunState.FAILED:
                why = status.error.message if status.error else "The run failed on the server."
                raise GradientError(why)
            if status.progress:
                self._keep(run, status.progress)
            time.sleep(POLL_SECONDS)

    def _keep(self, run: Run, progress: Progress) -> None:
        self._ledger.progress(
            run.id,
            RunProgress(
                stage=progress.state,
                step=progress.step,
                samples=progress.samples,
                learned=progress.learned,
                loss=progress.loss,
                seconds=progress.seconds,
            ),
        )

    def _kept(self, run_id: str) -> Run | None:
        try:
            return self._ledger.run(run_id)
        except NothingKept:
            return None

    def _check(self, corrections: Sequence[Correction]) -> None:
        """Before anything is made: nobody has taught or changed these meanwhile."""
        if any(self._ledger.correction(seen.id).revision != seen.revision for seen in corrections):
            raise NotAllowed(
                "A correction was changed or taught in another window. Nothing was sent; look at"
                " the batch again."
            )


def _make(client: Client, adapter: NewAdapter) -> str:
    return client.create_adapter(
        adapter.base_model_id, adapter.name, adapter.rank, adapter.learning_rate
    )


def _result(said: FineTuned) -> RunResult:
    return RunResult(
        trainable_tokens=said.number_of_trainable_tokens,
        sum_loss=said.sum_loss,
        final_loss=said.final_loss,
        version=said.version,
        seconds=said.seconds,
        not_learned=tuple(said.not_learned or ()),
    )
