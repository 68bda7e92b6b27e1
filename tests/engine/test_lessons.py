from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lib.engine.lessons import forgets, rendered, union
from lib.engine.wording import ChatTemplate
from lib.gradient.schemas import Sample

if TYPE_CHECKING:
    from lib.engine.training.job import TrainSample

TEMPLATE = ChatTemplate(before="<user>", after="</user><model>", end="</model>")


def sample(inputs: Any, **more: Any) -> Sample:
    return Sample.model_validate({"inputs": inputs, **more})


def render(one: Sample) -> TrainSample:
    return rendered(one, "0", TEMPLATE, counted=True)


def test_a_text_is_trained_as_it_stands() -> None:
    assert render(sample("text")).segments == [("text", True, True)]


def test_segments_are_trained_where_they_are_trainable() -> None:
    pieces = render(
        sample(
            [
                {"value": "context", "trainable": False, "parseSpecialTokens": False},
                {"value": "default"},
                {"value": "said", "trainable": True, "parseSpecialTokens": True},
            ]
        )
    ).segments
    assert pieces == [("context", False, False), ("default", True, True), ("said", True, True)]


def test_in_the_template_the_context_is_the_users_and_the_answer_is_closed() -> None:
    one = sample(
        [{"value": "Who?", "trainable": False}, {"value": "The Cowboys"}], autoTemplate=True
    )
    assert render(one).segments == [
        ("<user>", False, True),
        ("Who?", False, True),
        ("</user><model>", False, True),
        ("The Cowboys", True, True),
        ("</model>", True, True),
    ]


def test_the_prompt_that_is_taught_is_the_prompt_that_is_asked() -> None:
    one = sample([{"value": "Who?", "trainable": False}, {"value": "x"}], autoTemplate=True)
    context = "".join(piece.text for piece in render(one).segments if not piece.trainable)
    assert context == TEMPLATE.ask("Who?")


def test_a_model_without_a_template_is_taught_without_one() -> None:
    one = sample([{"value": "Who?", "trainable": False}, {"value": "x"}], autoTemplate=True)
    pieces = rendered(one, "0", ChatTemplate(), counted=True).segments
    assert [piece.text for piece in pieces] == ["Who?", "x"]


@pytest.mark.parametrize(
    ("given", "weight"), [({"multiplier": 2.5}, 2.5), ({"multiplier": None}, 1.0), (None, 1.0)]
)
def test_a_multiplier_weighs(given: Any, weight: float) -> None:
    assert render(sample("x", fineTuningParameters=given)).multiplier == weight


def test_the_same_id_or_else_the_same_inputs_are_replaced() -> None:
    held = [sample("a", id="1"), sample("b", id="2"), sample("c"), sample("d")]
    new = [sample("a, again", id="1"), sample("c", id="3"), sample("e")]
    assert [one.inputs for one in union(held, new)] == ["b", "d", "a, again", "c", "e"]


def test_what_is_withdrawn_is_not_held_any_more() -> None:
    held = [sample("a", id="1"), sample("b", id="2"), sample("c")]
    assert [one.inputs for one in union(held, [], ["2", "unknown"])] == ["a", "c"]


@pytest.mark.parametrize(
    ("new", "withdrawn", "expected"),
    [
        ([], [], False),
        ([], ["unknown"], False),
        ([], ["1"], True),
        (["Who?"], ["1"], False),
        (["Why?"], ["1"], True),
    ],
)
def test_only_what_is_taken_back_without_another_answer_is_to_be_unlearned(
    new: list[str], withdrawn: list[str], *, expected: bool
) -> None:
    held = [sample("Who? Ann.", id="1", question="Who?"), sample("How? So.", id="2")]
    batch = [sample(f"{asked} Bob.", id="3", question=asked) for asked in new]
    assert forgets(held, batch, withdrawn) is expected


def test_one_call_may_send_a_text_twice_but_an_id_only_once() -> None:
    twice = [sample("a"), sample("a")]
    assert union([], twice) == twice
    assert union([], [sample("a", id="1"), sample("b", id="1")]) == [sample("b", id="1")]


SAMPLES = st.lists(
    st.builds(sample, st.sampled_from("abcde"), id=st.none() | st.sampled_from(["1", "2", "3"])),
    max_size=8,
)


@given(held=SAMPLES, new=SAMPLES)
def test_teaching_the_same_again_changes_nothing(held: list[Sample], new: list[Sample]) -> None:
    once = union(held, new)
    again = union(once, new)
    assert sorted(map(repr, once)) == sorted(map(repr, again))
