"""The embedded engine: the Gradient web API seen from inside."""

NAME = "errata-engine"
VERSION = "0.1.0"
REFUSED = 3
"""The exit code of an engine that does not start, after one clear line on standard error."""
