"""The embedded engine: the Gradient web API seen from inside."""
