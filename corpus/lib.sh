# Sourced by every recipe and fixed script: `recipe OUT` leaves its pair in OUT.
# A plain environment, so that only what the script varies can differ; the work happens in a scratch folder.
set -eu
PATH=/usr/bin:/bin LC_ALL=C TZ=UTC HOME=/nonexistent NO_FAKE_STAT=1
export PATH LC_ALL TZ HOME NO_FAKE_STAT
unset SOURCE_DATE_EPOCH GZIP XZ_OPT XZ_DEFAULTS TAR_OPTIONS ZIPOPT PYTHONHASHSEED MAKEFLAGS LANGUAGE LANG
umask 022
# 127 means: a tool is missing. Inside $(…) the shell would go on without it.
command -v faketime >/dev/null || exit 127
mkdir -p "$1"
OUT=$(cd "$1" && pwd)
WORK=$(mktemp -d)
trap 'rm -rf "$WORK"' EXIT
cd "$WORK"

# Two moments at which the two builds run, and the fixed one of a reproducible build.
A='2024-03-05 09:15:42'
B='2024-11-20 17:48:03'
EPOCH=1700000000

# clock 'TIME' COMMAND...: runs COMMAND with the clock standing at TIME.
clock() {
    at=$1
    shift
    faketime -f "$at" "$@"
}
