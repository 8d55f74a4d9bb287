# dwcp: trains, judges and exports the four models that steer DWCP replication.
#
# The first two commands, each on a fresh Debian machine with a Swift toolchain:
#
#   make train-all           train all four models; report in reports/dwcp_v1/
#   make test                everything, the checks with stock Keras and ONNX Runtime included
#
# More:
#
#   make train-bandwidth     train one model; also train-compression, train-reliability, train-latency
#   make evaluate            judge the artifacts in OUT on TEST_DATA, or on the test part of DATA
#   make validate            check DATA against the schema, every problem at once
#   make generate            simulate SAMPLES rows into DATA and INCIDENTS
#   make test-fast           the tests without Python
#   make fuzz                100,000 mutated files for every reader of outside bytes, ROUNDS for another number
#   make bench               measure speed against the tools it replaces, on an idle machine; report in reports/bench.md,
#                            of one workload in reports/bench-<name>.md
#   make setup               install what is missing, build nothing
#   make clean               remove build products and Python environments; runs and data stay
#
# Variables, for example `make train-all DATA=telemetry.csv.gz INCIDENTS=incidents.json SEED=7`:
#
#   DATA, INCIDENTS          telemetry (CSV, plain or gzipped) and labelled incidents (JSON); without DATA:
#                            data/dwcp_metrics.csv and data/labeled_incidents.json, simulated there if absent
#   OUT, REPORTS             folders of the run: checkpoints/dwcp_v1, reports/dwcp_v1
#   SEED, EPOCHS, BATCH      42; the schema's; the schema's
#   MODELS                   bandwidth,compression,reliability,latency
#   SAMPLES, SCENARIO        100000; reference (or calm, stormy, noise)
#   TEST_DATA                test rows for `make evaluate`
#   ROUNDS, READER           for `make fuzz`: 100000; part of a reader's name, all when absent
#   BENCH, PAIRS, SCALE      for `make bench`: one workload or section, pairs (seeds) of each but memory and the training of
#                            four-models, part of the sizes (a trial)
#   LARGE                    yes: `make bench` lets growth go on to ten million rows (a file of 5 GB)
#   ARGS                     further flags for the dwcp command, for example ARGS="--sequential --quiet"
#
# dwcp's exit codes are in `dwcp --help`; make itself exits with 2 whenever a command did not exit with 0.

DEFAULT_DATA := data/dwcp_metrics.csv
DEFAULT_INCIDENTS := data/labeled_incidents.json

ifeq ($(DATA),)
USES_DEFAULT_DATA := yes
DATA := $(DEFAULT_DATA)
INCIDENTS := $(DEFAULT_INCIDENTS)
endif

OUT ?= checkpoints/dwcp_v1
REPORTS ?= reports/dwcp_v1
SEED ?= 42
EPOCHS ?=
BATCH ?=
MODELS ?= bandwidth,compression,reliability,latency
SAMPLES ?= 100000
SCENARIO ?= reference
TEST_DATA ?=
ROUNDS ?= 100000
READER ?=
BENCH ?=
PAIRS ?=
SCALE ?=
LARGE ?=
ARGS ?=

DWCP := .build/release/dwcp
# Tests need testable modules, the program does not: a build folder each, or every switch would compile everything again.
TEST_BUILD := .build-tests
SWIFT_TEST := swift test --configuration release --scratch-path $(TEST_BUILD)

data_flags = --data-path "$(DATA)"
incidents_flag = $(if $(INCIDENTS),--incidents-path "$(INCIDENTS)")
epoch_flags = $(if $(EPOCHS),--epochs $(EPOCHS)) $(if $(BATCH),--batch-size $(BATCH))

.PHONY: help train-all train-bandwidth train-compression train-reliability train-latency evaluate validate generate test \
	test-fast interop fuzz bench setup setup-python clean build input

help:
	@sed -n '/^#/!q; s/^# \{0,1\}//p' Makefile

# Training and judging

train-all: build input
	$(DWCP) train-all $(data_flags) $(incidents_flag) --output-dir "$(OUT)" --reports-dir "$(REPORTS)" \
		--models $(MODELS) --seed $(SEED) $(epoch_flags) $(ARGS)

train-bandwidth: build input
	@mkdir -p "$(OUT)"
	$(DWCP) train bandwidth $(data_flags) --output "$(OUT)/bandwidth_predictor.keras" --seed $(SEED) $(epoch_flags) $(ARGS)

train-compression: build input
	@mkdir -p "$(OUT)"
	$(DWCP) train compression $(data_flags) --output "$(OUT)/compression_selector.keras" --seed $(SEED) $(epoch_flags) $(ARGS)

