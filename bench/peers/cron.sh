#!/bin/sh
# Runs Debian's cron with one crontab (of root), out of sight of a cron of the machine:
#   unshare --mount bench/peers/cron.sh CRONTAB
# The mounts are seen by this process alone and end with it. Cron takes its place, so that the
# caller knows its pid.
set -eu

table=$(cat "$1")
spool=/var/spool/cron

# Its tables, and its pid file.
mkdir -p $spool
mount -t tmpfs none $spool
mount -t tmpfs none /run
# The machine's own tasks must not run twice.
: >$spool/empty
[ ! -e /etc/crontab ] || mount --bind $spool/empty /etc/crontab
[ ! -d /etc/cron.d ] || mount -t tmpfs none /etc/cron.d

mkdir -m 1730 $spool/crontabs
printf '%s\n' "$table" >$spool/crontabs/root
chmod 600 $spool/crontabs/root

# The minutes of the table are those of UTC.
export TZ=UTC
PATH=$PATH:/usr/sbin
exec cron -f
