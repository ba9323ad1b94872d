# Two commands on a fresh Debian or Ubuntu: `make run` opens the demo, `make test` runs every test.
# Each sets up what it needs first (.ci/setup), and does nothing the second time.

BIN := .venv/bin
WORKERS ?= 2
PYTEST := $(BIN)/python -m pytest
TESTS ?=

.DEFAULT_GOAL := help
.PHONY: help run test check format bench drill shots lock wheel clean ready-run ready-test

help: ## show this list
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/^([a-z-]+):.*## /  make \1\t/' | expand -t 20

ready-run:
	@sh .ci/setup run

ready-test:
	@sh .ci/setup test

run: ready-run ## open the demo, ready to click (PORT=… chooses the port)
	$(BIN)/course demo $(if $(PORT),--port $(PORT))

test: ready-test ## run every test, on SQLite and PostgreSQL, browser included (TESTS=… narrows)
	$(PYTEST) -q -n $(WORKERS) --dist worksteal $(TESTS)

check: ready-test ## style, types, import contract, templates, content, and every test
	$(BIN)/ruff check .
	$(BIN)/ruff format --check .
	$(BIN)/pyright
	$(BIN)/lint-imports
	$(BIN)/djlint --quiet --lint course
	$(BIN)/course check .
	@$(MAKE) --no-print-directory test

format: ready-test ## let ruff put the code in order
	$(BIN)/ruff check --fix .
	$(BIN)/ruff format .

bench: ready-test ## measure the speed table of the design into docs/speed.md
	$(BIN)/python -m tests.bench

drill: ready-test ## kill the server 1,000 times while it writes, on both databases
	$(BIN)/python -m tests.drill --kills 1000

shots: ready-test ## take the pictures of the guides anew into docs/pictures (SHOTS=… names some)
	$(BIN)/python -m tests.browser.shots $(SHOTS)

# Made with the oldest Python we promise (Debian 12: 3.11.2); some packages ask for a later 3.11.
lock: PYTHON ?= /usr/bin/python3
lock: ## renew requirements-dev.lock with the newest versions that pyproject.toml allows
	rm -rf build/lock && $(PYTHON) -m venv build/lock
	build/lock/bin/python -m pip install --quiet --disable-pip-version-check --editable '.[dev]'
	(echo '# Made by `make lock`: the versions the tests were last seen green with.'; \
	 build/lock/bin/python -m pip freeze --disable-pip-version-check --exclude-editable) > requirements-dev.lock
	rm -rf build/lock

wheel: ready-test ## build the distribution, content included, into dist/
	$(BIN)/python -m pip wheel --quiet --disable-pip-version-check --no-deps --wheel-dir dist .

clean: ## remove what can be made again (never instance/)
	rm -rf .venv build dist .pytest_cache .ruff_cache .hypothesis .import_linter_cache
	find course tests -name __pycache__ -type d -prune -exec rm -rf {} +
