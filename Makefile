# Two commands for a newcomer: `make demo` and `make test`. Everything else is for developers.
PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
STAMP := $(VENV)/.installed

.PHONY: help setup demo demo-messengers test coverage check bench fmt lock test-exports docs clean
help:  ## what can be made
	@grep -E '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*##/\t/' | expand -t 16

setup: $(STAMP)  ## .venv with everything, from the lock

$(STAMP): requirements/dev.txt pyproject.toml
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "Python 3.11 or newer is needed; $(PYTHON) is $$($(PYTHON) --version). Try: make setup PYTHON=python3.11"; exit 1; }
	$(PYTHON) -m venv $(VENV) || { echo "Install the venv module first: apt-get install python3-venv"; exit 1; }
	$(BIN)/pip install --quiet --disable-pip-version-check --require-hashes -r requirements/dev.txt
	$(BIN)/pip install --quiet --disable-pip-version-check --no-deps --no-build-isolation --editable .
	@touch $@

demo: setup  ## start everything with a real catalogue, no tokens needed
	$(BIN)/bibliobot demo

demo-messengers: setup  ## the same with phones of all messengers on one page
	$(BIN)/bibliobot demo --messengers

test: setup  ## all tests, real PostgreSQL and a real browser included
	@sh tests/need-browser.sh
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder --durations=25 $(ARGS)

coverage: setup  ## the same tests, and which lines they never reach; takes half as long again
	@sh tests/need-browser.sh
	$(BIN)/python -m pytest -n 2 --dist loadscope --no-loadscope-reorder --cov --cov-report=term $(ARGS)

test-exports: setup  ## the original catalogue exports: make test-exports DATA=<folder with marc/ and irbis/>
	BIBLIOBOT_EXPORTS="$(DATA)" $(BIN)/python -m pytest -m exports tests/catalogue $(ARGS)

check: setup  ## format, lint, types, imports, migrations, docs, Dockerfile, YAML
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/python -m tools.check
	$(BIN)/python -m tools.floor
	$(BIN)/hadolint Dockerfile
	$(BIN)/yamllint --strict compose.yaml config.yaml understanding demo

fmt: setup  ## rewrite the code to the format
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench: setup  ## every measurement of bench/, ratios in one run
	$(BIN)/python -m bench $(ARGS)

lock: setup  ## refresh requirements/*.txt from pyproject.toml (needs uv)
	$(BIN)/python -m pip install --quiet uv
	$(BIN)/uv pip compile --universal --no-strip-extras --generate-hashes --no-annotate --no-header --quiet pyproject.toml -o requirements/run.txt
	$(BIN)/uv pip compile --universal --no-strip-extras --generate-hashes --no-annotate --no-header --quiet --extra dev pyproject.toml -o requirements/dev.txt

clean:  ## remove what was made
	rm -rf $(VENV) demo-data .mypy_cache .ruff_cache .pytest_cache build *.egg-info
