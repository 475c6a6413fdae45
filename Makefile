# One command each; `make` alone lists them. Needs git, make and Python 3.11 with venv.
PYTHON ?= python3
BIN := .venv/bin
READY := .venv/.ready
TYPED := bot adapters pipeline tests .ci
LOCK := $(BIN)/uv lock --no-config --default-index https://pypi.org/simple
TESTS ?=
ARGS ?=
N ?= 20
RUNS ?= 1

.DEFAULT_GOAL := help
.PHONY: help install demo deep ray spaces test test-lab test-live check audit chaos format docs lock clean

help: ## Show this list
	@awk -F ':.*## ' '/^[a-z%-]+:.*## / { sub("%", "NAME", $$1); printf "  make %-12s %s\n", $$1, $$2 }' Makefile

install: $(READY) ## Make .venv from the lock file; instant when nothing changed

demo: install ## Train, check and publish a first model; no key, no account
	$(BIN)/mltrainer demo

test: install ## Run the tests; TESTS="-k words" picks some
	$(BIN)/pytest $(TESTS)

test-lab: install ## Run what takes hours or wants a machine for itself, and is not run by .ci/run
	$(BIN)/pytest -m lab $(TESTS)

test-live: install ## Run the contracts on the real services whose credentials are set (CONTRIBUTING.md)
	TEST_LIVE=1 $(BIN)/pytest -m "slow or not slow" tests/contracts/test_outside.py tests/contracts/test_runtimes.py $(TESTS)

check: install ## Format, lint, types, import contracts, lock file
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy --num-workers auto $(TYPED)
	$(BIN)/python .ci/check_bundles.py
	$(BIN)/lint-imports
	$(LOCK) --check --offline

audit: install ## Known weaknesses of the dependencies where they can be asked for, and the lock
	$(BIN)/python .ci/audit.py

format: install ## Format the code and mend what ruff can mend
	$(BIN)/ruff format .
	$(BIN)/ruff check --fix .

bench-%: install ## Run tests/benchmarks/bench_NAME.py; ARGS="--help" says with what
	$(BIN)/python tests/benchmarks/bench_$*.py $(ARGS)

chaos: install ## Break a real bot N times in RUNS runs and count what that broke; ARGS="--help"
	$(BIN)/python tests/benchmarks/bench_chaos.py --hurts $(N) --runs $(RUNS) $(ARGS)

bench-quality-peers: install ## Other tools beside ours, each in its own environment
	$(BIN)/python tests/benchmarks/bench_quality.py --peers

docs: install ## Write the generated blocks and pages; TRANSCRIPT=1 records a new run
	$(BIN)/python .ci/generate_docs.py $(if $(TRANSCRIPT),--transcript)
	$(BIN)/python .ci/generate_parity.py

lock: install ## Resolve the dependencies anew, against the public index alone
	$(LOCK) --upgrade
	$(BIN)/python .ci/lock_training.py

deep: install ## Make the environment of the deep recipes (about 1.3 GB), which their tests need
	$(BIN)/python .ci/deep.py

ray: install ## Make the environment of a real Ray head (about 360 MB), which its tests need
	$(BIN)/python .ci/environments.py ray

spaces: install ## Make the environments of Spaces' pages (Gradio, about 2 GB), which their tests need
	$(BIN)/python .ci/environments.py spaces

clean: ## Remove .venv and everything built
	rm -rf .venv dist build .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache .benchmarks
	find bot adapters pipeline tests .ci -name __pycache__ -prune -exec rm -rf {} +

$(READY): pyproject.toml uv.lock .ci/install.py
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || { \
		echo 'mltrainer needs Python 3.11 or newer. Where it has another name: make PYTHON=python3.12 …'; exit 1; }
	$(PYTHON) .ci/install.py
	@touch $(READY)
