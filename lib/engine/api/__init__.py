"""The routes: each reads a request, asks one of the engine's parts, and tells what it said."""
