#!/usr/bin/env bash
# Makes sure a command exists, installing the Debian packages that hold it when it does not.
#   scripts/need.sh COMMAND PACKAGE...
# Stops with one sentence that names the packages where nothing can be installed.
set -euo pipefail

command=$1
shift

# /usr/sbin holds servers and is not on every user's PATH.
PATH=$PATH:/usr/sbin
command -v "$command" >/dev/null && exit 0

if [ "$(id -u)" -ne 0 ] || ! command -v apt-get >/dev/null; then
    echo "\`$command\` is missing: please install the Debian package(s) $*." >&2
    exit 1
fi

echo "Installing $* (for \`$command\`)" >&2
export DEBIAN_FRONTEND=noninteractive
install() { apt-get install -y -qq --no-install-recommends "$@" >&2; }
# The package lists are refreshed only when they are missing or stale: it is the slow part.
if ! install "$@" && ! { apt-get update -qq >&2 && install "$@"; }; then
    echo "\`$command\` is missing and apt-get could not install the Debian package(s) $*." >&2
    exit 1
fi
