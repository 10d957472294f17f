#!/bin/sh
# Draws the pictures that follow a message in WeCom from their SVG. The PNG files are kept in the
# repository, so a build needs neither this script nor the font.
# Needs Debian's librsvg2-bin and fonts-noto-cjk.
set -eu
cd "$(dirname "$0")/../server/assets"
fc-list | grep -q 'Noto Sans CJK SC' || { echo 'install fonts-noto-cjk' >&2; exit 1; }
for name in reminder success urge failure; do
    rsvg-convert --width 480 --height 240 --output "$name.png" "$name.svg"
    echo "$name.png: $(wc -c < "$name.png") bytes"
done
