#!/usr/bin/env bash
# Runs a command with a cargo and a rustc that can build for wasm32-unknown-unknown.
#   scripts/wasm-toolchain.sh [COMMAND ARGS...]     e.g. scripts/wasm-toolchain.sh cargo build ...
# Without a command it only makes sure that such a toolchain is there. In this order:
#   1. the default toolchain, when it has the target; 2. Debian's, when it has;
#   3. rustup adds the target to the default one;     4. Debian's, for which std is built once.
# Everything but the command's own output goes to stderr.
set -euo pipefail

target=wasm32-unknown-unknown
packages=(rustc-web cargo-web rust-web-src rust-web-llvm lld-22)
here=$(cd "$(dirname "$0")" && pwd)

say() { echo "$*" >&2; }

# has_target RUSTC: both crates are asked for, so a half-copied folder does not count.
has_target() {
    local lib
    lib=$("$1" --print target-libdir --target "$target" 2>/dev/null) || return 1
    compgen -G "$lib/libcore-*.rlib" >/dev/null && compgen -G "$lib/libstd-*.rlib" >/dev/null
}

# Debian's compiler may stand behind rustup's in PATH, or not be in it: its package knows.
debian_rustc() {
    { dpkg -L rustc-web 2>/dev/null || true; } | awk '/\/bin\/rustc$/ && !found { print; found = 1 }'
}

run_default() {
    [ $# -eq 0 ] || exec "$@"
    exit 0
}

run_debian() {
    [ $# -gt 0 ] || exit 0
    # cargo takes the rustc that comes first in PATH, unless one of these says otherwise.
    unset RUSTC RUSTUP_TOOLCHAIN
    local bin
    bin=$(dirname "$(debian_rustc)")
    # Each clippy reads only what its own compiler has built.
    [ "${2-}" != clippy ] || "$here/need.sh" "$bin/cargo-clippy" rust-web-clippy
    PATH=$bin:$PATH exec "$@"
}

# Debian ships no compiled std for this target, but its source; its compiler builds that
# only as a "nightly", hence RUSTC_BOOTSTRAP.
build_std() {
    local rustc=$1 lib dir
    lib=$("$rustc" --print target-libdir --target "$target")
    if ! mkdir -p "$lib" 2>/dev/null || [ ! -w "$lib" ]; then
        say "The standard library for $target has to be put into $lib: please run this once as root."
        exit 1
    fi
    say "Building the standard library for $target (about a minute, once)"
    dir=$(mktemp -d)
    # Expanded now: the variable is gone when the trap runs.
    trap "rm -rf '$dir'" EXIT
    mkdir "$dir/src"
    : >"$dir/src/lib.rs"
    printf '%s\n' '[package]' 'name = "std-for-wasm"' 'edition = "2021"' '[workspace]' \
        '[lib]' 'crate-type = ["cdylib"]' '[profile.release]' 'panic = "abort"' >"$dir/Cargo.toml"
    (
        cd "$dir"
        unset RUSTUP_TOOLCHAIN RUSTFLAGS CARGO_BUILD_RUSTFLAGS
        RUSTC=$rustc RUSTC_BOOTSTRAP=1 "$(dirname "$rustc")/cargo" build -q --release \
            -Zbuild-std=std,panic_abort,panic_unwind,proc_macro \
            --target "$target" --target-dir "$dir/target" >&2
    )
    # libstd goes last: its presence says that the rest is there.
    find "$dir/target/$target/release/deps" -name '*.rlib' ! -name 'libstd-*' -exec cp -t "$lib" {} +
    cp -t "$lib" "$dir/target/$target/release/deps"/libstd-*.rlib
    rm -rf "$dir"
    trap - EXIT
}

if command -v rustc >/dev/null && has_target rustc; then run_default "$@"; fi
rustc=$(debian_rustc)
if [ -n "$rustc" ] && has_target "$rustc"; then run_debian "$@"; fi

# Without a network this has to give up quickly: there is a second way.
if command -v rustup >/dev/null &&
    RUSTUP_MAX_RETRIES=1 timeout 120 rustup target add "$target" >&2 && has_target rustc; then
    run_default "$@"
fi

if [ -z "$rustc" ]; then
    if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
        say "Rust's target $target is missing: please run \`rustup target add $target\`, or install the Debian packages ${packages[*]}."
        exit 1
    fi
    # No such command exists, so the packages are always installed.
    "$here/need.sh" "rustc for $target" "${packages[@]}"
    rustc=$(debian_rustc)
fi
has_target "$rustc" || build_std "$rustc"
run_debian "$@"
