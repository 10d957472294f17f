#!/usr/bin/env bash
# A private MariaDB for the tests: own data folder, own socket, a free port on the loopback.
#   scripts/mariadb.sh start DIR          starts it under DIR and prints its mysql:// URL
#   scripts/mariadb.sh stop DIR           ends the server that was started under DIR
#   scripts/mariadb.sh run COMMAND...     runs COMMAND with JCRONTAB_TEST_DATABASE set to the URL
#                                         of a fresh server, which is ended and deleted afterwards
set -euo pipefail

here=$(cd "$(dirname "$0")" && pwd)
PATH=$PATH:/usr/sbin

fail() {
    echo "$*" >&2
    exit 1
}

free_port() {
    node -e 'const s = require("net").createServer();
        s.listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })'
}

start() {
    mkdir -p "$1"
    local dir password port pid
    dir=$(cd "$1" && pwd)
    # The kernel cuts the name of a socket at 107 bytes.
    [ ${#dir} -le 90 ] || fail "The folder's name is too long for a Unix socket: $dir"
    # mariadb-server itself would also start a server for the whole machine.
    "$here/need.sh" mariadbd mariadb-server-core mariadb-client-core

    if [ ! -d "$dir/data/mysql" ]; then
        mkdir -p "$dir/data" "$dir/tmp"
        mariadb-install-db --no-defaults --user="$(id -un)" --datadir="$dir/data" --skip-test-db \
            --auth-root-authentication-method=socket >"$dir/install.log" 2>&1 ||
            fail "mariadb-install-db failed, see $dir/install.log"
    fi
    # Other users of this host can reach the port, so there is a password.
    password=$(node -p 'require("crypto").randomBytes(12).toString("hex")')
    (
        umask 077
        cat >"$dir/init.sql" <<SQL
CREATE OR REPLACE USER 'jcrontab'@'%' IDENTIFIED BY '$password';
GRANT ALL ON *.* TO 'jcrontab'@'%' WITH GRANT OPTION;
SQL
    )

    # Another process may take the port between the question and the start: so three tries.
    for _ in 1 2 3; do
        port=$(free_port)
        # Durability stays as in production (a flush at each commit): the tests rely on it.
        # A short lock wait turns a deadlock in a test into an error instead of a long silence.
        setsid mariadbd --no-defaults --user="$(id -un)" --datadir="$dir/data" --tmpdir="$dir/tmp" \
            --socket="$dir/db.sock" --pid-file="$dir/db.pid" --init-file="$dir/init.sql" \
            --bind-address=127.0.0.1 --port="$port" --skip-name-resolve \
            --character-set-server=utf8mb4 --collation-server=utf8mb4_unicode_ci \
            --innodb-flush-log-at-trx-commit=1 --innodb-lock-wait-timeout=5 \
            --innodb-buffer-pool-size=256M --max-connections=500 \
            </dev/null >"$dir/server.log" 2>&1 &
        pid=$!
        for _ in $(seq 300); do
            if grep -qs 'ready for connections' "$dir/server.log"; then
                echo "mysql://jcrontab:$password@127.0.0.1:$port"
                return
            fi
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.1
        done
        kill -KILL "$pid" 2>/dev/null || true
        wait "$pid" 2>/dev/null || true
    done
    cat "$dir/server.log" >&2
    fail "MariaDB did not start under $dir."
}

stop() {
    local dir pid
    dir=$(cd "$1" 2>/dev/null && pwd) || return 0
    pid=$(cat "$dir/db.pid" 2>/dev/null) || return 0
    # A pid is used again some day: it must still be the server of this folder.
    tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF -- "--datadir=$dir/data " || return 0
    kill -TERM "$pid" 2>/dev/null || return 0
    for _ in $(seq 300); do
        kill -0 "$pid" 2>/dev/null || return 0
        sleep 0.1
    done
    kill -KILL "$pid" 2>/dev/null || true
}

case ${1-}:$# in
    start:2) start "$2" ;;
    stop:2) stop "$2" ;;
    run:0 | run:1) fail "run needs a command" ;;
    run:*)
        shift
        dir=$(mktemp -d)
        trap 'stop "$dir"; rm -rf "$dir"' EXIT
        # A signal must end this script through the trap above.
        trap 'exit 130' INT
        trap 'exit 143' TERM HUP
        JCRONTAB_TEST_DATABASE=$(start "$dir")
        export JCRONTAB_TEST_DATABASE
        "$@"
        ;;
    *) fail "usage: scripts/mariadb.sh start DIR | stop DIR | run COMMAND..." ;;
esac
