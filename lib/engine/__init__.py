"""The embedded engine: the Gradient web API seen from inside."""

NAME = "errata-engine"
VERSION = "0.1.0"
REFUSED = 3
"""The exit code of an engine that does not start, after one clear line on standard error."""
LARGE_PAGES = {"GLIBC_TUNABLES": "glibc.malloc.hugetlb=1"}
"""The environment of processes that ask for much memory at once, and have it in large pages where
the system has them. Read before anything of Python is."""
