# The commands of this project; `make help` lists them.
# Each installs what it needs and does not find, or says in one sentence what is missing.

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := help
# The recipes share cargo's folders, and cargo uses all cores by itself.
.NOTPARALLEL:

# Absolute, because the browser tests run in another folder.
target := $(abspath $(or $(CARGO_TARGET_DIR),target))
binary := $(target)/release/jcrontab
# One file: the program with its pages inside.
product := $(target)/product/jcrontab

# clippy sees the frontend as it is shipped: same target, same profile, so nothing is built twice.
frontend_flags := --package=frontend --lib --no-default-features --target=wasm32-unknown-unknown \
	--target-dir=$(target)/front --profile=wasm-release

.PHONY: help run build server site dist dist-test test faults check advisories fmt bench screenshots dev clean tools

help: ## list these commands
	@awk -F ':.*## ' '/^[a-z-]+:.*## / { printf "make %-11s %s\n", $$1, $$2 }' $(MAKEFILE_LIST)

run: build ## build the product and serve it on http://127.0.0.1:8000
	@exec $(product) serve

build: server site ## build the product, one file: product/jcrontab in the target folder
	@node scripts/pack.mjs $(binary) $(target)/site $(target)/release/hash.txt $(product)

server: tools
	@cargo build --release --package=server --bin=jcrontab

site: tools
	@scripts/build-site.sh --release

dist: tools ## build the release: tarball and Debian package for glibc 2.28 and later, in dist in the target folder
	@scripts/dist.sh

dist-test: ## install, use, upgrade and purge the Debian package on this machine (as root)
	@scripts/dist-test.sh

test: check ## run everything: checks, unit and integration tests, both databases, a browser
	@scripts/need.sh faketime faketime
	cargo test
	scripts/mariadb.sh run cargo test --test it --test faults
	@$(MAKE) --no-print-directory build end2end/node_modules/.package-lock.json
	@[ -n "$${CHROMIUM-}" ] || scripts/need.sh chromium chromium
	cd end2end && JCRONTAB_BIN=$(product) CHROMIUM=$${CHROMIUM:-$$(command -v chromium)} node --test
	@echo "make test: every part passed."

faults: tools ## break servers, databases, disks and clocks on purpose (half an hour)
	@scripts/need.sh faketime faketime
	@scripts/need.sh mariadbd mariadb-server-core mariadb-client-core
	@scripts/need.sh strace strace
	cargo test --package=server --test faults -- --full $(FAULTS)

check: tools ## formatting, lints of both sides, links of rustdoc, spelling, dependencies
	cargo fmt --all --check
	@path=$$(scripts/check-tools.sh) && export PATH=$$path:$$PATH && set -x && \
		typos && cargo shear && cargo deny --all-features check --hide-inclusion-graph bans licenses sources && \
		hadolint contrib/docker/Dockerfile
	@echo "Known vulnerabilities were not checked: their database is on GitHub; \`make advisories\` does it."
	cargo clippy --all-targets -- -D warnings
	scripts/wasm-toolchain.sh cargo clippy $(frontend_flags) -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --no-deps --document-private-items

advisories: tools ## known vulnerabilities of dependencies (needs GitHub)
	@path=$$(scripts/check-tools.sh) && PATH=$$path:$$PATH cargo deny --all-features check advisories

fmt: ## format the code
	cargo fmt --all

bench: build end2end/node_modules/.package-lock.json ## measure everything beside floors and peers; writes docs/PERFORMANCE.md
	@scripts/need.sh mariadbd mariadb-server-core mariadb-client-core
	@scripts/need.sh wrk wrk
	@[ -n "$${CHROMIUM-}" ] || scripts/need.sh chromium chromium
	@cargo build --release --package=bench
	@JCRONTAB_BIN=$${JCRONTAB_BIN:-$(product)} $(target)/release/bench $(if $(LONG),--long) $(if $(QUICK),--quick) $(ONLY)

screenshots: build end2end/node_modules/.package-lock.json ## take pictures of the demo in both languages, docs/screenshots
	@[ -n "$${CHROMIUM-}" ] || scripts/need.sh chromium chromium
	cd end2end && JCRONTAB_BIN=$(product) CHROMIUM=$${CHROMIUM:-$$(command -v chromium)} node screenshots.mjs

dev: tools ## rebuild and reload at each change (cargo leptos watch)
	@exec scripts/dev.sh

clean: ## delete everything that was built (not the data)
	cargo clean
	rm -rf end2end/node_modules

# SQLite and ring are C; cargo itself cannot be installed for the reader without asking.
tools:
	@command -v cargo >/dev/null || { echo "cargo is missing: please install a Rust toolchain." >&2; exit 1; }
	@scripts/need.sh cc gcc libc6-dev

end2end/node_modules/.package-lock.json: end2end/package-lock.json
	@scripts/need.sh npm nodejs npm
	cd end2end && npm ci --no-audit --no-fund
