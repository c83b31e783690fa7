# The commands anyone types. Each says what it does; `make help` lists them.
SHELL := /bin/bash
.DEFAULT_GOAL := help
.PHONY: run test build release lint format bench goldens doctor clean help system data fuzz fuzz-sanitised torture

PACKAGES := liblua5.4-dev libhdf5-dev libopenblas-dev libpng-dev libturbojpeg0-dev libwebp-dev lua-check pkg-config
SUDO := $(shell [ "$$(id -u)" = 0 ] || echo sudo)
HIRE := .build/release/hire
PYTHON ?= python3
INPUTS ?= 200000
LONG_INPUTS ?= 5000000
SEED ?= 1
LUA_SOURCES := Plugins/*.lua experiments Tests/Lua Tests/Torture

help: ## List the commands
	@grep -hE '^[a-z-]+:.*##' $(MAKEFILE_LIST) | sort | awk -F ':.*## ' '{ printf "  make %-15s %s\n", $$1, $$2 }'

run: release data ## Set everything up, then run the quickstart experiment (about ten minutes)
	@echo "== Running experiments/quickstart; results go to runs/quickstart"
	$(HIRE) run experiments/quickstart/experiment.lua

test: system lint ## Check everything: style, unit, golden, Lua and repository tests, smoke runs; ends with the counts
	@echo "== Building and running all tests"
	@bash Tests/run.sh

build: system ## Build for debugging
	@echo "== Building (debug)"
	swift build

release: system ## Build optimised
	@echo "== Building (release; the first time takes a few minutes)"
	swift build -c release --product hire

lint: system ## Check the style of Swift and Lua sources
	@echo "== Checking style"
	swift format lint --strict --parallel --recursive Package.swift Sources Plugins Tests
	luacheck --quiet $(LUA_SOURCES)

format: ## Bring Swift sources into the house style
	@echo "== Formatting Swift sources"
	swift format --in-place --parallel --recursive Package.swift Sources Plugins Tests

bench: release ## Measure speed; beside PyTorch in the same run where torch is installed
	@echo "== Measuring speed"
	$(PYTHON) Tests/Peers/compare.py $(HIRE)

goldens: system ## Make the golden files and docs/parity.md anew with PyTorch, Pillow and h5py (needs Tests/Goldens/generate/requirements.txt)
	@echo "== Making golden files"
	bash Tests/Goldens/generate/all.sh $(PYTHON)
	swift build --build-tests
	HIRE_WRITE_PARITY=1 swift test --skip-build --filter ParityTableTests

fuzz: system ## Run every parser on changed files: make fuzz [INPUTS=200000] [SEED=1] [TARGET=json]
	@echo "== Building the fuzzer (release)"
	swift build -c release --product HireFuzz
	swift build -c release --product hire
	.build/release/HireFuzz --self-check
	.build/release/HireFuzz --inputs $(INPUTS) --seed $(SEED) $(addprefix --target ,$(TARGET))

fuzz-sanitised: system ## The same with the sanitisers for addresses, undefined behaviour (C) and leaks: make fuzz-sanitised [INPUTS=20000]
	@echo "== Building the fuzzer with sanitisers"
	swift build -c release --scratch-path .build/sanitised --sanitize=address -Xcc -fsanitize=undefined \
		-Xcc -fsanitize-trap=undefined --product HireFuzz
	swift build -c release --product hire
	.build/sanitised/release/HireFuzz --sanitised --self-check
	HIRE_PROGRAM=$$PWD/.build/release/hire .build/sanitised/release/HireFuzz --sanitised --inputs $(INPUTS) --seed $(SEED) \
		$(addprefix --target ,$(TARGET))

torture: system ## Kill, signal, starve, share and corrupt runs for long, then fuzz for longer: make torture [SEED=1] [LONG_INPUTS=5000000]
	@echo "== Building (release)"
	swift build -c release --product hire
	swift build -c release --product HireTorture
	swift build -c release --product HireFuzz
	@echo "== Runs that are disturbed (about an hour)"
	.build/release/HireTorture --seed $(SEED)
	@echo "== Every Lua function with every wrong value"
	HIRE_HOSTILE_CALLS=all swift test --filter HostileCallTests
	@echo "== Parsers (hours)"
	.build/release/HireFuzz --inputs $(LONG_INPUTS) --seed $(SEED)

doctor: release ## Say what this machine has and what is missing
	$(HIRE) doctor

data: ## Fetch the easy-VQA pictures and five photographs (PyPI, 5 and 25 MB) into data/
	@bash experiments/quickstart/fetch-data.sh "$(PYTHON)" "$(SUDO)"
	@bash experiments/enrichers/fetch-data.sh "$(PYTHON)" "$(SUDO)"

system: ## Install the system libraries that are missing (apt)
	@missing=(); for p in $(PACKAGES); do dpkg -s $$p >/dev/null 2>&1 || missing+=($$p); done; \
	if [ $${#missing[@]} -gt 0 ]; then \
		echo "== Installing $${missing[*]}"; \
		$(SUDO) apt-get update -qq && DEBIAN_FRONTEND=noninteractive $(SUDO) apt-get install -y -qq $${missing[@]}; \
	fi

clean: ## Remove what was built (not results, not data)
	@echo "== Removing .build"
	rm -rf .build
