# Two commands are enough: `make demo` and `make test`. Each makes .venv when it is not there.
VENV ?= .venv
PYTHON ?= $(firstword $(foreach p,python3.13 python3.12 python3.11 python3 python,$(shell \
    command -v $(p) >/dev/null 2>&1 && $(p) -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null && echo $(p))))
BIN := $(VENV)/bin
INSTALL = $(BIN)/python -m pip install --quiet --disable-pip-version-check

.PHONY: help venv demo test lint types docs smoke train clean
.DELETE_ON_ERROR:

help:
	@echo "make demo      score the posts in examples/posts and write out/scores.parquet"
	@echo "make test      run all tests"
	@echo "make lint      ruff check and format --check;  make types: mypy --strict"
	@echo "make docs      build the documentation as a site in out/site; broken links fail"
	@echo "make smoke     build the wheel and score one post with it in an empty environment"
	@echo "make train     train the shipped model anew"

venv: $(VENV)/.base

$(BIN)/python:
	@if [ -z "$(PYTHON)" ]; then \
	    echo "error: found no Python 3.11 or newer. Install one, or name it: make demo PYTHON=/path/to/python3" >&2; exit 1; fi
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
	    echo "error: $(PYTHON) is older than Python 3.11. Name a newer one: make demo PYTHON=/path/to/python3" >&2; exit 1; }
	@$(PYTHON) -m venv $(VENV) || { rm -rf $(VENV); \
	    echo "error: $(PYTHON) cannot make a virtual environment. On Debian and Ubuntu: apt install python3-venv" >&2; exit 1; }

define install
@echo "Installing into $(VENV) (a minute or two the first time) ..."
@$(INSTALL) -e '$(1)' || { echo "error: the installation failed; the lines above say why. The package index must be reachable." >&2; exit 1; }
@touch $@
endef

$(VENV)/.base: pyproject.toml | $(BIN)/python
	$(call install,.)

$(VENV)/.test: pyproject.toml | $(VENV)/.base
	$(call install,.[test])

$(VENV)/.dev: pyproject.toml | $(VENV)/.base
	$(call install,.[dev])

$(VENV)/.docs: pyproject.toml | $(VENV)/.base
	$(call install,.[docs])

demo: $(VENV)/.base
	@mkdir -p out
	@$(BIN)/cluetrain score examples/posts -o out/scores.parquet --overwrite --show 10

test: $(VENV)/.test
	@$(BIN)/python -m pytest $(ARGS)

lint: $(VENV)/.dev
	@$(BIN)/ruff check . && $(BIN)/ruff format --check .

types: $(VENV)/.dev
	@$(BIN)/mypy src

docs: $(VENV)/.docs
	@NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

smoke: $(VENV)/.dev
	@bash .ci/smoke $(BIN)/python

train: $(VENV)/.base
	@$(BIN)/python -m cluetrain_nlp train

clean:
	rm -rf $(VENV) out build dist src/*.egg-info
