# Sourced by fetch, attack/make and mutants/make, which set HERE to this folder first.
set -eu
LC_ALL=C TZ=UTC
export LC_ALL TZ
unset CPATH C_INCLUDE_PATH LIBRARY_PATH LD_LIBRARY_PATH GCC_EXEC_PREFIX
umask 022

die() {
    echo "$0: $*" >&2
    exit 1
}

# modes DIR: permissions of every file and folder as a tree digest wants them.
modes() {
    find "$1" -type d -exec chmod 0755 {} +
    find "$1" -type f -exec chmod 0644 {} +
}

# tree_digest DIR: the digest `repro hash` gives for the tree (the format: src/manifest/tree.rs). No links are expected.
tree_digest() (
    cd "$1"
    {
        printf 'd 0755 - .\n'
        find . -mindepth 1 | sed 's|^\./||' | sort | while IFS= read -r path; do
            if [ -d "$path" ]; then
                printf 'd 0755 - %s\n' "$path"
            else
                printf 'f 0644 %s %s\n' "$(sha256sum <"$path" | cut -c1-64)" "$path"
            fi
        done
    } | tr '\n' '\0' | sha256sum | cut -c1-64
)

# stage OUT SOURCE CC...: the steps of ddc.toml, without a sandbox, with CC as {cc}. Absolute paths without blanks.
stage() {
    out=$1 source=$2
    shift 2
    rm -rf "$out"
    mkdir -p "$out"
    awk -v q="'''" '$0 == q { inside = 0 } inside; $0 == "command = " q { inside = 1; print "(" } $0 == q { print ") || exit" }' \
        "$HERE/ddc.toml" |
        sed "s|{cc}|$*|g; s|{out}|$out|g; s|{source}|$source|g" | sh
}

# again OUT SOURCE PREV: the steps with the compiler that lies in PREV.
again() {
    stage "$1" "$2" "$3/tcc" "-B$3/lib"
}

# same DIR DIR: whether the artifacts are the same, byte for byte.
same() {
    diff -r "$1" "$2" >/dev/null
}

# spec ARTIFACTS CLAIM SOURCE: ddc.toml for a subject made by itself, in the folder ARTIFACTS beside it.
spec() {
    awk -v RS= -v ORS='\n\n' '!/id = "(gcc-11|clang-16)"/' "$HERE/ddc.toml" |
        sed -e "s|^claim = .*|claim = \"$2\"|; s|^digest = .*|digest = \"sha256:$(tree_digest "$3")\"|" \
            -e "/^fetch = /d; /^# Debian's binary/d; s|^parent = .*|parent = \"self\"|" \
            -e "s|^\[subject\]|&\nartifacts = \"$1\"|" -e '$d'
}
