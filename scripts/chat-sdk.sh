#!/usr/bin/env bash
# Runs a script of server/tests/sdk with a chat vendor's own client, in the version of its package-lock.json:
#   scripts/chat-sdk.sh wecom ARGUMENTS...
# The clients are installed outside of the checkout, once.
set -euo pipefail
cd "$(dirname "$0")/.."

sdk=server/tests/sdk
script=$sdk/$1.cjs
shift
cache=${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools
folder=$cache/chat-sdk-$(cat $sdk/package.json $sdk/package-lock.json | sha256sum | cut -c1-12)
mkdir -p "$cache"
scripts/need.sh node nodejs
if [ ! -f "$folder/.complete" ]; then
    # Tests run at the same time; one of them installs.
    exec 9>"$folder.lock"
    flock 9
    if [ ! -f "$folder/.complete" ]; then
        scripts/need.sh npm npm
        rm -rf "$folder"
        mkdir -p "$folder"
        cp $sdk/package.json $sdk/package-lock.json "$folder"
        if ! npm ci --prefix "$folder" --ignore-scripts --no-audit --no-fund >&2; then
            echo "The clients of $sdk/package.json cannot be installed: is npm's registry reachable?" >&2
            exit 1
        fi
        touch "$folder/.complete"
    fi
    exec 9>&-
fi

NODE_PATH=$folder/node_modules exec node "$script" "$@"
