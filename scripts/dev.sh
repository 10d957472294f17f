#!/usr/bin/env bash
# Rebuilds and reloads at each change: `cargo leptos watch`, which is installed when missing.
# It takes half an hour of CPU time to compile, so nothing but this script needs it.
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
    new_enough "$bin" || bin=/usr/bin
    new_enough "$bin" || scripts/need.sh "Rust $rust" rustc-web cargo-web
    new_enough "$bin" || {
        echo "cargo-leptos $version needs Rust $rust or later: please update Rust." >&2
        exit 1
    }
    echo "Installing cargo-leptos $version (half an hour, once)" >&2
    PATH=$bin:$PATH cargo install --locked cargo-leptos --version "$version" --features no_downloads \
        --target-dir "${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools/build"
fi

path=$(scripts/web-tools.sh)
PATH=$path:$PATH exec scripts/wasm-toolchain.sh cargo leptos watch
