# Till's commands. Each does all its own set-up and asks nothing.
#
#   make demo     a sale from a picture to the hub's ledger, and everything around it
#   make test     all tests
#   make browser-test  the cashier's console in Chromium
#   make screens  every customer's screen in each language and theme on sheets, in ./screens
#   make browser-screens  the console in Chromium, with a picture of each view in each language
#   make shop-qr-proof  shop QRs by chance, read by two readers of others
#   make kiosk-test  the daemon behind a USB camera in a virtual machine (three minutes and more)
#   make run      a hub and a terminal to play with by hand
#   make bench    the benchmarks
#   make eyes-proof  frames through the daemon: time to an approval, and memory
#   make simulate SEEDS=n  whole towns under seeds
#   make faults   a fault at each call of the disk
#   make kiosk-power-cuts  power cuts in a virtual machine, in the middle of sales
#   make proof    the long proofs in full (CI runs small counts)
#   make deb      the package for Debian 12, in ./dist
#   make deb-test the package operated as docs/operating.md says, in a container
#   make documents  completions and man pages, read by what reads them
#   make read-rate  frames and photographs, read by Till and by others in one run
#   make lint     the format lint
#   make api-test  docs/spec/openapi.json against a real daemon, hub-openapi.json against a hub
#   make coverage the regions of the rules that no test enters (after make unit)
#   make mutants  the decision and the sale machine broken line by line

SHELL := /bin/bash
RELEASE := .build/release
PROGRAMS := tilld till-scanner tillctl tillhub tillwallet
KILLS ?= 500
CUTS ?= 20
FUZZ_SECONDS ?= 5
PAYLOADS ?= 10000
SHOP_QRS ?= 300
EYE_PAYMENTS ?= 5
EYE_FRAMES ?= 300
JOURNAL_CHANGES ?= 300
VERIFIER_SAMPLES ?= 60
SEEDS ?= 2000
CAPTURES ?= 1000
HUB_KILLS ?= 10

.PHONY: read-rate demo demo-forged test unit kill-test kiosk-test kiosk-power-cuts faults mutants run bench \
	proof lint setup release fuzz units emv-crosscheck journal-proof coverage schema-mutants \
	browser-test browser-screens customer-screens screens shop-qr-proof deb deb-test documents simulate eyes-proof proxy-test second-client \
	api-test planted-defects

setup:
	@scripts/setup.sh

release: setup
	@for program in $(PROGRAMS) till-bench; do \
		swift build -c release --product $$program || exit 1; done

demo: release
	@python3 scripts/demo.py --programs $(RELEASE)

# The demo again with a payment in the hub's ledger edited: it must fail, and for that reason.
demo-forged: release
	@log=$$(mktemp); if python3 scripts/demo.py --programs $(RELEASE) --forge >$$log 2>&1; \
		then echo "the edited ledger was not noticed"; exit 1; fi; \
		grep -o '"reason":"ledger-damaged"' $$log || { cat $$log; exit 1; }

# The suites that keep every core busy for minutes go by themselves: beside them, whatever waits for
# an answer waits in vain. So go those that speak HTTP within the limits of a real connection. `make
# coverage` reads what the others entered.
HEAVY_SUITES := TownTests|FaultSweepTests|RogueTests
HTTP_SUITES := HubTLSTests|CaptivePortalTests|HTTPHubTests|DocumentHTTPTests
unit: setup
	swift test --enable-code-coverage --filter '$(HEAVY_SUITES)'
	swift test --enable-code-coverage --filter '$(HTTP_SUITES)'
	swift test --enable-code-coverage --skip '$(HEAVY_SUITES)|$(HTTP_SUITES)'

kill-test: release
	python3 scripts/kill_test.py --programs $(RELEASE) --count $(KILLS)

# Frames through the daemon and its decoder: how long a payment takes, and that memory stays flat.
eyes-proof: release
	python3 scripts/eyes_proof.py --programs $(RELEASE) --payments $(EYE_PAYMENTS) \
		--frames $(EYE_FRAMES)

# Five daemons and a hub on a bad network; the hub is killed again and again.
proxy-test: release
	python3 scripts/proxy_test.py --programs $(RELEASE) --captures $(CAPTURES) --kills $(HUB_KILLS)

# A terminal in Python that follows docs/spec, with the real hub.
second-client: release
	@scripts/setup.sh python3-venv
	python3 scripts/second_client_test.py --programs $(RELEASE)

# Every byte of a short exported journal is changed, and a long one by seeds: each change must be
# found; the second verifier, in another language, must say the same.
journal-proof: release
	$(RELEASE)/till-bench --journal-changes $(JOURNAL_CHANGES)
	python3 scripts/compare_verifiers.py --programs $(RELEASE) --count $(VERIFIER_SAMPLES)

# One debug build with coverage for the unit, vector, contract, command and house tests; one
# release build, shared by the kill test, the browser test, the demo and the benchmarks.
test: unit kill-test eyes-proof proxy-test second-client journal-proof shop-qr-proof browser-test \
	api-test

