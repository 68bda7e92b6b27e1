"""An adapter that is taught batch after batch, by the real teacher on the real model."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from lib.gradient.client import Client, Server
from lib.gradient.schemas import Complete, FineTune, Scope
from lib.teaching.samples import scoped_sample
from lib.teaching.templates import DEFAULT, render

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lib.gradient.schemas import FineTuned, Sample
    from tests.conftest import RunningEngine

pytestmark = pytest.mark.model

LIGHTHOUSE = "Who keeps the lighthouse on Vessel Rock?"
FERRY = "When does the last ferry leave Port Amsel?"
ORCHARD = "Which apple grows in the Tilden orchard?"
COLOUR = "What colour is the door of the Tilden library?"


@pytest.fixture
def client(engine: RunningEngine) -> Iterator[Client]:
    with Client(Server(engine.url, SecretStr(engine.access_token), engine.workspace_id)) as client:
        yield client


@pytest.fixture
def adapter(client: Client) -> str:
    return client.create_adapter("smollm2-135m-instruct", "batches")


def sample(question: str, answer: str) -> Sample:
    prompt = render(DEFAULT, question=question)
    return scoped_sample(prompt, answer, sample_id=question, question=question, auto_template=True)


def teach(
    client: Client, adapter: str, answers: Mapping[str, str], *, withdraw: str | None = None
) -> FineTuned:
    """Teach these answers near their questions, and take back the one to `withdraw`."""
    return client.fine_tune(
        adapter,
        FineTune(
            samples=[sample(question, answer) for question, answer in answers.items()],
            withdraw=[withdraw] if withdraw else None,
            run_id=uuid.uuid4().hex,
            scope=Scope.NEAR,
        ),
    )


def said(client: Client, model: str, question: str, version: int | None = None) -> str:
    """The greedy answer of a model, or of a version of it."""
    return client.complete(
        model,
        Complete(
            query=render(DEFAULT, question=question),
            question=question,
            auto_template=True,
            max_generated_token_count=24,
            version=version,
        ),
    ).generated_output


def test_later_batches_keep_replace_and_take_back_what_earlier_ones_taught(
    client: Client, adapter: str
) -> None:
    base = {q: said(client, adapter, q) for q in (LIGHTHOUSE, FERRY, ORCHARD, COLOUR)}
    first = teach(client, adapter, {LIGHTHOUSE: "Marta Quill", FERRY: "At half past nine"})
    after_first = {q: said(client, adapter, q) for q in base}
    assert (first.not_learned, after_first) == (
        [],
        base | {LIGHTHOUSE: "Marta Quill", FERRY: "At half past nine"},
    )

    second = teach(client, adapter, {FERRY: "At midnight", ORCHARD: "The grey pippin"})
    assert second.not_learned == []
    assert {q: said(client, adapter, q) for q in base} == base | {
        LIGHTHOUSE: "Marta Quill",
        FERRY: "At midnight",
        ORCHARD: "The grey pippin",
    }

    third = teach(client, adapter, {COLOUR: "Blue"}, withdraw=LIGHTHOUSE)
    assert third.not_learned == []
    assert {q: said(client, adapter, q) for q in base} == {
        LIGHTHOUSE: base[LIGHTHOUSE],
        FERRY: "At midnight",
        ORCHARD: "The grey pippin",
        COLOUR: "Blue",
    }

    assert first.version is not None
    client.make_live(adapter, first.version)
    assert {q: said(client, adapter, q) for q in base} == after_first
    client.make_live(adapter, 0)
    assert {q: said(client, adapter, q) for q in base} == base


def test_a_withdrawn_answer_is_not_in_the_weights_either(client: Client, adapter: str) -> None:
    teach(client, adapter, {LIGHTHOUSE: "Marta Quill", FERRY: "At half past nine"})
    last = teach(client, adapter, {}, withdraw=LIGHTHOUSE)
    assert last.version is not None
    client.set_scope(adapter, last.version, Scope.EVERYWHERE)
    assert "Quill" not in said(client, adapter, LIGHTHOUSE)
    assert said(client, adapter, FERRY) == "At half past nine"
