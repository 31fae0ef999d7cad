# make demo   sets everything up and opens the example wiki, with the public site beside it
# make test   sets everything up and runs all checks and tests, as CI does
# make help   lists the rest
#
# Needs Python 3.11 or newer, git and make. Browser tests need Chromium, and those of editors Node.js:
# both are installed from Debian's packages where that is possible. A second run does not install
# anything again.

SHELL := /bin/sh
comma := ,
VENV := .venv
BIN := $(VENV)/bin
SITE := build/site
PUBLIC := site-external
READY := $(VENV)/.ready
NODE := build/node

# The first interpreter that is new enough; `make PYTHON=python3.13 test` takes another.
PYTHON ?= $(shell for name in python3 python3.13 python3.12 python3.11 python; do \
	if $$name -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; then echo $$name; break; fi; done)
CHROMIUM_NAMES := chromium chromium-browser google-chrome google-chrome-stable
FIND_CHROMIUM := for name in "$$CHROMIUM" $(CHROMIUM_NAMES); do \
	if [ -n "$$name" ] && command -v "$$name" >/dev/null 2>&1; then command -v "$$name"; break; fi; done

# Notices of other projects about MkDocs' future would drown what is ours to say.
export NO_MKDOCS_2_WARNING := 1
export DISABLE_MKDOCS_2_WARNING := true
export PIP_DISABLE_PIP_VERSION_CHECK := 1

.DEFAULT_GOAL := help
.PHONY: help setup demo test lint unit manual build wheel browser node bench language properties lock clean

help:
	@sed -n '1,/^$$/s/^# \{0,1\}//p' Makefile
	@echo "make lint   ruff and mypy"
	@echo "make unit   pytest alone, on all processors; ARGS='-k outline' chooses, ARGS='-n0 -s' prints"
	@echo "make manual the documentation, the example archive and its public build, built strictly"
	@echo "make wheel  the packages, and a trial of the built wheel"
	@echo "make bench  measures speed and memory"
	@echo "make language  precision and recall of the rules that judge prose; ARGS=--show names what they miss"
	@echo "make properties  the long runs of the property tests, with how much was compared; half an hour"
	@echo "make lock   renews requirements/test.txt from pyproject.toml"
	@echo "make clean  removes what the others made"

setup: $(READY)

$(READY): requirements/test.txt pyproject.toml
	@if [ -z "$(PYTHON)" ]; then \
		echo "Python 3.11 or newer is needed: install it, or name it: make PYTHON=/path/to/python3 test" >&2; exit 1; fi
	@if [ ! -x $(BIN)/python ]; then $(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
		echo "$(PYTHON) has no venv module: install it (Debian, Ubuntu: apt-get install python3-venv)" >&2; exit 1; }; fi
	$(BIN)/python -m pip install -qq --requirement requirements/test.txt
	$(BIN)/python -m pip install -qq --no-deps --no-build-isolation --editable .
	@touch $(READY)

# The example archive is of November 2026: on that day its open action items are as old as it tells.
demo manual: export SOURCE_DATE_EPOCH := 1795392000
demo: setup
	@$(BIN)/mkdocs build --quiet -f mkdocs.external.yml && \
		echo "The public build of the example archive is built: open $(PUBLIC)/index.html"
	@if [ -t 1 ] && [ -z "$$CI" ]; then \
		$(BIN)/mkdocs serve --open; \
	else \
		$(BIN)/mkdocs build --quiet --site-dir $(SITE) && echo "The demo is built: open $(SITE)/index.html"; \
	fi

test: setup browser node
	@$(MAKE) --no-print-directory lint
	@$(MAKE) --no-print-directory manual
	@$(MAKE) --no-print-directory wheel
	@$(MAKE) --no-print-directory unit

lint: setup
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

