#!/usr/bin/env bash
# Builds what the browser loads into <target folder>/site, as `cargo leptos build` would:
# the frontend's WASM module, its JavaScript, the style sheet and public/.
#   scripts/build-site.sh [--release|--debug]
# cargo-leptos itself takes half an hour of CPU time to compile; this takes none.
set -euo pipefail
cd "$(dirname "$0")/.."

case ${1---release} in
    --release | --debug) ;;
    *)
        echo "usage: scripts/build-site.sh [--release|--debug]" >&2
        exit 2
        ;;
esac

path=$(scripts/web-tools.sh)
PATH=$path:$PATH exec node scripts/site.mjs "${1---release}" "${path##*:}/.."
