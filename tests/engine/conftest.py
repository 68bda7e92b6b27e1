"""An engine inside the test process: the real model, and a teacher that learns nothing."""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING

import gguf
import httpx
import numpy as np
import pytest
import pytest_asyncio
from pydantic import SecretStr

from lib.engine.credentials import Credentials
from lib.engine.engine import Engine
from lib.engine.scope.sentences import packaged_sentence_model
from lib.engine.service import service
from lib.engine.training.job import TrainingCancelled, TrainJob, TrainResult
from lib.engine.weights import BaseModels, base_models, packaged_weights
from lib.gradient.schemas import Progress

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

TOKEN = "0123456789abcdef" * 2
WORKSPACE = "tests_workspace"


def write_adapter(path: Path, seed: int) -> None:
    """A LoRA that changes every answer, each seed in its own way."""
    random = np.random.default_rng(seed)
    writer = gguf.GGUFWriter(path, "llama")
    writer.add_type(gguf.GGUFType.ADAPTER)
    writer.add_string(gguf.Keys.Adapter.TYPE, "lora")
    writer.add_float32(gguf.Keys.Adapter.LORA_ALPHA, 4.0)
    for name, shape in {"lora_a": (4, 1536), "lora_b": (576, 4)}.items():
        writer.add_tensor(
            f"blk.29.ffn_down.weight.{name}",
            random.normal(scale=0.5, size=shape).astype(np.float32),
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def digest(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


class FakeTeacher:
    """Writes an adapter of its own for each job, at once or when it is let go."""

    def __init__(self) -> None:
        self.taught = 0
        self.reset()

    def reset(self) -> None:
        """Forget everything, and teach at once."""
        self.jobs: list[TrainJob] = []
        self.begun = asyncio.Event()
        self.going = asyncio.Event()
        self.going.set()
        self.fails: Exception | None = None
        self.at_the_end: Callable[[], object] = lambda: None
        self.trainable_tokens: int | None = None
        self.cancelled = False
        self.starting = False
        self.running = 0
        self.most_at_once = 0

    async def warm(self, base_gguf: Path, cache_dir: Path) -> None:
        """There is nothing to warm."""

    async def teach(self, job: TrainJob, on_progress: Callable[[Progress], None]) -> TrainResult:
        self.jobs.append(job)
        self.cancelled = False
        self.running += 1
        self.most_at_once = max(self.running, self.most_at_once)
        try:
            if self.starting:
                self.begun.set()
                await asyncio.Event().wait()
            on_progress(Progress(state="training", step=1, samples=len(job.samples), loss=2.5))
            self.begun.set()
            await self.going.wait()
            if self.cancelled:
                raise TrainingCancelled("The training was cancelled.")
            if self.fails is not None:
                raise self.fails
        finally:
            self.running -= 1
        job.out.mkdir()
        self.taught += 1
        number = self.taught
        await asyncio.to_thread(write_adapter, job.out / "adapter.gguf", number)
        for name in ("adapter_model.safetensors", "adapter_config.json"):
            (job.out / name).write_text("{}")
        self.at_the_end()
        counted = [sample for sample in job.samples if sample.counted]
        tokens = 27 * len(counted) if self.trainable_tokens is None else self.trainable_tokens
        return TrainResult(
            trainable_tokens=tokens,
            sum_loss=78.25,
            final_loss=0.1,
            losses=[2.5, 0.1],
            not_learned=[],
            seconds=0.1,
            sha256=hashlib.sha256(str(number).encode()).hexdigest(),
        )

    def cancel(self) -> None:
        self.cancelled = True
        self.going.set()

    async def close(self) -> None:
        """There is nothing to close."""


@pytest.fixture(scope="session")
def models() -> BaseModels:
    packaged = packaged_weights()
    assert packaged is not None
    return base_models(packaged.parent / "none", packaged)


@pytest.fixture(scope="session")
def credentials() -> Credentials:
    return Credentials(access_token=SecretStr(TOKEN), workspace_id=WORKSPACE)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def everyones_teacher() -> FakeTeacher:
    return FakeTeacher()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def inside(
    tmp_path_factory: pytest.TempPathFactory,
    models: BaseModels,
    credentials: Credentials,
    everyones_teacher: FakeTeacher,
) -> AsyncIterator[Engine]:
    """One engine for all tests of its routes."""
    engine = Engine(
        tmp_path_factory.mktemp("inside"),
        models,
        credentials,
        everyones_teacher,
        packaged_sentence_model(),
    )
    await engine.start()
    yield engine
    await engine.close()


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def api(inside: Engine, credentials: Credentials) -> AsyncIterator[httpx.AsyncClient]:
    """A client with the right headers; paths are below `/api`."""
    async with httpx.AsyncClient(
        transport=httpx.ASGITransport(service(inside, credentials)),
        base_url="http://engine/api/",
        headers={"authorization": f"Bearer {TOKEN}", "x-gradient-workspace-id": WORKSPACE},
        timeout=60,
    ) as client:
        yield client


@pytest_asyncio.fixture(loop_scope="session")
async def teacher(everyones_teacher: FakeTeacher) -> AsyncIterator[FakeTeacher]:
    """The engine's teacher, as new."""
    everyones_teacher.reset()
    yield everyones_teacher
    everyones_teacher.reset()


@pytest.fixture
def base(models: BaseModels) -> str:
    """The default model's id."""
    return models.default.id


@pytest_asyncio.fixture(loop_scope="session")
async def adapter(api: httpx.AsyncClient, base: str) -> str:
    """A new adapter's id."""
    answer = await api.post("models", json={"model": {"baseModelId": base, "name": "mine"}})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["id"])
