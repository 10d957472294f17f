#!/usr/bin/env bash
# Rebuilds and reloads at each change: `cargo leptos watch`, which is installed when missing.
# It takes long to compile, so nothing but this script needs it.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.3.11
# What its dependencies ask for; the product itself gets by with less.
rust=1.96

# new_enough FOLDER: whether the cargo in that folder can compile cargo-leptos.
new_enough() {
    local have
    have=$("$1/cargo" --version 2>/dev/null | cut -d' ' -f2) || return 1
    printf '%s\n' "$rust" "$have" | sort -CV
}

# cargo finds it in its own folder even when that is not in PATH.
if ! command -v cargo-leptos >/dev/null && [ ! -x "${CARGO_HOME:-$HOME/.cargo}/bin/cargo-leptos" ]; then
    bin=$(dirname "$(command -v cargo)")
    # Debian's compiler for WASM is the newer one, where rustup's cannot build for that target.
    new_enough "$bin" || { scripts/wasm-toolchain.sh && bin=/usr/bin; }
    new_enough "$bin" || {
        echo "cargo-leptos $version needs Rust $rust or later: please update Rust." >&2
        exit 1
    }
    echo "Installing cargo-leptos $version (some minutes, once)" >&2
    # Its own profile has link-time optimisation of the whole program: for its last crate alone,
    # nine minutes. The tool waits for compilers, so it need not be fast itself.
    build=${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools/build
    PATH=$bin:$PATH CARGO_PROFILE_RELEASE_OPT_LEVEL=1 CARGO_PROFILE_RELEASE_LTO=off \
        CARGO_PROFILE_RELEASE_CODEGEN_UNITS=16 CARGO_PROFILE_RELEASE_DEBUG=0 \
        cargo install --locked cargo-leptos --version "$version" --features no_downloads --target-dir "$build"
    rm -rf "$build"
fi

path=$(scripts/web-tools.sh)
# An edit of the style sheet is put into open pages by its name, which must stay the same.
export LEPTOS_HASH_FILES=false
rm -f "${CARGO_TARGET_DIR:-target}/debug/hash.txt"
PATH=$path:$PATH exec scripts/wasm-toolchain.sh cargo leptos watch --split
