"""How older ledgers become today's. One file a step, never changed once released."""

HEAD = "0007"
"""The newest step, known here so that an up-to-date ledger opens without alembic."""
