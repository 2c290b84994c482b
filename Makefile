# Everything a person does with a checkout. `make help` lists it.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
RUN := $(VENV)/.run
DEV := $(VENV)/.dev
# Trains nets, in tests alone. `make test TORCH=` goes without: the tests of nets are skipped, saying so.
TORCH ?= torch==2.13.0
PAGE := hatch_build.py $(shell find web -type f -not -path '*/node_modules/*')
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet
.DEFAULT_GOAL := help
.PHONY: help demo test test-slow check format lint types layers docs bench bench-peers default-model pages client pictures golden lock clean

help: ## list what can be made
	@grep -E '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 12

$(BIN)/python:
	@$(PYTHON) -c 'import sys; sys.exit("Tunelens needs Python 3.11 or newer; this is %s. Try: make PYTHON=python3.12 ..." % sys.version.split()[0] if sys.version_info < (3, 11) else 0)'
	$(PYTHON) -m venv $(VENV)

$(RUN): $(BIN)/python requirements/run.txt requirements/build.txt pyproject.toml $(PAGE)
	$(PIP) install --require-hashes -r requirements/run.txt -r requirements/build.txt
	$(PIP) install --no-deps --no-build-isolation -e .
	@touch $@

$(DEV): $(RUN) requirements/dev.txt
	$(PIP) install --require-hashes -r requirements/dev.txt
	$(if $(TORCH),$(PIP) install $(TORCH))
	@touch $@

demo: $(RUN) ## hear a handful of free tracks and write a report
	$(BIN)/tunelens demo

test test-slow docs: export OMP_NUM_THREADS = 1

test: $(DEV) ## run the tests
	$(BIN)/python -m pytest -n 2 --dist worksteal -q

test-slow: $(DEV) ## run the tests that take long
	$(BIN)/python -m pytest -q -m slow

check: format lint types layers test docs ## everything a change must pass

format: $(DEV) ## is the code formatted?
	$(BIN)/ruff format --check src tests bench docs training examples plugins

lint: $(DEV) ## ruff
	$(BIN)/ruff check src tests bench docs training examples plugins

types: $(DEV) ## mypy, strict
	$(BIN)/mypy

layers: $(DEV) ## imports point down only
	$(BIN)/lint-imports

docs: $(DEV) ## doctests (the snippets of README and docs run with the tests)
	$(BIN)/python -m pytest -q -n 2 --doctest-modules src/tunelens

bench: $(DEV) ## measure against the peers; see bench/README.md
	$(BIN)/python -m bench

bench-peers: ## install the peers that the bench compares with (GPL and AGPL: bench only)
	$(PYTHON) -m venv .bench-venv
	.bench-venv/bin/python -m pip install --quiet -r bench/peers/requirements.txt

default-model: $(DEV) ## train the shipped model anew from the research data and print how good it is
	$(BIN)/python -m training.default_model

pages: $(DEV) ## write docs/cli.md anew from the command line itself
	$(BIN)/python docs/make_cli.py

client: $(DEV) ## write the Python client anew from the API itself
	$(BIN)/python docs/make_client.py

pictures: $(RUN) ## make the pictures of README and docs anew
	$(BIN)/python docs/make_pictures.py

lock: ## renew the locked versions
	uv pip compile $(LOCK) pyproject.toml -o requirements/run.txt
	uv pip compile $(LOCK) --group build -o requirements/build.txt
	uv pip compile $(LOCK) pyproject.toml --extra parquet --group dev -c requirements/run.txt -o requirements/dev.txt

LOCK := --quiet --upgrade --universal --python-version 3.11 --fork-strategy fewest --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate

golden: $(DEV) ## make the golden values anew
	$(BIN)/python tests/golden/make_golden.py

clean: ## remove environments and caches
	rm -rf .venv .bench-venv .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
