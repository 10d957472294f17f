#!/usr/bin/env bash
# Installs the tools of the browser build that are missing, and prints the folders to put in
# front of PATH: wasm-bindgen and wasm-split-cli in the one version that Cargo.lock wants, and npm's wasm-opt,
# lightningcss, ... in the versions of scripts/package-lock.json. (Debian's wasm-opt, version
# 108, silently corrupts today's modules.)
# They live outside of the checkout and of the target folder: each is a matter of minutes or
# megabytes, and neither a fresh clone nor `make clean` should pay for it again.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools

version=$(awk -F'"' '/^name = "wasm-bindgen"$/ { getline; print $2 }' Cargo.lock)
bindgen=$tools/wasm-bindgen-$version/bin
if [ ! -x "$bindgen/wasm-bindgen" ]; then
    echo "Installing wasm-bindgen-cli $version (some minutes, once)" >&2
    scripts/need.sh cc gcc libc6-dev
    # No --locked: the lock file shipped with some versions does not build. Optimising lightly
    # halves the build; the tool runs for a second. No TLS: it is for the test runner only.
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 cargo install -q wasm-bindgen-cli --version "$version" \
        --no-default-features --bin wasm-bindgen \
        --root "${bindgen%/bin}" --target-dir "$tools/build" >&2
    rm -rf "$tools/build"
fi

# Of the same version as the macros whose marks it looks for.
version=$(awk -F'"' '/^name = "wasm_split_helpers"$/ { getline; print $2 }' Cargo.lock)
split=$tools/wasm-split-$version/bin
if [ ! -x "$split/wasm-split-cli" ]; then
    echo "Installing wasm-split-cli $version (a minute, once)" >&2
    CARGO_PROFILE_RELEASE_OPT_LEVEL=1 cargo install -q --locked wasm_split_cli_support --version "$version" \
        --features build-binary --root "${split%/bin}" --target-dir "$tools/build" >&2
    rm -rf "$tools/build"
fi

scripts/need.sh node nodejs
scripts/need.sh npm npm
npm=$tools/npm-$(sha256sum scripts/package.json scripts/package-lock.json | sha256sum | cut -c1-12)
if [ ! -f "$npm/.complete" ]; then
    echo "Installing the build tools of scripts/package.json" >&2
    mkdir -p "$npm"
    cp scripts/package.json scripts/package-lock.json "$npm"
    npm ci --prefix "$npm" --no-audit --no-fund >&2
    touch "$npm/.complete"
fi

echo "$bindgen:$split:$npm/node_modules/.bin"