# Tests of one file share what it sets up, so a file stays with one process; long files come first (tests/conftest.py).
# One process more than there are processors, for some of them wait for others that they started.
unit: setup
	CHROMIUM="$$($(FIND_CHROMIUM))" $(BIN)/python -m pytest --numprocesses $$(($$(getconf _NPROCESSORS_ONLN) + 1)) --dist loadfile --no-loadscope-reorder $(ARGS)

# Not --quiet: with it MkDocs counts no warnings, and --strict passes whatever it finds.
manual: setup
	$(BIN)/mkdocs build --strict --site-dir $(SITE)
	$(BIN)/mkdocs-postmortem redact --check
	$(BIN)/mkdocs build --strict -f mkdocs.external.yml
	$(BIN)/mkdocs-postmortem verify $(PUBLIC)

build: setup
	@rm -rf dist
	$(BIN)/python -m build --no-isolation .

# The wheel in an environment of its own, where the checkout cannot be imported: dependencies
# are lent by the other environment, so that nothing is downloaded a second time.
wheel: build
	@rm -rf build/wheel && mkdir -p build/wheel
	@$(BIN)/python -m venv --without-pip build/wheel/venv
	@$(BIN)/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))' \
		> "$$(build/wheel/venv/bin/python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')/lent.pth"
	@$(BIN)/python -m pip --python build/wheel/venv/bin/python install --quiet --no-deps --ignore-installed dist/*.whl
	@mkdir build/wheel/trial
	cd build/wheel/trial && PATH="$(CURDIR)/build/wheel/venv/bin:$$PATH" sh -eu $(CURDIR)/tests/scaffold/wheel.sh

# Installs packages of Debian's where that is allowed; says what is needed where it is not.
define install
	if command -v apt-get >/dev/null 2>&1 && [ "$$(id -u)" = 0 ]; then as_root=; \
	elif command -v apt-get >/dev/null 2>&1 && sudo -n true 2>/dev/null; then as_root=sudo; \
	else echo "$(2)" >&2; exit 1; fi; \
	echo "Installing $(1) for the tests"; \
	$$as_root apt-get update -qq && \
	$$as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends $(1) >/dev/null
endef

browser:
	@if [ -n "$$($(FIND_CHROMIUM))" ]; then exit 0; fi; \
	$(call install,chromium,The browser tests need Chromium: install it$(comma) or name it: make CHROMIUM=/path/to/chromium test)

# The language server that editors have, for the tests of what `init` gives them.
node: $(NODE)/.ready

$(NODE)/.ready: tests/editor/package-lock.json
	@if ! command -v npm >/dev/null 2>&1; then \
	$(call install,nodejs npm,The tests of the editor set-up need Node.js and npm: install them); fi
	@mkdir -p $(NODE) && cp tests/editor/package.json tests/editor/package-lock.json $(NODE)
	cd $(NODE) && npm ci --silent --no-audit --no-fund
	@touch $(NODE)/.ready

bench: setup
	$(BIN)/python benchmarks/run.py $(ARGS)

language: setup
	@$(BIN)/python -m tests.checking.language.measure $(ARGS)

properties: setup
	HYPOTHESIS_PROFILE=long $(BIN)/python -m pytest -n0 -s -q tests/releasing/test_noninterference.py \
		tests/releasing/test_matrix.py tests/reading tests/checking $(ARGS)

lock:
	@rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --upgrade 'pip>=25.1'
	build/lock/bin/python -m pip install --quiet . --group dev 'hatchling>=1.27' editables
	@sed -n '/^#/p' requirements/test.txt > build/lock/test.txt
	build/lock/bin/python -m pip list --format=freeze --exclude pip --exclude setuptools --exclude mkdocs-postmortem \
		| LC_ALL=C sort -f >> build/lock/test.txt
	@mv build/lock/test.txt requirements/test.txt && rm -rf build/lock

clean:
	rm -rf $(VENV) .cache .hypothesis .mypy_cache .pytest_cache .ruff_cache build dist site $(PUBLIC)
	find . -name __pycache__ -type d -prune -exec rm -rf {} +
