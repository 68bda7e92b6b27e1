"""A batch as it is sent: a sample for each correction, and what goes beside them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lib.gradient.schemas import Scope
from lib.ledger.records import BatchSample, CorrectionState
from lib.teaching.samples import plain_sample, scoped_sample

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lib.gradient.schemas import AdapterItem, Sample
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Run
    from lib.ui.connection import Connection


def sample_of(correction: Correction, *, ours: bool) -> Sample:
    """What is sent for a correction: to Errata's engine, or to a plain Gradient server.

    Raises:
        BlankAnswer: there is nothing to teach.
    """
    if not ours:
        return plain_sample(correction.prompt, correction.right_answer)
    return scoped_sample(
        correction.prompt,
        correction.right_answer,
        sample_id=correction.id,
        question=correction.question,
        auto_template=correction.auto_template,
    )


def samples_of(corrections: Sequence[Correction], *, ours: bool) -> list[BatchSample]:
    """What is sent for each correction of a batch.

    Raises:
        BlankAnswer: for one of them, there is nothing to teach.
    """
    return [
        BatchSample(correction.id, sample_of(correction, ours=ours).wire())
        for correction in corrections
    ]


def settings_of(
    ledger: Ledger,
    connection: Connection,
    adapter: AdapterItem,
    corrections: Sequence[Correction],
    scope: Scope,
) -> dict[str, Any]:
    """What is sent beside the samples, to a server that understands it.

    Raises:
        GradientError: the server does not say what it understands.
    """
    settings: dict[str, Any] = {}
    if connection.can("scope"):
        settings["scope"] = scope.value
    if connection.can("versions"):
        settings["go_live"] = False
        settings["withdraw"] = [gone.id for gone in withdrawn(held(ledger, adapter), corrections)]
        # What did not pass is not tried again in exactly the same way.
        settings["seed"] = sum(
            run.decision is not None and not run.decision.passes
            for run in ledger.runs(adapter_id=adapter.id)
        )
    return settings


def scope_of(run: Run) -> Scope | None:
    """What a run is taught for; None where its server has no scope."""
    scope = run.settings.get("scope")
    return Scope(scope) if scope else None


def withdrawn(
    holds: Sequence[Correction], corrections: Sequence[Correction] = ()
) -> list[Correction]:
    """Those of what a version holds that the next one must not.

    They were put aside since, or one of the batch says something else to their prompt.
    """
    batch = {correction.id for correction in corrections}
    prompts = {correction.prompt for correction in corrections}
    return [
        correction
        for correction in holds
        if correction.id not in batch
        and (correction.state is CorrectionState.DISCARDED or correction.prompt in prompts)
    ]


def held(ledger: Ledger, adapter: AdapterItem | None) -> list[Correction]:
    """Corrections that an adapter's live version holds, oldest first; None is still to be made."""
    if adapter is None or not adapter.live_version:
        return []
    runs = ledger.runs(adapter_id=adapter.id)
    made = (run for run in runs if run.result and run.result.version == adapter.live_version)
    run = next(made, None)
    return [correction for correction, _ in (ledger.held(run.id) if run else [])]


def withdrawals_wait(ledger: Ledger, connection: Connection) -> bool:
    """Whether a version that is live holds what was put aside since.

    Raises:
        GradientError: the server does not say what it has.
    """
    return any(withdrawn(held(ledger, adapter)) for adapter in connection.models().adapters)
