"""The Gradient web API seen from outside: wire schemas, errors, client, `GradientLLM`."""
