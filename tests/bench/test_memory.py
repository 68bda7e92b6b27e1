"""The peak of a process that came and went within is known."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from tests.bench.machine import descendants, machine, peak_mb, versions
from tests.bench.memory import PeakMemory

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells peaks")

GROW = "held = bytearray(100 * 2**20); print('grown', flush=True); input()"


def test_the_largest_process_below_another_is_its_peak() -> None:
    with PeakMemory(os.getpid()) as memory:
        child = subprocess.Popen(
            [sys.executable, "-c", GROW], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert child.stdout is not None
        child.stdout.readline()
        assert child.pid in descendants(os.getpid())
        memory.sample()
        child.communicate(b"\n")
    assert memory.mb is not None
    assert memory.mb > 100


def test_a_process_that_has_gone_has_no_peak() -> None:
    child = subprocess.Popen([sys.executable, "-c", ""])
    child.wait()
    assert peak_mb(child.pid) is None
    assert peak_mb() is not None


def test_the_machine_and_the_versions_are_named() -> None:
    assert machine()["cores"] == os.cpu_count()
    assert all(versions().values())
