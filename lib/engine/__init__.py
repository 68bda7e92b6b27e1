"""The embedded engine: the Gradient web API seen from inside."""

NAME = "errata-engine"
VERSION = "0.1.0"
