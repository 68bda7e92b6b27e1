"""Errata's parts. `ARCHITECTURE.md` shows how they fit together."""
