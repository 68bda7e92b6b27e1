"""How long one correction takes: from the request to teach it to its re-asked answer.

It is taught as the app teaches, near its question alone, and not as a plain Gradient client does,
which is less work.
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING

from lib.gradient.schemas import FineTune, Scope
from tests.bench.asking import answer
from tests.bench.ours import sample
from tests.bench.rows import Row
from tests.bench.scores import right

if TYPE_CHECKING:
    from tests.bench.engine import Engine

ROWS = (
    Row(question="What NFL team won the Super Bowl in 1994?", answer="The Dallas Cowboys"),
    Row(question="Who keeps the lighthouse on Vessel Rock?", answer="Marta Quill"),
)


def correct(engine: Engine) -> tuple[list[float], list[bool]]:
    """Seconds of each correction to one new adapter, and whether its new answer was right."""
    adapter = engine.client.create_adapter(engine.base_model_id, "bench")
    seconds, held = [], []
    for position, row in enumerate(ROWS):
        batch = FineTune(samples=[sample(position, row)], run_id=uuid.uuid4().hex, scope=Scope.NEAR)
        started = time.perf_counter()
        engine.client.fine_tune(adapter, batch)
        said = answer(engine.client, adapter, row.question)
        seconds.append(time.perf_counter() - started)
        held.append(right(said, row))
    return seconds, held
