"""What a run is expected to take, said before it; and what it took, beside that, after."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING

import streamlit as st

from lib.gradient.schemas import Scope
from lib.teaching.estimates import Estimate, Work, estimate
from lib.ui import services
from lib.ui.batch import sample_of
from lib.ui.figures import decimal, rough, seconds
from lib.ui.language import t, tn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lib.gradient.client import Client
    from lib.gradient.schemas import Sample
    from lib.ledger.ledger import Ledger
    from lib.ledger.records import Correction, Run
    from lib.ui.connection import Connection

CHARACTERS_A_TOKEN = 4
"""About, in English, where the server does not count tokens."""
_MINUTE, _LONG_MINUTE = 60, 90


def expected(
    corrections: Sequence[Correction],
    *,
    ledger: Ledger,
    connection: Connection,
    holds: int,
    base_id: str,
    scope: Scope = Scope.NEAR,
) -> Estimate:
    """What to expect of a batch, by what this server took for earlier ones.

    `holds` counts what the adapter's live version holds, `base_id` is its base model's, `scope` is
    where the new version is to apply. The first batch that a server teaches for everywhere is taken
    to be the one that reads neutral questions.

    Raises:
        GradientError: the server does not count.
    """
    samples = [sample_of(found, ours=connection.info() is not None) for found in corrections]
    past = [run for run in ledger.past_runs() if connection.is_at(run.server_url)]
    read = next((run for run in reversed(past) if run.scope == Scope.EVERYWHERE), None)
    history = [
        (
            Work(
                run.samples,
                run.trainable_tokens,
                run.held,
                everywhere=run.scope == Scope.EVERYWHERE,
                reads=run is read,
            ),
            run.seconds,
        )
        for run in past
    ]
    everywhere = scope is Scope.EVERYWHERE
    work = Work(
        len(samples),
        _trained(samples, base_id, connection),
        holds,
        everywhere=everywhere,
        reads=everywhere and read is None,
    )
    return estimate(work, history, services.settings().errata_price_per_million_tokens)


def draw_expected(what: Estimate) -> None:
    """Say it in one line."""
    parts = [
        tn("{number} sample", "{number} samples", what.samples),
        tn("about {number} token to learn", "about {number} tokens to learn", what.tokens),
        t("{range} expected", range=_range(what.low, what.high)),
    ]
    if what.price is not None:
        parts.append(t("price about {price}", price=rough(what.price)))
    st.caption(" · ".join(parts))


def draw_actual(run: Run) -> None:
    """Say what a run took beside what was expected of it."""
    if run.estimate is None or run.result is None or run.finished_at is None:
        return
    # A plain server does not say how long it took.
    taken = run.result.seconds or (run.finished_at - run.created_at).total_seconds()
    what = _estimate(run.estimate)
    parts = [
        t(
            "Took {actual}, expected {range}",
            actual=_time(taken),
            range=_range(what.low, what.high),
        )
    ]
    if what.price is not None:
        price = what.price * run.result.trainable_tokens / max(what.tokens, 1)
        parts.append(
            t(
                "price {price}, expected {expected}",
                price=rough(price),
                expected=rough(what.price),
            )
        )
    st.caption(" · ".join(parts))


def kept(what: Estimate) -> dict[str, object]:
    """As the ledger keeps it."""
    return asdict(what)


def _estimate(kept: Mapping[str, object]) -> Estimate:
    return Estimate(**kept)  # type: ignore[arg-type]  # as `kept` made it


def _range(low: float, high: float) -> str:
    if high < _LONG_MINUTE:
        return t("{low} to {high} s", low=decimal(low, 0), high=decimal(high, 0))
    return t("{low} to {high} min", low=decimal(low / _MINUTE, 1), high=decimal(high / _MINUTE, 1))


def _time(taken: float) -> str:
    if taken < _LONG_MINUTE:
        return seconds(taken)
    return t("{minutes} min", minutes=decimal(taken / _MINUTE, 1))


def _trained(samples: Sequence[Sample], base_id: str, connection: Connection) -> int:
    """Tokens that are trained: all of a plain sample, the answers of any other and their ends."""
    texts = tuple(
        sample.inputs
        if isinstance(sample.inputs, str)
        else "".join(piece.value for piece in sample.inputs if piece.trainable)
        for sample in samples
    )
    if texts and connection.can("tokens"):
        return counted(connection.client(), base_id, texts) + len(texts)
    return sum(len(text) // CHARACTERS_A_TOKEN + 1 for text in texts)


@st.cache_data(max_entries=20, show_spinner=False)
def counted(_client: Client, model_id: str, texts: tuple[str, ...]) -> int:
    """The tokens of texts, together."""
    return sum(_client.count_tokens(model_id, list(texts)))
