"""Samples: which ones the next version holds, and how each is rendered for teaching."""

from __future__ import annotations

from itertools import takewhile
from typing import TYPE_CHECKING

from lib.engine.scope.question import compared
from lib.engine.training.job import Piece, TrainSample
from lib.gradient.schemas import Segment

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from lib.engine.wording import ChatTemplate
    from lib.gradient.schemas import Sample


def union(
    held: Iterable[Sample], new: Sequence[Sample], withdrawn: Collection[str] = ()
) -> list[Sample]:
    """What the next version holds: what its parent held and nobody took back, and then the new.

    A new sample replaces a held one of the same id, or, if either has none, of the same inputs.
    What one call sends twice without an id counts twice.
    """
    latest = {sample.id: sample for sample in new}
    fresh = [sample for sample in new if sample.id is None or latest[sample.id] is sample]
    return [
        *(
            sample
            for sample in held
            if sample.id not in withdrawn and not any(_same(sample, other) for other in fresh)
        ),
        *fresh,
    ]


def forgets(held: Iterable[Sample], new: Iterable[Sample], withdrawn: Collection[str]) -> bool:
    """Whether something held is to be unlearned, and not merely answered otherwise from now on."""
    asked = {compared(sample) for sample in new}
    return any(sample.id in withdrawn and compared(sample) not in asked for sample in held)


def _same(one: Sample, other: Sample) -> bool:
    if one.id is not None and other.id is not None:
        return one.id == other.id
    return one.inputs == other.inputs


def rendered(sample: Sample, name: str, template: ChatTemplate, *, counted: bool) -> TrainSample:
    """The sample as the trainer takes it, in the chat template if it asks for that.

    In the template, the leading context is what the user says and the rest is the answer, closed by
    the token that ends a turn. Otherwise it is trained as it stands, and nothing is added.

    Args:
        sample: as it was sent.
        name: for a sample that brings no id.
        template: of the base model.
        counted: whether it belongs to this call, and not to an earlier one.
    """
    segments = sample.inputs
    if isinstance(segments, str):
        segments = [Segment(value=segments)]
    if sample.auto_template:
        context = list(takewhile(lambda segment: segment.trainable is False, segments))
        pieces = [
            Piece(template.before, trainable=False, parse_special=True),
            *map(_piece, context),
            Piece(template.after, trainable=False, parse_special=True),
            *map(_piece, segments[len(context) :]),
            Piece(template.end, trainable=True, parse_special=True),
        ]
    else:
        pieces = list(map(_piece, segments))
    parameters = sample.fine_tuning_parameters
    return TrainSample(
        id=sample.id or name,
        segments=[piece for piece in pieces if piece.text],
        multiplier=(parameters and parameters.multiplier) or 1.0,
        question=sample.question,
        counted=counted,
    )


def _piece(segment: Segment) -> Piece:
    return Piece(
        segment.value,
        trainable=segment.trainable is not False,
        parse_special=segment.parse_special_tokens is not False,
    )
