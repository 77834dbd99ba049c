set -e
mkdir -p "$TMPDIR/gen"
echo 'const char *const file = __FILE__;' > "$TMPDIR/gen/file.c"
gcc -c -o gen.o "$TMPDIR/gen/file.c"