train-reliability: build input
	@mkdir -p "$(OUT)"
	$(DWCP) train reliability $(data_flags) $(incidents_flag) --output "$(OUT)/reliability_model.onnx" --seed $(SEED) $(ARGS)

train-latency: build input
	@mkdir -p "$(OUT)"
	$(DWCP) train latency $(data_flags) $(incidents_flag) --output "$(OUT)/consensus_latency.keras" --seed $(SEED) \
		$(epoch_flags) $(ARGS)

evaluate: build $(if $(TEST_DATA),,input)
ifeq ($(TEST_DATA),)
	$(DWCP) split $(data_flags) --output-dir data/split
	$(DWCP) evaluate --checkpoints-dir "$(OUT)" --test-data-path data/split/test.csv $(incidents_flag) \
		--output-dir "$(REPORTS)" $(ARGS)
else
	$(DWCP) evaluate --checkpoints-dir "$(OUT)" --test-data-path "$(TEST_DATA)" $(incidents_flag) --output-dir "$(REPORTS)" $(ARGS)
endif

# Data

validate: build input
	$(DWCP) validate $(data_flags) $(incidents_flag) $(ARGS)

generate: build
	@mkdir -p "$(dir $(DATA))"
	$(DWCP) generate --output "$(DATA)" --incidents "$(or $(INCIDENTS),$(DEFAULT_INCIDENTS))" --samples $(SAMPLES) \
		--seed $(SEED) --scenario $(SCENARIO) $(ARGS)

# Without DATA: what is there is used, and what is not there is simulated. One file without the other is nobody's intention.
input: build
ifdef USES_DEFAULT_DATA
	@if [ -f "$(DATA)" ] && [ -f "$(INCIDENTS)" ]; then \
		echo "make: no DATA given; using $(DATA) and $(INCIDENTS)" >&2; \
	elif [ ! -e "$(DATA)" ] && [ ! -e "$(INCIDENTS)" ]; then \
		echo "make: no DATA given and none in data/; simulating $(SAMPLES) rows of the $(SCENARIO) scenario there" >&2; \
		mkdir -p data && $(DWCP) generate --output "$(DATA)" --incidents "$(INCIDENTS)" --samples $(SAMPLES) --seed 42 \
			--scenario $(SCENARIO); \
	else \
		echo "make: only one of $(DATA) and $(INCIDENTS) exists; add the other, or remove it and run make again to simulate both" >&2; \
		exit 66; \
	fi
endif

# Tests

test: test-fast interop

test-fast: setup
	$(SWIFT_TEST)

# Our files in stock Keras (JAX backend), ONNX Runtime and h5py. A missing tool is a failure, never a skip.
interop: test-fast setup-python
	Tools/interop/run.sh .venv/bin/python $(TEST_BUILD)

# Without other tests beside it, so that memory says something about the reader.
fuzz: setup
	DWCP_FUZZ_ROUNDS=$(ROUNDS) DWCP_FUZZ_READER="$(READER)" $(SWIFT_TEST) --filter FuzzTests.FuzzTests

# Ours and the peers, alternately, in one run; the method is in docs/performance.md.
bench: build
	@Tools/setup.sh --with-python
	@Tools/setup-python.sh Benchmarks/.venv Benchmarks/requirements.txt
	@rm -f Benchmarks/.build/release.yaml # the build plan: without this, new files of the program are not noticed
	swift build --configuration release --package-path Benchmarks
	Benchmarks/.venv/bin/python -m unittest discover --quiet --start-directory Benchmarks/harness --pattern 'test_*.py'
	Benchmarks/.venv/bin/python Benchmarks/harness/bench.py --program Benchmarks/.build/release/dwcp-bench --trainer $(DWCP) \
		$(if $(BENCH),--only $(BENCH)) $(if $(PAIRS),--pairs $(PAIRS)) $(if $(SCALE),--scale $(SCALE)) $(if $(LARGE),--large)

# Prerequisites

setup:
	@Tools/setup.sh

setup-python: setup
	@Tools/setup.sh --with-python
	@Tools/setup-python.sh

# With Swift's libraries inside, the program runs where Swift is not installed, and starts in two thirds of the time. The
# default linker warns of a call in Foundation itself.
build: setup
	swift build --configuration release --product dwcp --static-swift-stdlib -Xswiftc -Xclang-linker -Xswiftc -fuse-ld=lld

clean:
	rm -rf .build .build-tests .venv Benchmarks/.build Benchmarks/.venv Benchmarks/.data
