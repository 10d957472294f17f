#!/usr/bin/env bash
# Makes what is given to others: a tarball and a Debian package, in the folder dist/ of the target folder.
#   scripts/dist.sh [PROGRAM]
# Without PROGRAM the product is built for glibc 2.28 and later (Debian 10, RHEL 8) with the profile `dist`, which takes long.
# PROGRAM is a product that is there already, with its pages inside; it is packed as it is.
set -euo pipefail
cd "$(dirname "$0")/.."

GLIBC=2.28
# What a release may weigh.
BYTES_MAX=$((40 * 1000 * 1000))
target=$(realpath -m "${CARGO_TARGET_DIR:-target}")
out=$target/dist
triple=$(rustc -vV | sed -n 's/^host: //p')
machine=${triple%%-*}
case $machine in
    x86_64) arch=amd64 ;;
    aarch64) arch=arm64 ;;
    *)
        echo "make dist builds for x86-64 and ARM64, not for $machine." >&2
        exit 1
        ;;
esac
scripts/need.sh dpkg-deb dpkg
scripts/need.sh objdump binutils

# highest PROGRAM: the newest version of glibc that a program needs.
highest() {
    objdump -T "$1" | grep -o 'GLIBC_[0-9.]*' | sed 's/GLIBC_//' | sort -Vu | tail -n 1
}

if [ $# -gt 0 ]; then
    program=$1
else
    path=$(scripts/dist-tools.sh)
    scripts/build-site.sh --release
    # No folder of this machine is in the messages of a panic. The helper between fork and exec is linked statically,
    # which zig does not do for glibc; a static program needs no glibc of its own.
    RUSTFLAGS="--remap-path-prefix=$PWD=. --remap-path-prefix=${CARGO_HOME:-$HOME/.cargo}=cargo" \
        JCRONTAB_EXEC_LINKER=cc PATH=$path:$PATH \
        cargo zigbuild --profile=dist --package=server --bin=jcrontab \
        --target="$triple.$GLIBC" --target-dir="$target/zig"
    program=$out/jcrontab
    node scripts/pack.mjs "$target/zig/$triple/dist/jcrontab" "$target/site" "$target/release/hash.txt" "$program"
    needs=$(highest "$program")
    if [ "$(printf '%s\n' "$GLIBC" "$needs" | sort -V | tail -n 1)" != "$GLIBC" ]; then
        echo "The program needs glibc $needs, and should need $GLIBC at most." >&2
        exit 1
    fi
    if [ "$(stat -c %s "$program")" -gt $BYTES_MAX ]; then
        echo "The program has $(stat -c %s "$program") bytes, and should have $BYTES_MAX at most." >&2
        exit 1
    fi
fi

version=$("$program" --version | cut -d' ' -f2)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# Files of a package are the same whoever builds it.
umask 022

# Everything that both have, below ROOT.
stage() {
    local root=$1
    install -D -m 755 "$program" "$root/usr/bin/jcrontab"
    install -d "$root/usr/share/man/man1" "$root/usr/share/doc/jcrontab"
    "$program" man --output "$root/usr/share/man/man1"
    gzip -9n "$root"/usr/share/man/man1/*.1
    "$program" completions bash >"$work/bash"
    "$program" completions zsh >"$work/zsh"
    "$program" completions fish >"$work/fish"
    install -D -m 644 "$work/bash" "$root/usr/share/bash-completion/completions/jcrontab"
    install -D -m 644 "$work/zsh" "$root/usr/share/zsh/vendor-completions/_jcrontab"
    install -D -m 644 "$work/fish" "$root/usr/share/fish/vendor_completions.d/jcrontab.fish"
    install -D -m 644 contrib/systemd/jcrontab.service "$root/lib/systemd/system/jcrontab.service"
    install -D -m 640 contrib/jcrontab.toml "$root/etc/jcrontab/jcrontab.toml"
    install -m 644 README.md README.zh-CN.md CHANGELOG.md docs/SETTINGS.md docs/SETTINGS.zh-CN.md \
        docs/OPERATIONS.md docs/CLI.md "$root/usr/share/doc/jcrontab"
    install -m 644 LICENSE "$root/usr/share/doc/jcrontab/copyright"
}

deb() {
    local root=$work/deb size
    stage "$root"
    size=$(du -sk "$root" | cut -f1)
    install -d "$root/DEBIAN"
    sed -e "s/@VERSION@/$version/" -e "s/@ARCH@/$arch/" -e "s/@SIZE@/$size/" contrib/debian/control >"$root/DEBIAN/control"
    echo /etc/jcrontab/jcrontab.toml >"$root/DEBIAN/conffiles"
    install -m 755 contrib/debian/postinst contrib/debian/prerm contrib/debian/postrm "$root/DEBIAN"
    (cd "$root" && find . -path ./DEBIAN -prune -o -type f -printf '%P\0' | sort -z | xargs -0 md5sum >DEBIAN/md5sums)
    dpkg-deb --root-owner-group -Z"${DIST_COMPRESSION:-xz}" --build "$root" "$out/jcrontab_${version}_$arch.deb" >&2
}

tarball() {
    local name=jcrontab-$version-linux-$machine
    stage "$work/$name"
    tar --sort=name --owner=0 --group=0 --numeric-owner -C "$work" -czf "$out/$name.tar.gz" "$name"
}

mkdir -p "$out"
deb
tarball
(cd "$out" && sha256sum "jcrontab_${version}_$arch.deb" "jcrontab-$version-linux-$machine.tar.gz" | tee SHA256SUMS)
