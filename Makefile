# What people type. Set-up is scripts/setup.sh: safe to repeat, quick when nothing changed.

SHELL := /bin/bash
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

export PATH := $(CURDIR)/.venv/bin:$(PATH)
PYTEST := python -m pytest

.PHONY: help run test test-real test-ceph test-s3a chaos check format lock reference airflow clean

help: ## list these targets
	@awk -F ':.*## ' '/^[a-z0-9-]+:.*## / { printf "  make %-11s %s\n", $$1, $$2 }' Makefile

run: ## set-up, then the whole job on a made-up world
	@bash scripts/setup.sh run
	@rekomenda demo
	@echo "(Where your shell does not find rekomenda: source .venv/bin/activate)"

test: ## set-up, then every test (real data apart)
	@bash scripts/setup.sh test
	@$(PYTEST) -n 2 --dist worksteal -m "not real and not needs_ceph and not needs_s3a"

test-real: ## tests on real data sets, from the folder REKOMENDA_REAL_DATA names
	@bash scripts/setup.sh test
	@$(PYTEST) -m real

test-ceph: ## a home in Ceph, which checks signatures; installs it from Debian, needs root
	@bash scripts/setup.sh ceph
	@$(PYTEST) -m needs_ceph

check: ## the quick part: format, lint, types, import contracts, quick tests
	@bash scripts/setup.sh dev
	@ruff format --check .
	@ruff check .
	@mypy
	@lint-imports
	@$(PYTEST) -n 2 --dist worksteal -m "not slow and not real and not needs_ceph and not needs_s3a"

test-s3a: ## Spark reading a bucket by itself; fetches 180 MB of jars from PyPI
	@bash scripts/setup.sh s3a
	@$(PYTEST) -m needs_s3a

chaos: ## set-up, then every fault at every point, for hours; ONLY="kill errno" POINTS=50 for a part
	@bash scripts/setup.sh test
	@python benchmarks/chaos.py $(if $(ONLY),--only $(ONLY)) $(if $(POINTS),--points $(POINTS))

format: ## let ruff rewrite what it can
	@bash scripts/setup.sh dev
	@ruff format .
	@ruff check --fix .

reference: ## rewrite the generated pages and rekomenda.example.toml
	@bash scripts/setup.sh dev
	@python scripts/generate_reference.py

airflow: ## set-up of Airflow in .venv-airflow, then started on http://127.0.0.1:8080; Ctrl-C ends it
	@bash scripts/setup.sh run
	@bash scripts/airflow.sh
	@exec bash deploy/airflow/start.sh

lock: ## resolve the lock files again (needs uv); UPGRADE=1 takes newer versions
	@bash scripts/lock.sh $(if $(UPGRADE),--upgrade)

clean: ## remove .venv and caches; your data and Airflow's history stay
	@rm -rf .venv .venv-airflow .mypy_cache .ruff_cache .pytest_cache .hypothesis .import_linter_cache dist build
	@find src tests benchmarks scripts -name __pycache__ -type d -prune -exec rm -rf {} +
