"""Candidates: a new version answers nobody until its proof passes, or somebody says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lib.gradient.schemas import Scope
from lib.teaching.decision import Decision, decide
from lib.ui.thresholds import thresholds

if TYPE_CHECKING:
    from collections.abc import Callable

    from lib.gradient.client import Client
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Run
    from lib.ui.models import Models
    from lib.ui.proofs import Proofs

GONE = "This version is not on the server any more, so it cannot be asked."


class Candidates:
    """Proves the versions that runs make, and decides whether they go live.

    Args:
        ledger: where proofs and decisions are kept.
        proofs: takes them.
    """

    def __init__(self, ledger: Ledger, proofs: Proofs) -> None:
        self._ledger = ledger
        self._proofs = proofs

    def prove(
        self, client: Client, run: Run, models: Models, *, versioned: bool, taking: int
    ) -> None:
        """Take a run's proof, or go on with it, and do what it says. Safe to repeat.

        A version that passes goes live if it has never been, and if nothing else went live since
        its run began: what somebody chose meanwhile is not undone.

        Args:
            client: of the run's server.
            run: one that is done.
            models: of the run's server.
            versioned: whether the server has versions.
            taking: which taking of the proof this is, from 1.

        Raises:
            GradientError: the server does not answer; the proof can be gone on with.
        """
        versions = client.versions(run.adapter_id) if versioned else []
        number = run.result.version if run.result else None
        version = next((one for one in versions if one.number == number), None)
        if versioned and version is None:
            self._ledger.decide(run.id, Decision((GONE,)))
            return
        self._proofs.take(client, run, models, versions, taking)
        found = [(item.kind, item.outcome) for item in self._ledger.proof(run.id, taking=taking)]
        narrow = version is not None and version.scope is Scope.NEAR
        decision = decide(found, thresholds(self._ledger), narrow=narrow)
        if decision.passes and version and version.candidate:
            live = next((one.number for one in versions if one.live), 0)
            if live == run.parent_version:
                client.make_live(run.adapter_id, version.number)
        self._ledger.decide(run.id, decision)

    def look_back(
        self,
        client: Client,
        run: Run,
        models: Models,
        *,
        versioned: bool,
        wait: Callable[[], None],
    ) -> None:
        """Complete a proof that was decided by; see `Proofs.look_back`.

        Raises:
            GradientError: the server does not answer.
        """
        versions = client.versions(run.adapter_id) if versioned else []
        number = self._ledger.taking(run.id)
        self._proofs.look_back(client, run, models, versions, number, wait=wait)
