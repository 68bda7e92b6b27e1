"""An adapter's version as somebody else can use it: a PEFT folder in a zip, with its model card."""

from __future__ import annotations

import io
import zipfile
from typing import TYPE_CHECKING

from lib.teaching.model_card import Card, model_card
from lib.teaching.samples import taught_answer

if TYPE_CHECKING:
    from lib.gradient.client import Client
    from lib.gradient.schemas import AdapterItem, Version
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Run


def adapter_files(
    client: Client, ledger: Ledger, adapter: AdapterItem, version: Version, base: str
) -> bytes:
    """The zip, with the card as `README.md`.

    Args:
        client: of a server that gives files.
        ledger: knows what the version was taught and how it was proved.
        adapter: whose version it is.
        version: the version.
        base: the name of the base model.

    Raises:
        GradientError: the server does not give them.
        LedgerError: what was taught cannot be read.
    """
    zipped = io.BytesIO(client.version_files(adapter.id, version.number))
    with zipfile.ZipFile(zipped, "a") as archive:
        archive.writestr("README.md", model_card(card_of(ledger, adapter, version, base)))
    return zipped.getvalue()


def card_of(ledger: Ledger, adapter: AdapterItem, version: Version, base: str) -> Card:
    """What is known of a version.

    Raises:
        LedgerError: what was taught cannot be read.
    """
    runs = ledger.runs(adapter_id=adapter.id)
    made = (run for run in runs if run.result and run.result.version == version.number)
    run = next(made, None)
    held = ledger.held(run.id) if run else []
    return Card(
        name=adapter.name,
        version=version.number,
        base=base,
        made=f"{version.created_time:%Y-%m-%d}",
        taught=[
            (correction.question, taught_answer(sent.sample, correction.prompt))
            for correction, sent in held
        ],
        proof=[(item.kind, item.outcome) for item in ledger.proof(run.id)] if run else [],
        facts=_facts(version, run),
    )


def _facts(version: Version, run: Run | None) -> dict[str, str]:
    facts = {
        "Samples it holds": str(version.samples),
        "Trainable tokens of its last batch": str(version.number_of_trainable_tokens),
        "Sum loss before teaching": f"{version.sum_loss:.4g}",
        "Loss at the end": "" if version.final_loss is None else f"{version.final_loss:.4g}",
        "Seconds of teaching": f"{version.seconds:.1f}",
        "Scope in Errata": version.scope.value,
        "Built on version": str(version.parent) if version.parent else "",
        "SHA-256 of its tensors": version.sha256,
        "Taught by": run.submitted_by if run else "",
    }
    return {name: value for name, value in facts.items() if value}
