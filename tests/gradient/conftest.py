from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import stamina

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _repeats_do_not_wait() -> Iterator[None]:
    with stamina.set_testing(True, attempts=3):
        yield
