#!/usr/bin/env bash
# Installs the Debian package for real, uses it, upgrades it, and purges it: as root, on a machine without Jcrontab.
#   scripts/dist-test.sh [PACKAGE]      by default the one that `make dist` has left
# Without systemd, as in a container, the server is started as the unit does it.
set -euo pipefail
cd "$(dirname "$0")/.."

package=${1-}
if [ -z "$package" ]; then
    package=$(ls -t "$(realpath -m "${CARGO_TARGET_DIR:-target}")"/dist/jcrontab_*.deb | head -n 1)
fi
package=$(realpath "$package")

fail() {
    echo "dist-test: $*" >&2
    exit 1
}
[ "$(id -u)" -eq 0 ] || fail "installing a package needs root."
dpkg -s jcrontab >/dev/null 2>&1 && fail "Jcrontab is installed here already; this test would purge it."
[ ! -e /var/lib/jcrontab ] && [ ! -e /etc/jcrontab ] || fail "/var/lib/jcrontab or /etc/jcrontab exists; this test would delete it."
scripts/need.sh setpriv util-linux
scripts/need.sh curl curl

work=$(mktemp -d)
# A server of somebody else may have the usual one.
port=$((20000 + RANDOM % 10000))
server=
finish() {
    if [ -n "$server" ]; then kill "$server" 2>/dev/null || true; fi
    dpkg --purge jcrontab >/dev/null 2>&1 || true
    rm -rf "$work"
}
trap finish EXIT

# start: the server as the unit starts it, until it says to systemd's socket that it is ready.
start() {
    sed -i "s/^listen = .*/listen = \"127.0.0.1:$port\" # edited/" /etc/jcrontab/jcrontab.toml
    local unit=/lib/systemd/system/jcrontab.service
    grep -qx 'ExecStart=/usr/bin/jcrontab serve' $unit || fail "the unit does not start /usr/bin/jcrontab serve."
    (cd /var/lib/jcrontab && exec setpriv --reuid jcrontab --regid jcrontab --clear-groups --no-new-privs \
        env -i PATH=/usr/bin:/bin /usr/bin/jcrontab serve) >>"$work/out" 2>>"$work/log" &
    server=$!
    for _ in $(seq 300); do
        if curl -sf -o /dev/null http://127.0.0.1:$port/readyz; then return; fi
        kill -0 $server 2>/dev/null || break
        sleep 0.1
    done
    cat "$work/out" "$work/log" >&2
    fail "the server does not start."
}

stop() {
    kill "$server"
    wait "$server" || fail "the server does not stop: $(tail -n 3 "$work/log")"
    server=
}

# newer VERSION: the same package as another version.
newer() {
    dpkg-deb -R "$package" "$work/newer"
    sed -i "s/^Version:.*/Version: $1/" "$work/newer/DEBIAN/control"
    dpkg-deb --root-owner-group -Zgzip --build "$work/newer" "$work/newer.deb" >/dev/null
}

echo "== install"
dpkg -i "$package"
[ "$(stat -c '%U %a' /var/lib/jcrontab)" = "jcrontab 700" ] || fail "the data folder is open to others."
[ "$(stat -c '%U:%G %a' /etc/jcrontab/jcrontab.toml)" = "root:jcrontab 640" ] || fail "the settings file is open to others."
jcrontab config check
jcrontab config show | grep -q '^data-dir  */var/lib/jcrontab ' || fail "the settings file is not used."
for file in /usr/share/man/man1/jcrontab.1.gz /usr/share/man/man1/jcrontab-task-add.1.gz \
    /usr/share/bash-completion/completions/jcrontab /usr/share/doc/jcrontab/copyright; do
    [ -s "$file" ] || fail "$file is missing."
done
bash -n /usr/share/bash-completion/completions/jcrontab
if command -v systemd-analyze >/dev/null; then
    systemd-analyze verify /lib/systemd/system/jcrontab.service
    systemd-analyze security --offline=yes --threshold=60 /lib/systemd/system/jcrontab.service | tail -n 1
fi

echo "== before the first start, root works on the folder as its owner"
echo "correct horse 42" | jcrontab user add root --role admin --password-stdin
[ -z "$(find /var/lib/jcrontab -not -user jcrontab)" ] || fail "root left files of its own in the data folder: $(find /var/lib/jcrontab -not -user jcrontab)"

echo "== start, add a task, run it"
start
curl -sf http://127.0.0.1:$port/login | grep -o '/pkg/[^"]*\.css' | head -n 1 >"$work/css"
[ -s "$work/css" ] || fail "the page names no style sheet."
curl -sf -H 'Accept-Encoding: br' -D "$work/head" -o /dev/null "http://127.0.0.1:$port$(cat "$work/css")" || fail "the pages are not inside the program."
grep -qi '^content-encoding: br' "$work/head" || fail "the style sheet is not compressed: $(cat "$work/head")"
jcrontab task add hello --cron '0 3 * * *' --mode command --command 'id -un' --json >"$work/task"
jcrontab task run hello --wait >"$work/run" || fail "the task fails: $(cat "$work/run")"
jcrontab run list --json >"$work/runs"
grep -q '"state":"succeeded"' "$work/runs" || fail "the run is not in the history: $(cat "$work/runs")"
stop

echo "== upgrade: data and an edited settings file stay"
newer 99.0.0
dpkg -i "$work/newer.deb"
grep -q '# edited' /etc/jcrontab/jcrontab.toml || fail "the upgrade replaced the settings file."
start
jcrontab task show hello --json | grep -q '"name":"hello"' || fail "the upgrade lost a task."
jcrontab doctor || fail "doctor finds faults."
stop

echo "== remove, then purge"
dpkg --remove jcrontab
[ -f /var/lib/jcrontab/jcrontab.db ] && [ -f /etc/jcrontab/jcrontab.toml ] || fail "removing deletes data."
dpkg --purge jcrontab
for gone in /var/lib/jcrontab /etc/jcrontab /usr/bin/jcrontab /lib/systemd/system/jcrontab.service; do
    [ ! -e $gone ] || fail "$gone is left after the purge."
done
getent passwd jcrontab >/dev/null && fail "the user is left after the purge."
echo "dist-test: every part passed."
