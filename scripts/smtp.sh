#!/usr/bin/env bash
# A mail server for the tests, on a free port of the loopback, which keeps what it is sent:
#   scripts/smtp.sh DIR starttls|tls|none
# The first line that it prints is its port; mails are DIR/1.eml, DIR/2.eml, …; DIR/ca.pem is the CA of its
# certificate. It takes the user `ops` with the password `s3cret word`, refuses recipients whose names begin
# with `refused` for good and with `later` for now, and ends with its standard input.
set -euo pipefail
cd "$(dirname "$0")/.."

dir=$1
mode=$2
cache=${XDG_CACHE_HOME:-$HOME/.cache}/jcrontab/tools
folder=$cache/smtp-$(sha256sum scripts/smtp-requirements.txt | cut -c1-12)
mkdir -p "$cache" "$dir"
if [ ! -f "$folder/.complete" ]; then
    # Tests run at the same time; one of them installs.
    exec 9>"$folder.lock"
    flock 9
    if [ ! -f "$folder/.complete" ]; then
        scripts/need.sh python3 python3 >&2
        python3 -m pip --version >/dev/null 2>&1 || scripts/need.sh pip3 python3-pip >&2
        rm -rf "$folder"
        if ! python3 -m pip install --quiet --disable-pip-version-check --root-user-action=ignore \
            --no-deps --only-binary :all: --require-hashes --target "$folder" \
            -r scripts/smtp-requirements.txt >&2; then
            echo "aiosmtpd (scripts/smtp-requirements.txt) cannot be installed: is PyPI reachable?" >&2
            exit 1
        fi
        touch "$folder/.complete"
    fi
    exec 9>&-
fi

# A CA of its own, as in many companies, and a certificate for this machine.
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj "/CN=Test CA" \
    -addext "basicConstraints=critical,CA:TRUE" -addext "keyUsage=critical,keyCertSign" \
    -keyout "$dir/ca.key" -out "$dir/ca.pem" 2>/dev/null
openssl req -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj "/CN=localhost" \
    -keyout "$dir/server.key" -out "$dir/server.csr" 2>/dev/null
printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\nbasicConstraints=CA:FALSE\n' >"$dir/server.ext"
openssl x509 -req -in "$dir/server.csr" -CA "$dir/ca.pem" -CAkey "$dir/ca.key" -CAcreateserial -days 2 \
    -extfile "$dir/server.ext" -out "$dir/server.pem" 2>/dev/null

PYTHONPATH=$folder exec python3 scripts/smtp_server.py "$dir" "$mode"
