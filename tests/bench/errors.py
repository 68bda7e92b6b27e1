"""What can end a bench.

BenchError    said to whoever ran it as one line; nothing is written
"""


class BenchError(Exception):
    """A bench cannot go on: what happened and what to do next, in one sentence or two."""
