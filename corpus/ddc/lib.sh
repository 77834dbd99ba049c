# Sourced by the fetch scripts. Everything they download is pinned by sha256 and kept in one cache.
set -eu
umask 022
LC_ALL=C TZ=UTC
export LC_ALL TZ
CACHE=${REPRO_DOWNLOADS:-${HOME:?}/.cache/repro}

# matches FILE SHA256
matches() {
    [ "$(sha256sum <"$1" | cut -d ' ' -f 1)" = "$2" ]
}

# download URL FILE
download() {
    if command -v curl >/dev/null; then
        curl --fail --silent --show-error --location --retry 3 --output "$2" "$1"
    elif command -v wget >/dev/null; then
        wget --quiet --tries=3 --output-document="$2" "$1"
    else
        echo "neither curl nor wget is there to fetch $1" >&2
        return 127
    fi
}

# fetch URL SHA256 FILE: FILE is what lies at URL, from the cache if it is there. A file with another digest is never
# left behind, neither in the cache nor as FILE.
fetch() {
    name=$2-${1##*/}
    if ! [ -f "$CACHE/$name" ] || ! matches "$CACHE/$name" "$2"; then
        mkdir -p "$CACHE"
        part=$(mktemp "$CACHE/part.XXXXXX")
        if ! download "$1" "$part"; then
            rm -f "$part"
            echo "cannot fetch $1" >&2
            return 1
        fi
        if ! matches "$part" "$2"; then
            echo "$1 is not the file that is expected: its sha256 is $(sha256sum <"$part" | cut -d ' ' -f 1), not $2" >&2
            rm -f "$part"
            return 1
        fi
        chmod 0644 "$part"
        mv "$part" "$CACHE/$name"
    fi
    cp "$CACHE/$name" "$3"
}
