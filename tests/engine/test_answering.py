from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest
import pytest_asyncio

from lib.engine import wording
from lib.engine.answering import ADAPTERS, Adapted, Answering
from lib.engine.errors import WeightsBroken
from lib.engine.loaded import Key
from lib.gradient.schemas import Complete
from tests.engine.conftest import digest, write_adapter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from lib.engine.weights import BaseModels

pytestmark = [pytest.mark.model, pytest.mark.asyncio(loop_scope="module")]

ASKED = Complete(query="The capital of France is", max_generated_token_count=8)
LONG = Complete(query="one two " * 300, max_generated_token_count=8)


@pytest.fixture(scope="module")
def pool() -> Iterator[ThreadPoolExecutor]:
    with ThreadPoolExecutor(32) as pool:
        yield pool


@pytest_asyncio.fixture(loop_scope="module")
async def answering(models: BaseModels, pool: ThreadPoolExecutor) -> AsyncIterator[Answering]:
    answering = Answering(models.default, pool)
    yield answering
    answering.close()


@pytest.fixture(scope="module")
def versions(tmp_path_factory: pytest.TempPathFactory) -> list[Adapted]:
    folder = tmp_path_factory.mktemp("versions")
    return [version(folder, number) for number in range(1, 5)]


def version(folder: Path, number: int) -> Adapted:
    path = folder / f"{number}.gguf"
    write_adapter(path, number)
    return Adapted(Key("mine", number), path, digest(path))


async def answer(
    answering: Answering, version: Adapted | None = None, asked: Complete = ASKED
) -> str:
    body = wording.request(asked, await answering.template())
    return "".join([piece.text async for piece in answering.answer(body, version)])


async def test_each_version_answers_in_its_own_way_and_the_base_in_its_own(
    answering: Answering, versions: list[Adapted]
) -> None:
    base = await answer(answering)
    told = [await answer(answering, version) for version in versions]
    assert len({base, *told}) == 1 + len(versions)
    assert base == await answer(answering)
    assert told == [await answer(answering, version) for version in versions]


async def test_answers_do_not_depend_on_what_else_is_loaded(
    answering: Answering, versions: list[Adapted], models: BaseModels, pool: ThreadPoolExecutor
) -> None:
    await answering.load(*versions)
    alone = Answering(models.default, pool)
    assert await answer(alone, versions[2]) == await answer(answering, versions[2])
    assert await answer(alone) == await answer(answering)
    alone.close()


async def test_swaps_under_load_drop_no_request_and_mix_no_versions(
    answering: Answering, versions: list[Adapted]
) -> None:
    known = {None: await answer(answering), versions[0]: await answer(answering, versions[0])}
    going = True

    async def ask(version: Adapted | None) -> int:
        asked = 0
        while going or not asked:
            assert await answer(answering, version) == known[version]
            asked += 1
        return asked

    clients = [asyncio.create_task(ask(version)) for version in (None, versions[0], versions[0])]
    for version in versions[1:]:
        await answering.load(version)
        await asyncio.sleep(0)
    going = False
    assert min(await asyncio.gather(*clients)) > 0


async def test_an_answer_that_began_before_a_swap_ends_as_it_would_have(
    answering: Answering, versions: list[Adapted]
) -> None:
    whole = await answer(answering, versions[0])
    body = wording.request(ASKED, await answering.template())
    stream = answering.answer(body, versions[0])
    begun = (await anext(stream)).text
    await answering.load(*versions)
    assert begun + "".join([piece.text async for piece in stream]) == whole


async def test_the_first_long_question_gets_room_and_no_other_answer_is_another(
    answering: Answering, versions: list[Adapted]
) -> None:
    known = [await answer(answering, version) for version in versions]
    long = await answer(answering, versions[0], LONG)
    assert [await answer(answering, version) for version in versions] == known
    await answering.load(versions[0])
    assert await answer(answering, versions[0], LONG) == long


async def test_long_and_short_questions_and_swaps_can_come_at_once(
    answering: Answering, tmp_path: Path
) -> None:
    fresh = [version(tmp_path, number) for number in range(1, 5)]
    asked = [(one, what) for one in (None, *fresh) for what in (ASKED, LONG)]
    # Beside others a long prompt is cut into other batches, which can change its rounding: so it
    # need not have the answer that is given alone.
    assert all(await asyncio.gather(*(answer(answering, one, what) for one, what in asked)))


async def test_leaving_an_answer_stops_it(answering: Answering) -> None:
    long = Complete(query="Once", max_generated_token_count=511, temperature=1.0, seed=1)
    body = wording.request(long, await answering.template()) | {"ignore_eos": True}
    for _ in range(3):
        stream = answering.answer(body, None)
        await anext(stream)
        await stream.aclose()
    assert await answer(answering)


async def test_a_broken_version_is_told_and_the_others_answer_on(
    answering: Answering, versions: list[Adapted], tmp_path: Path
) -> None:
    broken = version(tmp_path, 9)
    broken.gguf.write_bytes(broken.gguf.read_bytes()[:-1000])
    told = await answer(answering, versions[0])
    with pytest.raises(WeightsBroken, match="Version 9 of this adapter is broken"):
        await answer(answering, broken)
    assert await answer(answering, versions[0]) == told


async def test_a_loaded_version_whose_file_is_gone_does_not_hinder_the_next(
    answering: Answering, versions: list[Adapted], tmp_path: Path
) -> None:
    gone = version(tmp_path, 9)
    told = await answer(answering, gone)
    gone.gguf.unlink()
    assert await answer(answering, gone) == told
    assert await answer(answering, versions[0])


async def test_only_the_versions_used_last_stay_loaded(
    answering: Answering, tmp_path: Path
) -> None:
    many = [version(tmp_path, number) for number in range(1, ADAPTERS + 3)]
    first = await answer(answering, many[0])
    for number in range(0, len(many), 6):
        await answering.load(*many[number : number + 6])
    assert await answer(answering, many[0]) == first


async def test_a_base_model_cut_short_is_told(
    models: BaseModels, pool: ThreadPoolExecutor, tmp_path: Path
) -> None:
    cut = tmp_path / "cut.gguf"
    with models.default.path.open("rb") as whole:
        cut.write_bytes(whole.read(20_000_000))
    broken = Answering(models.default.model_copy(update={"path": cut}), pool)
    with pytest.raises(WeightsBroken, match=r"cut\.gguf cannot be loaded"):
        await broken.load()
    assert not broken.ready
