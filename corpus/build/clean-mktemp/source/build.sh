set -e
work=$(mktemp -d "${TMPDIR:-/tmp}/build.$$.XXXXXX")
sort words.txt > "$work/sorted"
LC_ALL=C sort "$work/sorted" > out.txt
rm -r "$work"
