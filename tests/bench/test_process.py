"""A bench begins when what it measures has come to rest."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.bench.errors import BenchError
from tests.bench.process import wait_until_idle

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells CPU seconds")

COMPUTE = "import time\nwhile time.process_time() < {seconds}: pass"
COMPUTE_BELOW_THEN_WAIT = """
import subprocess, sys
subprocess.run([sys.executable, "-c", sys.argv[1]], check=True)
print("computed", flush=True)
input()
"""


def test_what_a_process_below_another_computes_is_waited_for() -> None:
    command = [sys.executable, "-c", COMPUTE_BELOW_THEN_WAIT, COMPUTE.format(seconds=2)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        try:
            wait_until_idle(process.pid)
        finally:
            process.terminate()
        assert process.stdout is not None
        assert process.stdout.read() == b"computed\n"


def test_a_process_that_never_rests_is_told_of() -> None:
    with subprocess.Popen([sys.executable, "-c", COMPUTE.format(seconds=60)]) as process:
        try:
            with pytest.raises(BenchError, match="did not come to rest"):
                wait_until_idle(process.pid, seconds=2)
        finally:
            process.terminate()
