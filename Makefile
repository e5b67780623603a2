# Every target makes .venv and installs the package first, when needed: Python >= 3.11, make and pip suffice.
PYTHON ?= python3
VENV   ?= .venv
BIN    := $(VENV)/bin
STAMP  := $(VENV)/.installed

.PHONY: demo test whole lint bench kernel clean

$(STAMP): pyproject.toml
	$(PYTHON) -c "import sys; sys.exit(sys.version_info < (3, 11) and 'Counterpoise needs Python 3.11 or newer')"
	test -x $(BIN)/python || $(PYTHON) -m venv $(VENV)
	$(BIN)/python -m pip install --quiet --editable ".[dev]"
	touch $@

demo: $(STAMP)
	$(BIN)/counterpoise demo

test: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup tests

whole: $(STAMP)
	$(BIN)/python -m pytest -n 2 --dist loadgroup --whole tests

lint: $(STAMP)
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright --pythonpath $(BIN)/python

bench: $(STAMP)
	$(BIN)/python -m tests.bench

kernel: $(STAMP)
	@command -v coqc >/dev/null \
	  || { command -v apt-get >/dev/null \
	       && apt-get install -y --no-install-recommends coq libcoq-interval libcoq-coquelicot; } \
	  || { echo "install Coq 8.16 or newer with coq-interval and coquelicot" >&2; exit 2; }
	$(BIN)/counterpoise recheck --kernel --jobs 2
	$(BIN)/python -m counterpoise.theory.proof.kernel.coqchk

clean:
	rm -rf $(VENV) build dist *.egg-info
