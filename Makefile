# make run    the sample county on this machine            make test   all tests
# make check  what a reviewer would find without reading   make bench  speed, each against its rival
# make report a month of the sample county as a report, in var/reports
PYTHON ?= python3
VENV ?= .venv
MONTH ?= 2026-05
BIN := $(VENV)/bin
PIP := $(BIN)/pip --quiet --disable-pip-version-check

.PHONY: run report test check bench lock
.DELETE_ON_ERROR:

run: $(VENV)/.run-ready
	$(BIN)/monitor lab

report: $(VENV)/.run-ready
	$(BIN)/monitor lab --past $(MONTH) --dir var/past
	$(BIN)/monitor report --config var/past --month $(MONTH) --out var/reports

test: $(VENV)/.test-ready
	$(BIN)/python -m pytest -n auto

check: $(VENV)/.test-ready
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tests.check_documents
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet
	$(BIN)/python -m grafana.generate --check

bench: $(VENV)/.test-ready
	$(BIN)/python -m pytest tests/bench -s

# Exact versions with hashes, from the ranges in pyproject.toml.
lock: $(VENV)/.test-ready
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --extra fast --extra postgresql --extra apprise --extra build --extra test --extra dev pyproject.toml -o deploy/requirements-test.txt
	$(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes --no-annotate --no-header \
	  --constraint deploy/requirements-test.txt \
	  --extra fast --extra postgresql --extra build pyproject.toml -o deploy/requirements-run.txt

$(VENV)/.python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo 'Python 3.11 or newer is needed: make run PYTHON=/path/to/python3.11' >&2; exit 3; }
	@$(PYTHON) -m venv $(VENV) || \
	  { rm -rf $(VENV); echo 'Python cannot make a virtual environment; on Debian: apt install python3-venv' >&2; exit 3; }
	@touch $@

$(VENV)/.run-ready: $(VENV)/.python deploy/requirements-run.txt pyproject.toml
	$(PIP) install --require-hashes -r deploy/requirements-run.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(VENV)/.test-ready: $(VENV)/.python deploy/requirements-test.txt pyproject.toml
	$(PIP) install --require-hashes -r deploy/requirements-test.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@ $(VENV)/.run-ready
