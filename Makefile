# One word each. Everything is installed into .venv of this folder and nothing outside of it.
# Needs python3 (3.11 or newer) and make; see docs/operations/install.md.

PYTHON := .venv/bin/python
# Every part is a process of its own: without compiled modules each would compile them all anew.
export PYTHONDONTWRITEBYTECODE :=

.PHONY: help setup demo demo-reset test check fmt bench run worker beat lock

help:
	@echo "make demo        try it: servers, demo data, everything running (Ctrl-C stops it)"
	@echo "make demo-reset  forget what the demo made"
	@echo "make test        everything that is tested, the browser included"
	@echo "make check       lint, types, floors, migrations"
	@echo "make fmt         put the code into shape"
	@echo "make bench       the figures; one alone: make bench NAME=tenant_create"
	@echo "make run         only the web part; make worker, make beat: the others"
	@echo "make lock        write the lock files anew from pyproject.toml"

setup: .venv/runtime.stamp

.venv/runtime.stamp: requirements.lock .ci/setup .ci/uv.lock
	@sh .ci/setup requirements.lock
	@touch $@

.venv/dev.stamp: requirements-dev.lock .ci/setup .ci/uv.lock
	@sh .ci/setup requirements-dev.lock
	@touch $@

demo: setup
	@exec $(PYTHON) manage.py up --demo

demo-reset: setup
	@$(PYTHON) manage.py forget

run: setup
	@exec $(PYTHON) manage.py up --parts web

worker: setup
	@exec $(PYTHON) manage.py up --parts worker,sender,owner

beat: setup
	@exec $(PYTHON) manage.py up --parts beat

test: .venv/dev.stamp
	@sh .ci/browser
	@sh .ci/senders
	@[ -d .venv/senders/debian ] || set -- -m "not debian"; set -x; \
		exec $(PYTHON) -m pytest -n 2 --dist loadfile --no-loadscope-reorder "$$@" $(ARGS)

# Checks read the settings, which want addresses; nothing is connected to.
check: export DATABASE_URL := postgresql://nobody@/none?host=/nowhere
check: export REDIS_URL := redis://nowhere
check: export SECRET_KEY := check
check: .venv/dev.stamp
	$(PYTHON) -m ruff check .
	$(PYTHON) -m ruff format --check .
	$(PYTHON) -c "import sys; from importlinter.cli import lint_imports_command as c; sys.exit(c())"
	$(PYTHON) -m mypy
	$(PYTHON) -W ignore::RuntimeWarning manage.py makemigrations --check --dry-run
	$(PYTHON) -m djlint templates --lint --quiet

fmt: .venv/dev.stamp
	$(PYTHON) -m ruff check --fix-only .
	$(PYTHON) -m ruff format .

bench: .venv/dev.stamp
	$(PYTHON) -m tests.bench $(NAME)

lock: .venv/dev.stamp
	@sh .ci/lock
