# The two commands that a newcomer needs: `make demo` and `make test`. Both make the virtual environment first.
PYTHON ?= $(shell command -v python3.11 || command -v python3)
VENV := .venv
BIN := $(VENV)/bin
PIP := $(BIN)/python -m pip --disable-pip-version-check --quiet install --constraint constraints.txt

.PHONY: demo test check fuzz bench bench-small lab docs clean

demo: $(VENV)/installed
	rm -rf demo
	$(BIN)/leadsieve demo demo

test: $(VENV)/installed-dev
	$(BIN)/python -m pytest --numprocesses 2
	$(BIN)/python -m pytest --nbmake notebooks --numprocesses 2 --override-ini filterwarnings=default

check: $(VENV)/installed-dev
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy
	$(BIN)/lint-imports
	$(BIN)/codespell
	$(BIN)/nbstripout --verify --keep-id --extra-keys "metadata.kernelspec metadata.language_info" notebooks/*.ipynb
	PATH="$(BIN):$$PATH" $(BIN)/cog --check README.md

docs: $(VENV)/installed-dev
	PATH="$(BIN):$$PATH" $(BIN)/cog -r README.md

lab: $(VENV)/installed-dev
	$(BIN)/jupyter lab --notebook-dir notebooks

fuzz: $(VENV)/installed-bench
	$(BIN)/python -m pytest -m slow
	$(BIN)/python tests/identity/fuzz_identity.py -max_total_time=600
	$(BIN)/python benchmarks/intake_fuzz.py --tries 100000

bench: $(VENV)/installed-bench
	for script in identity identity_scores intake_tables intake_encoding intake_speed; do $(BIN)/python benchmarks/$$script.py || exit 1; done
	$(BIN)/python benchmarks/main_job.py
	$(BIN)/python benchmarks/main_job.py --job load

bench-small: $(VENV)/installed-dev
	$(BIN)/python benchmarks/small.py

$(BIN)/python:
	$(PYTHON) -m venv $(VENV)

$(VENV)/installed: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable .
	touch $@

$(VENV)/installed-dev: pyproject.toml constraints.txt | $(BIN)/python
	$(PIP) --editable ".[all,dev]"
	touch $@ $(VENV)/installed

$(VENV)/installed-bench: $(VENV)/installed-dev
	$(PIP) --editable ".[all,dev,bench]"
	touch $@

clean:
	rm -rf $(VENV) demo runs dist build .pytest_cache .mypy_cache .ruff_cache .hypothesis
