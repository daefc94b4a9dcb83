# Every target sets up .venv by itself: once for each lock file, again only when that file changes.
# `make` alone lists them. PYTHON names another interpreter (3.11 to 3.13), ARGS hands on further arguments.

PYTHON ?= python3
ARGS ?=
WORKERS ?= 4
BIN := .venv/bin
COMPILE := $(BIN)/uv pip compile --quiet --universal --python-version 3.11 --generate-hashes \
	--no-emit-index-url --no-emit-find-links --no-header --no-annotate pyproject.toml --group build
POT := bot/locale/second_wind.pot

.DEFAULT_GOAL := help
.PHONY: help demo run test check format bench kills backups faults feelings lock occurrences standings words clean \
	update sbom audit imagesize contained processes memory

help: ## list these targets
	@grep -E '^[a-z]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z]+):.*## (.*)/  make \1\t\2/' | expand -t 20

demo: .venv/.demo ## try everything in a browser: no account, no network
	@$(BIN)/python -m bot demo $(ARGS)

run: .venv/.run ## connect to Discord and serve (needs SECONDWIND_DISCORD__TOKEN or config.toml)
	@$(BIN)/python -m bot run $(ARGS)

test: .venv/.test ## run the tests; the last line says how many passed
	@$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder $(ARGS)

check: .venv/.test ## what CI runs: lint, types, architecture, tests
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	@$(MAKE) --no-print-directory test

format: .venv/.test ## write every file the way `make check` wants it
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: .venv/.test ## measure speed, memory and start over a real socket
	@$(BIN)/python -m benchmarks $(ARGS)

kills: .venv/.test ## kill the real process under load 100 times and count what is stored
	@$(BIN)/python -m benchmarks.kills $(ARGS)

backups: .venv/.test ## back up a million runs while 50 people a second check in, and restore them (5 minutes)
	@$(BIN)/python -m benchmarks.backup $(ARGS)

occurrences: .venv/.test ## compare every time of every zone, 2024 to 2035, with an oracle (10 to 20 minutes)
	@$(BIN)/python -m benchmarks.occurrences $(ARGS)

standings: .venv/.test ## compare challenges' standings over 5,000 random histories with an oracle (about 10 minutes)
	@$(BIN)/python -m benchmarks.standings $(ARGS)

faults: .venv/.test ## the campaign: kills, power cuts, failing disks, Discord's bad days, malformed input, mutants (ARGS=power: one part)
	@$(BIN)/python -m benchmarks.faults $(ARGS)

feelings: .venv/.test ## how feelings are held, in figures: intervals, isolation, copies, voters (about 15 minutes)
	@$(BIN)/python -m benchmarks.feelings $(ARGS)

words: .venv/.test ## extract what people see into the template for translators
	@$(BIN)/pybabel -q extract -F babel.cfg -k say:1 -k count:1,2 -k Refusal:1 -k locale_str:1 \
		--project second-wind --copyright-holder "Second Wind's contributors" \
		--no-location --sort-output -o $(POT) bot cogs
	@sed -i.old '/^"POT-Creation-Date/d' $(POT) && rm $(POT).old

processes: .venv/.test ## two processes over one on PostgreSQL: runs logged a second, and what bounds them
	@$(BIN)/python -m benchmarks.processes $(ARGS)

memory: .venv/.test ## memory over a million events, with its slope (about 5 minutes)
	@$(BIN)/python -m benchmarks.memory $(ARGS)

lock: .venv/.test ## pin what pyproject.toml asks for, with hashes, in lock/ (ARGS=--upgrade for newer)
	$(COMPILE) --extra demo --extra postgresql --extra sentry --group test -o lock/test.txt $(ARGS)
	$(COMPILE) -c lock/test.txt -o lock/run.txt
	$(COMPILE) -c lock/test.txt --extra demo -o lock/demo.txt
	$(COMPILE) -c lock/test.txt --extra postgresql --extra sentry -o lock/postgresql.txt
	$(subst pyproject.toml --group build,--group supply,$(COMPILE)) -o lock/supply.txt $(ARGS)

update: .venv/.test ## newer versions of everything into lock/ (then: make check)
	@$(MAKE) --no-print-directory lock ARGS=--upgrade

sbom: .venv/.supply ## a bill of materials of what the image runs: build/sbom.cdx.json (CycloneDX)
	@mkdir -p build
	@build/supply/bin/cyclonedx-py requirements lock/postgresql.txt --pyproject pyproject.toml \
		--output-reproducible --spec-version 1.6 --output-format JSON --validate -o build/sbom.cdx.json
	@echo "build/sbom.cdx.json"

audit: .venv/.supply ## ask whether anything in lock/ has a known vulnerability (2: the advisories gave no answer)
	@$(BIN)/python -m supply.audit build/supply/bin/pip-audit lock/run.txt lock/demo.txt lock/postgresql.txt

imagesize: .venv/.test ## what the image weighs, from its parts
	@$(PYTHON) -m supply.image_size

contained: .venv/.test ## run it as the image does, without an engine: read-only, nobody special, no capability (as root)
	@$(BIN)/python -m supply.contained

clean: ## remove .venv and everything that tools left behind
	rm -rf .venv build dist *.egg-info .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache
	find . -name __pycache__ -type d -prune -exec rm -rf {} +

# The interpreter's own pip fills the environment, so that no second pip (on Debian: no python3-venv) is needed.
.venv/.made:
	@$(PYTHON) -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13) \
		and "Second Wind needs Python 3.11 to 3.13; name one: make PYTHON=python3.12 ...")'
	@$(PYTHON) -m venv --without-pip .venv
	@touch $@

# Tools that look at the locks stand in an environment of their own: they need other versions of what the bot needs.
.venv/.supply: lock/supply.txt .venv/.test
	@$(PYTHON) -m venv --without-pip build/supply
	@$(PYTHON) -m pip --python build/supply/bin/python --disable-pip-version-check -qq install \
		--require-hashes --no-deps -r lock/supply.txt
	@touch $@

# What tests need holds all that the demo needs, and that all that a run needs: each set serves the smaller ones.
.venv/.run .venv/.demo .venv/.test: .venv/.%: lock/%.txt .venv/.made
	@echo "Setting up .venv from $<: once, about half a minute ..." >&2
	@$(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check -qq install \
		--require-hashes --no-deps -r $<
	@$(PYTHON) -m pip --python $(BIN)/python --disable-pip-version-check -qq install \
		--no-deps --no-index --no-build-isolation -e .
	@case $* in test) touch .venv/.run .venv/.demo .venv/.test ;; demo) touch .venv/.run .venv/.demo ;; \
		run) touch .venv/.run ;; esac
