#!/usr/bin/env bash
# Runs a script of server/tests/sdk with a chat vendor's own client, in the version that is pinned there:
#   scripts/chat-sdk.sh wecom|dingtalk|feishu ARGUMENTS...
# The clients are installed outside of the checkout, once.
set -euo pipefail
cd "$(dirname "$0")/.."

sdk=server/tests/sdk
vendor=$1
shift
cache=${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools
mkdir -p "$cache"

# Installs once what FILES pin, with a function that gets the folder; tests run at the same time.
install_once() {
    local install=$1
    shift
    folder=$cache/chat-sdk-$(cat "$@" | sha256sum | cut -c1-12)
    [ -f "$folder/.complete" ] && return
    exec 9>"$folder.lock"
    flock 9
    if [ ! -f "$folder/.complete" ]; then
        rm -rf "$folder"
        mkdir -p "$folder"
        if ! "$install" "$folder" >&2; then
            echo "The clients of $* cannot be installed: is their registry reachable?" >&2
            exit 1
        fi
        touch "$folder/.complete"
    fi
    exec 9>&-
}

by_npm() {
    scripts/need.sh npm npm
    cp $sdk/package.json $sdk/package-lock.json "$1"
    npm ci --prefix "$1" --ignore-scripts --no-audit --no-fund
}

by_pip() {
    python3 -m pip --version >/dev/null 2>&1 || scripts/need.sh pip3 python3-pip
    python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore --no-deps \
        --only-binary :all: --require-hashes --target "$1" -r $sdk/requirements.txt
}

case $vendor in
wecom | feishu)
    scripts/need.sh node nodejs
    install_once by_npm $sdk/package.json $sdk/package-lock.json
    NODE_PATH=$folder/node_modules exec node "$sdk/$vendor.cjs" "$@"
    ;;
dingtalk)
    scripts/need.sh python3 python3
    install_once by_pip $sdk/requirements.txt
    PYTHONPATH=$folder exec python3 "$sdk/$vendor.py" "$@"
    ;;
*)
    echo "There is no client of $vendor here." >&2
    exit 2
    ;;
esac
