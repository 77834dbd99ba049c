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

# apt ARGUMENT...: apt-get as the machine has it, with the sources of source code too, for arm64 and amd64, and with lists of its own: no root is
# needed, and nothing of the machine's is changed.
apt() {
    own=$CACHE/apt
    mkdir -p "$own/state/lists/partial" "$own/cache/archives/partial" "$own/sources"
    for list in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
        [ -f "$list" ] || continue
        sed -E 's/^Types: *deb *$/Types: deb deb-src/; s/^deb( .*)/&\ndeb-src\1/' "$list" >"$own/sources/${list##*/}"
    done
    [ ! -f "$own/sources/sources.list" ] || mv "$own/sources/sources.list" "$own/sources/machine.list"
    apt-get -qq -o Dir::State="$own/state" -o Dir::State::status=/dev/null -o Dir::Cache="$own/cache" \
        -o Dir::Etc::sourcelist=/dev/null -o Dir::Etc::sourceparts="$own/sources" \
        -o APT::Architecture=arm64 -o APT::Architectures::=arm64 -o APT::Architectures::=amd64 -o APT::Sandbox::User=root "$@"
}

# download arm64|amd64|all|source NAME=VERSION FOLDER
download() (
    cd "$3"
    case $1 in
        arm64 | all) apt download "$2" ;;
        amd64) apt download "${2%%=*}:amd64=${2#*=}" ;;
        source) apt source --download-only "$2" ;;
    esac >/dev/null
)

# fetch arm64|amd64|all|source NAME=VERSION SHA256 FILE: FILE is the package, or the file of that digest that its source consists of; from the cache if
# it is there. A file with another digest is never left behind, neither in the cache nor as FILE.
fetch() {
    kept=$CACHE/$3-${2%%=*}
    if ! [ -f "$kept" ] || ! matches "$kept" "$3"; then
        mkdir -p "$CACHE"
        rm -f "$kept"
        part=$(mktemp -d "$CACHE/part.XXXXXX")
        # One at a time has the lists, which are read anew only if they do not tell of it. Of the machine's sources, one that has it is enough.
        {
            flock 8
            download "$1" "$2" "$part" 2>/dev/null || { apt update || true; download "$1" "$2" "$part" || true; }
        } 8>"$CACHE/lock"
        for file in "$part"/*; do
            if [ -f "$file" ] && matches "$file" "$3"; then
                chmod 0644 "$file"
                mv "$file" "$kept"
            fi
        done
        rm -rf "$part"
        if ! [ -f "$kept" ]; then
            echo "$2: apt has no file of it whose sha256 is $3" >&2
            return 1
        fi
    fi
    cp "$kept" "$4"
}
