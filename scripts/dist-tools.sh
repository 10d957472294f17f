#!/usr/bin/env bash
# Installs what `make dist` links with (scripts/dist-requirements.txt), and prints the folder to put in front of PATH.
set -euo pipefail
cd "$(dirname "$0")/.."

tools=${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools
folder=$tools/dist-$(sha256sum scripts/dist-requirements.txt | cut -c1-12)
if [ ! -f "$folder/.complete" ]; then
    echo "Installing the tools of scripts/dist-requirements.txt" >&2
    scripts/need.sh python3 python3
    python3 -m pip --version >/dev/null 2>&1 || scripts/need.sh pip3 python3-pip
    rm -rf "$folder"
    if ! python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
        --no-deps --only-binary :all: --require-hashes --target "$folder" \
        -r scripts/dist-requirements.txt >&2; then
        echo "The tools of scripts/dist-requirements.txt cannot be installed: is PyPI reachable, and is this Linux on x86-64 or ARM64?" >&2
        exit 1
    fi
    # cargo-zigbuild looks for a command `zig`.
    printf '#!/bin/sh\nexec "%s/ziglang/zig" "$@"\n' "$folder" >"$folder/bin/zig"
    chmod +x "$folder/bin/zig"
    touch "$folder/.complete"
fi

echo "$folder/bin"
