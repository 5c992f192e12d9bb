# riskkit: `make` lists what can be done. Needs python >= 3.11, git and make; everything else goes into .venv/.
PY ?= python3
V := .venv/bin
ARGS ?=
WAREHOUSE_TESTS := tests/sources/test_database.py tests/sources/test_postgresql.py
CLUSTER_TESTS := tests/workbench/test_batch_cluster.py
.DEFAULT_GOAL := help
.PHONY: help demo test test-warehouse test-cluster test-lowest check dashboard lab bench fuzz notebooks docs site pictures lock clean

help: ## List the commands
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## (.*)/  make \1\t\2/' | expand -t 22

.venv/.run: requirements.lock pyproject.toml
	@$(PY) -c 'import sys; sys.exit(sys.version_info < (3, 11))' || \
	  { echo "riskkit needs Python 3.11 or newer: make PY=/path/to/python3.11 ..."; exit 2; }
	@echo "Installing the pinned packages into .venv (a minute or two, once) ..."
	@test -x $(V)/python || $(PY) -m venv .venv
	@$(V)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements.lock
	@$(V)/python -m pip install -q --disable-pip-version-check --no-deps --no-build-isolation -e .
	@touch $@

.venv/.dev: requirements-dev.lock .venv/.run
	@echo "Installing what the tests need ..."
	@$(V)/python -m pip install -q --disable-pip-version-check --require-hashes --no-deps -r requirements-dev.lock
	@touch $@

demo: .venv/.run ## Make the sample portfolio, run the whole diagnostic, say how to look at it
	@$(V)/riskkit demo $(ARGS)

dashboard: .venv/.run ## Open the dashboard of the latest run in a browser
	@$(V)/riskkit dashboard $(ARGS)

lab: .venv/.run ## Open the notebooks in JupyterLab
	@$(V)/jupyter lab notebooks $(ARGS)

test: .venv/.dev ## Install a browser and LibreOffice where needed, then run every check and test
	@sh scripts/install_tools.sh
	@$(MAKE) --no-print-directory check
	@# a module stays on one worker: its fixtures are made once, and tests that share a tab keep their order
	@$(V)/python -m pytest -n 2 --dist loadscope $(ARGS)
	@sh scripts/test_extra.sh warehouse $(WAREHOUSE_TESTS)
	@sh scripts/test_extra.sh cluster $(CLUSTER_TESTS)

test-warehouse: .venv/.dev ## Test the reading of databases: SQLite, DuckDB, and PostgreSQL where it is installed
	@sh scripts/test_extra.sh warehouse $(WAREHOUSE_TESTS) $(ARGS)

test-lowest: ## Test the lowest versions that pyproject.toml allows (ARGS="tests/ledger" for a part)
	@sh scripts/test_lowest.sh -n 2 --dist loadscope $(ARGS)

test-cluster: .venv/.dev ## Test a batch on a Dask cluster of this machine
	@sh scripts/test_extra.sh cluster $(CLUSTER_TESTS) $(ARGS)

check: .venv/.dev ## Style, types and notebooks in sync (fast)
	@$(V)/ruff check .
	@$(V)/ruff format --check .
	@$(V)/mypy
	@$(V)/python scripts/normalise_notebooks.py --check
	@$(V)/python scripts/write_docs.py --check
	@$(V)/python scripts/typeset_french.py --check

bench: .venv/.dev ## Measure: make bench NAME=matching, or PART="ibm fec" of a long one (results in benchmarks/results, table in docs/benchmarks.md)
	@$(V)/python -m benchmarks.run $(NAME) $(addprefix --part ,$(PART))

fuzz: .venv/.dev ## Read thousands of mutated files: make fuzz ARGS="--minutes 8 --workers 2", again to go on (fuzz.jsonl)
	@$(V)/python -m tests.fuzz.run $(ARGS)

notebooks: .venv/.dev ## Normalise the notebooks: no outputs, stable ids, formatted source
	@$(V)/python scripts/normalise_notebooks.py

docs: .venv/.dev ## Write the reference pages of docs/ from the code, and typeset the French ones
	@$(V)/python scripts/write_docs.py
	@$(V)/python scripts/typeset_french.py

site: .venv/.dev ## Build the documentation as a site in build/site; a broken link is an error
	@$(V)/python -m sphinx -q -W --keep-going -b html docs build/site
	@echo "The documentation is in build/site/index.html"

pictures: .venv/.dev ## Take the pictures of the documentation again, from a run of the demonstration
	@$(V)/python scripts/take_pictures.py $(ARGS)

lock: .venv/.dev ## Pin the newest allowed versions
	@$(V)/python -m pip install -q uv
	@mkdir -p build
	@$(V)/uv lock -q --upgrade
	@$(V)/uv export -q --no-emit-project --no-dev --group build --no-annotate --no-header --format requirements-txt -o requirements.lock
	@$(V)/uv export -q --no-emit-project --only-group dev --no-annotate --no-header --format requirements-txt \
	  -o requirements-dev.lock
	@$(V)/uv pip compile -q pyproject.toml --extra warehouse --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header -c requirements.lock -o build/warehouse.lock
	@$(V)/python scripts/lock_extra.py build/warehouse.lock requirements.lock requirements-warehouse.lock
	@$(V)/uv pip compile -q pyproject.toml --extra cluster --universal --python-version 3.11 --generate-hashes \
	  --no-annotate --no-header -c requirements.lock -o build/cluster.lock
	@$(V)/python scripts/lock_extra.py build/cluster.lock requirements.lock requirements-cluster.lock

clean: ## Remove the environment and everything that was built
	@rm -rf .venv build dist .pytest_cache .mypy_cache .ruff_cache .hypothesis
