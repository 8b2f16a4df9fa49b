PYTHON ?= python3
BIN := .venv/bin
PIP := -m pip install -q --disable-pip-version-check
LOCKED := $(PIP) --require-hashes --only-binary :all:

.PHONY: help demo test coverage mutants soak fuzz check bench formal lock

help: ## what can be made
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed -E 's/:.*## / - /'

.venv/.run: requirements.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python $(LOCKED) -r requirements.txt
	touch $@

.venv/.dev: requirements-dev.txt pyproject.toml
	test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python $(LOCKED) -r requirements-dev.txt
	$(BIN)/python $(PIP) --no-deps --no-build-isolation -e .
	touch $@

demo: .venv/.run ## an exchange through two go-betweens: real processes, real files
	PYTHONPATH=src $(BIN)/python -m backchannel demo

test: .venv/.dev ## run the tests
	$(BIN)/python -m pytest -n auto

coverage: .venv/.dev ## every branch of the pure rooms is taken by their own tests, or this fails
	$(BIN)/python -m coverage run -m pytest --hypothesis-profile=ci \
		tests/letters tests/seals tests/conveyance tests/pouches tests/vectors
	$(BIN)/python -m coverage report

mutants: .venv/.dev ## break ROOM=seals (letters, conveyance, relay …) in one place at a time: its tests notice, or it is explained
	nice $(BIN)/python scripts/mutate.py $(ROOM) $(MORE)

soak: .venv/.dev ## kill desk, station and relay ten thousand times; KILLS=n SEED=n for others
	PYTHONPATH=src:tests nice $(BIN)/python -m soak.soak --kills $(or $(KILLS),10000) --seed $(or $(SEED),0)

fuzz: .venv/.dev ## feed every decoder what nobody wrote, guided by coverage; TIME=seconds TARGET=name
	PYTHONPATH=src:tests nice $(BIN)/python -m fuzz.fuzz --seconds $(or $(TIME),3600) $(TARGET)

check: .venv/.dev ## format (checked, not changed), lint, types, house rules, generated pages
	$(BIN)/ruff format --check src tests scripts bench formal
	$(BIN)/ruff check src tests scripts bench formal
	$(BIN)/mypy
	$(BIN)/python scripts/check_house.py
	$(BIN)/python scripts/check_marks.py
	$(BIN)/python scripts/check_repository.py
	$(BIN)/python scripts/generate_pages.py --check

bench: .venv/.run ## how fast, as ratios beside peers and limits; TOPICS="letters files", BASELINE=1
	PYTHONPATH=src $(BIN)/python bench/run.py $(if $(BASELINE),--baseline) $(TOPICS)

formal: ## run the symbolic models; needs ProVerif 2.05: make formal PROVERIF=path
	$(PYTHON) formal/run.py $(PROVERIF)

lock: .venv/.dev ## pin all dependencies with their hashes; no host is recorded
	$(BIN)/python $(PIP) uv
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 pyproject.toml -o requirements.txt
	$(BIN)/uv pip compile -q --universal --generate-hashes --no-emit-index-url --no-header --no-annotate \
		--python-version 3.11 pyproject.toml requirements-dev.in -o requirements-dev.txt