# The documents of both APIs against a real daemon and a real hub: a day, each answer judged; with EXAMPLES
# Schemathesis, from PyPI, makes hundreds of requests more, as many for each operation, right and wrong.
EXAMPLES ?= 0
api-test: release
	scripts/api_test.sh $(RELEASE) $(EXAMPLES)

# Chromium and its driver come from Debian, Selenium from PyPI.
browser-test: release
	scripts/browser_test.sh $(RELEASE)

browser-screens: release
	scripts/browser_test.sh $(RELEASE) screens

# For a person to look at: every screen of the customer, and every view of the console.
screens: customer-screens browser-screens

# `make unit` finds what is cut or has no font.
customer-screens: release
	@mkdir -p screens
	@for language in en de fr es zh ar; do for theme in light dark; do \
		$(RELEASE)/tillctl display sheet --language $$language --theme $$theme \
			--out screens/customer-$$language-$$theme.png || exit 1; done; done
	@ls screens/customer-*.png

# Two readers of others, from PyPI, into an environment of their own.
shop-qr-proof: release
	@scripts/setup.sh python3-venv
	python3 scripts/shop_qr_proof.py --programs $(RELEASE) --count $(SHOP_QRS)

# Apart from `make test`: it installs QEMU and makes a guest of 400 MB the first time.
# Generated frames and photographs, read by Till and by others' readers in one run; FOLDERS names more.
FRAMES ?= 20
read-rate: release
	@scripts/setup.sh python3-venv zbar-tools
	python3 scripts/read-rate.py --generated $(FRAMES) --peers --at-least Tests/read-rates.json $(FOLDERS)

kiosk-test: release
	@python3 Tests/KioskTests/kiosk_test.py --programs $(RELEASE)

run: release
	@scripts/run.sh $(RELEASE)

bench: release
	$(RELEASE)/till-bench

fuzz: setup
	scripts/fuzz.sh $(FUZZ_SECONDS)

# Two validators of others, from PyPI, into an environment of their own.
emv-crosscheck: release
	python3 scripts/emv_crosscheck.py --programs $(RELEASE) --count $(PAYLOADS)

units: setup
	scripts/check-units.sh

coverage:
	python3 scripts/coverage.py

mutants: setup
	python3 scripts/mutation.py run $(MUTANTS)

lint:
	swift format lint --strict --recursive --parallel Package.swift Sources Tests Fuzz/Package.swift Fuzz/Harnesses

# In a build folder of its own: these programs have Swift's runtime in them (docs/adr/0051).
DEB_BUILD := .build-deb
deb: setup
	@scripts/setup.sh dpkg-dev lintian man-db
	@for program in $(PROGRAMS); do swift build -c release --static-swift-stdlib \
		--scratch-path $(DEB_BUILD) --product $$program || exit 1; done
	@package=$$(scripts/make_deb.sh $(DEB_BUILD)/release dist | tail -1) && \
		lintian --fail-on error,warning "$$package" && echo "$$package"

# Needs root and a Debian mirror: a machine of its own, with systemd, over a minimal Debian 12.
deb-test: deb
	scripts/setup.sh systemd-container mmdebstrap
	scripts/deb_test.sh $(DEB_BUILD)/release

documents: release
	@scripts/setup.sh man-db mandoc zsh fish
	scripts/check-documents.sh $(RELEASE)

# Needs QEMU and root: a virtual machine whose disk loses what was not flushed.
kiosk-power-cuts: release
	python3 Tests/KioskTests/power_cuts.py --programs $(RELEASE) --count $(CUTS)
	python3 Tests/KioskTests/power_cuts.py --programs $(RELEASE) --count 3 --careless

# A fault at each call of the disk, with three seeds; `make test` sweeps the sale and a part of the rest.
faults: setup
	TILL_FAULTS=all swift test --filter FaultTests

# Whole towns under seeds, half of them new each time (docs/adr/0060).
simulate: setup
	TILL_SEEDS=$(SEEDS) swift test --enable-code-coverage --filter TownTests

# Defects of one line each, planted in a copy: which town finds each. Not all are found yet, and not
# all were tried (docs/measurements.md), so this is no part of `make proof`.
planted-defects: setup
	python3 scripts/planted_defects.py

# Each constraint and trigger of the journal's schema left out or turned round: a test must see it.
schema-mutants: setup
	TILL_MUTANTS=$(CURDIR)/.build/schema-mutants.txt swift test --filter SchemaMutationTests

proof: release faults kiosk-power-cuts
	$(MAKE) kill-test KILLS=2000
	$(MAKE) simulate SEEDS=2000
	$(MAKE) eyes-proof EYE_PAYMENTS=200 EYE_FRAMES=100000
	$(MAKE) proxy-test CAPTURES=20000 HUB_KILLS=50
	$(MAKE) api-test EXAMPLES=50
	$(MAKE) journal-proof JOURNAL_CHANGES=20000 VERIFIER_SAMPLES=1000
	$(MAKE) fuzz FUZZ_SECONDS=600
	$(MAKE) emv-crosscheck
	$(MAKE) shop-qr-proof SHOP_QRS=10000
	$(MAKE) read-rate
	$(RELEASE)/till-bench --full
