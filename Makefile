# The habits of this checkout. Every target sets up what it needs; Python 3.11, git and make are enough to begin with.
#
#   make run      serve the gateway over the simulated university; ARGS="--students 200 --port 8001" are serve's options
#   make test     every test
#   make check    style, types, import contracts, house rules, golden files, promises of the last release
#   make schema   write schema/schema.graphql, settings.schema.json and docs/graph.md anew
#   make labels   bring the catalogues of our own words (campus/labels) up to what the code says
#   make graphiql build GraphiQL, if it is missing or older than its sources
#   make bundle   write dist/: what installs the committed state without internet
#   make bench    the dashboard in memory, over HTTP and over the whole university, and 15,000 subscriptions (Linux, two cores, nothing else running)
#   make lock     pin the dependencies of pyproject.toml anew (needs uv)

SHELL := /bin/sh
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
PY := $(VENV)/bin/python

# A stamp is named by what it was installed from, so that pulling a new lock file installs, and nothing else does.
stamp = $(VENV)/$(1)-$(shell cksum < requirements/$(1).txt | cut -d' ' -f1).installed
RUN := $(call stamp,run)
DEV := $(call stamp,dev)

.PHONY: run test check schema labels graphiql bundle bench lock

run: $(RUN)
	@mkdir -p .campus-gateway
	@echo "GraphiQL is built meanwhile, if it is not; what that says goes to .campus-gateway/graphiql.log"
	@$(PY) dashboard/graphiql/build.py > .campus-gateway/graphiql.log 2>&1 & exec $(PY) gateway.py serve --sandbox $(ARGS)

# GraphiQL comes first since it brings Node.js where the machine has none. Tests that need either say so if it failed.
test: $(DEV)
	-$(PY) dashboard/graphiql/build.py
	$(PY) -m pytest -n 2 $(if $(filter true,$(CI)),-p tests.nothing_is_skipped) $(ARGS)

check: $(DEV)
	$(PY) -m ruff check
	$(PY) -m ruff format --check
	$(PY) -m mypy
	$(VENV)/bin/lint-imports
	$(PY) gateway.py stable
	$(PY) -m pytest -q tests/unit/test_house_rules.py tests/unit/test_documents_speak_for_themselves.py \
	  tests/unit/test_golden_schema.py tests/unit/test_labels.py tests/unit/test_schema_fits_records.py tests/unit/test_settings.py

schema: $(RUN)
	$(PY) gateway.py schema > schema/schema.graphql.new && mv schema/schema.graphql.new schema/schema.graphql
	$(PY) -m pipeline.settings_schema
	$(PY) -m commands.graph_document

labels: $(RUN)
	$(PY) -m commands.labels

graphiql: $(RUN)
	$(PY) dashboard/graphiql/build.py

bundle: $(RUN) graphiql
	$(PY) bundle/build.py

bench: $(DEV)
	$(PY) -m benchmarks.execution
	$(PY) -m benchmarks.over_http
	$(PY) -m benchmarks.whole
	$(PY) -m benchmarks.subscriptions

lock:
	@command -v uv > /dev/null || { echo "make lock needs uv: python -m pip install uv"; exit 1; }
	uv pip compile pyproject.toml $(LOCK_OPTIONS) -o requirements/run.txt
	uv pip compile pyproject.toml --extra dev $(LOCK_OPTIONS) -o requirements/dev.txt

LOCK_OPTIONS := -q --python-version 3.11 --generate-hashes --no-emit-index-url --no-header --no-annotate

# The last thing that making an environment leaves, so that one that was interrupted is made again.
$(VENV)/bin/pip:
	@test -n "$(PYTHON)" || { echo "There is no python3.11 and no python3 here. Install Python 3.11."; exit 1; }
	@$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11))" \
	  || { echo "$(PYTHON) is older than Python 3.11. Install that, or name another: make PYTHON=/path/to/python3.11"; exit 1; }
	@$(PYTHON) -c "import ensurepip, venv" \
	  || { echo "$(PYTHON) comes without venv. Install it (on Debian: python3.11-venv)."; exit 1; }
	$(PYTHON) -m venv $(VENV)

$(RUN): | $(VENV)/bin/pip
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/run.txt
	@rm -f $(VENV)/*.installed && touch $@

$(DEV): | $(VENV)/bin/pip
	$(PY) -m pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	@rm -f $(VENV)/*.installed && touch $@ $(RUN)
