# Each target sets itself up on a fresh machine with Python >= 3.11; nothing is reinstalled
# unless a pyproject.toml, constraints.txt or this file changed.

PYTHON ?= python3
VENV := .venv
BIN := $(VENV)/bin
PLUGINS := $(wildcard plugins/*)
RIVALS := build/bench-rivals
AUTOGLUON := build/bench-autogluon
INSTALLED := $(VENV)/installed
PIP := PIP_CONSTRAINT=constraints.txt PIP_DISABLE_PIP_VERSION_CHECK=1 $(BIN)/python -m pip install --quiet

# Tests start many processes, and each would compile the framework anew.
unexport PYTHONDONTWRITEBYTECODE

.PHONY: demo test slow-test soak audit docs container-test lint bench bench-scale bench-coverage bench-dollars bench-prevalence clean

demo: $(INSTALLED)
	$(BIN)/fw run breast_cancer --cost-matrix medical.json

# In two processes; tests that share trained models run in one of them (tests/conftest.py).
test: $(INSTALLED)
	$(BIN)/python -m pytest --numprocesses 2

# Kills, random inputs, attacks, overload, figures: the table of docs/reliability.md, in 15 minutes on 2 cores.
soak: $(INSTALLED)
	$(BIN)/python bench/soak/run.py

# Known faults of what constraints.txt pins, by version and digest; says what it could not look up.
audit: $(INSTALLED)
	$(PIP) --editable '.[audit]'
	$(BIN)/python bench/audit.py

# What takes seconds each: trains for long, starts several processes, or installs into environments of its own.
# Then, alone on the machine, the short form of the soak.
slow-test: $(INSTALLED)
	$(BIN)/python -m pytest --numprocesses 2 -m slow
	$(BIN)/python bench/soak/run.py --short

# The site, in site/: a warning is an error, and its notebooks run. Nothing is fetched by its pages.
docs: $(INSTALLED)
	NO_MKDOCS_2_WARNING=1 $(BIN)/mkdocs build --strict --quiet

# What needs the SageMaker SDK, and the MLflow that comes with it. Builds the image and trains and serves in it; needs a Docker engine (see
# tests/container).
container-test: $(INSTALLED)
	$(PIP) --editable '.[sagemaker]'
	$(BIN)/python -m pytest -rs tests/sagemaker/test_docs.py tests/sagemaker/test_pipeline.py tests/sagemaker/test_transform.py \
	  tests/plugins/test_mlflow.py
	$(BIN)/python -m pytest -m container -rs -s tests/container

lint: $(INSTALLED)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/mypy

bench: $(INSTALLED)
	$(PIP) --editable '.[bench]'
	$(BIN)/python bench/whole_run.py
	$(BIN)/python bench/losses.py
	$(BIN)/python bench/evaluator.py
	$(BIN)/python bench/population.py
	$(BIN)/python bench/report.py
	$(BIN)/python bench/many_classes.py
	$(BIN)/python bench/movable_page.py
	$(BIN)/python bench/answering.py
	$(BIN)/python bench/long_training.py
	$(BIN)/python bench/memory.py
	$(BIN)/python bench/serving.py
	$(BIN)/python bench/sweep.py
	$(BIN)/python bench/table_reading.py
	$(BIN)/python bench/capacity.py
	$(BIN)/python bench/scoring.py
	$(BIN)/python bench/hosts.py
	$(BIN)/python bench/pictures.py
	$(BIN)/python bench/precision.py
	OMP_NUM_THREADS=1 $(BIN)/python bench/cost_ranges.py

# A table larger than memory, from one million rows to ten: ten minutes; the line of a hundred million with
# ROWS="10000000 100000000", 30 GB of disk and a quarter of an hour.
ROWS ?= 1000000 10000000
bench-scale: $(INSTALLED)
	$(BIN)/python bench/streaming.py --rows $(ROWS)

# How often the intervals cover, and how wide they are: the tables of docs/uncertainty.md, docs/prevalence.md, docs/promises.md, docs/monitor.md
# and docs/slices.md.
bench-coverage: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/python bench/coverage.py
	OMP_NUM_THREADS=1 $(BIN)/python bench/prevalence_coverage.py
	OMP_NUM_THREADS=1 $(BIN)/python bench/promises.py
	OMP_NUM_THREADS=1 $(BIN)/python bench/monitor.py
	OMP_NUM_THREADS=1 $(BIN)/python bench/slices.py

# Breast cancer where malignant cases are rare, against rivals; 50 splits take 20 minutes.
bench-prevalence: $(INSTALLED)
	OMP_NUM_THREADS=1 $(BIN)/python bench/prevalence.py

# Against other packages, in environments of their own: a day's computing. DATA holds the data sets that are
# not built in. What has been run is kept in RESULTS and not run again; OPTIONS goes to bench/dollars/run.py
# ("--splits 2 ecoli sonar").
DATA ?= data
RESULTS ?= build/bench-dollars
bench-dollars: $(INSTALLED) $(RIVALS)/installed $(AUTOGLUON)/installed
	$(BIN)/python bench/dollars/run.py --data $(DATA) --results $(RESULTS) \
	  --rivals $(RIVALS)/bin/python --autogluon $(AUTOGLUON)/bin/python $(OPTIONS)
	$(BIN)/python bench/dollars/report.py --results $(RESULTS)

build/bench-%/installed: bench/dollars/requirements-%.txt
	$(PYTHON) -m venv $(@D)
	$(@D)/bin/python -m pip install --quiet -r $< || \
	  echo "$(@D): not installed; the report will name the rivals that are missing"
	@touch $@

$(INSTALLED): pyproject.toml constraints.txt Makefile $(wildcard plugins/*/pyproject.toml)
	@$(PYTHON) -c 'import sys, ensurepip; sys.exit(sys.version_info < (3, 11))' 2>/dev/null || { \
	  echo "make: $(PYTHON) must be Python 3.11 or newer with venv and pip (on Debian: apt install python3-venv); or name another: make PYTHON=python3.12" >&2; exit 1; }
	$(PYTHON) -m venv $(VENV)
	$(PIP) --editable '.[dev,serve]' $(addprefix --editable ,$(PLUGINS))
	@touch $@

clean:
	rm -rf $(VENV) $(RIVALS) $(AUTOGLUON)
