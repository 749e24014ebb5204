# All commands of the project: `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: help setup setup-dev run test check bench train-street chromium headless-chromium

PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/camvid

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 15

setup: .venv/app-stamp  ## create .venv and install the pins; instant when they did not change

setup-dev: .venv/dev-stamp  ## setup, and the tools of tests and checks

.venv/app-stamp: requirements.txt
	@$(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "StreetScope needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")'
	@test -x $(BIN)/python || $(PYTHON) -m venv .venv
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements.txt
	@touch $@

.venv/dev-stamp: .venv/app-stamp requirements-dev.txt
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-dev.txt
	@touch $@

run: setup  ## the app, on http://localhost:8501
	$(BIN)/python -m streamlit run app.py --server.port 8501

test: setup-dev headless-chromium  ## every test, the browser's included, by two processes
	$(BIN)/python -m pytest -n 2 --dist loadfile --no-loadscope-reorder

check: setup-dev  ## ruff format and lint, mypy --strict
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

bench: setup-dev chromium  ## speed and memory on this machine, written to bench/; PARTS="click start" for some
	$(BIN)/python -m pip install --quiet --disable-pip-version-check -r requirements-bench.txt
	$(BIN)/python -m bench $(PARTS)

train-street: setup  ## train the shipped model anew (about an hour and a half on two cores); DATA=... for other data
	$(BIN)/python -m core train --recipe street --data $(DATA) --name street-lite0

# Debian's Chromium, not Playwright's own download. Tests need none of the tabs and menus of a whole browser, which
# its headless mode draws too, unseen: a sixth of all that the browser's tests compute. Ubuntu has no such package.
headless-chromium: BROWSERS := chromium-headless-shell chromium google-chrome
headless-chromium: PACKAGES := chromium-headless-shell chromium
chromium: BROWSERS := chromium google-chrome
chromium: PACKAGES := chromium
headless-chromium chromium:
	@for name in $(BROWSERS); do command -v $$name >/dev/null && exit 0; done; \
	  echo "Installing Debian's $(firstword $(PACKAGES))"; \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq; \
	  for package in $(PACKAGES); do $$sudo apt-get install -y -qq $$package >/dev/null && exit 0; done; \
	  exit 1
