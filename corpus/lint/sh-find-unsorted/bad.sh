#!/bin/sh
find . -name "*.c" | xargs cat > all.c
find src -type f -print0 | tar --null -T - -cf src.tar
ar rc libx.a $(find objs -name '*.o')
for f in $(find parts -name '*.txt'); do
    cat "$f" >> whole.txt
done
find lang -name '*.po' | while read -r po; do
    echo "$(basename "$po")"
done > languages.txt
SOURCES=$(find src -name '*.c')
gcc -o calc $SOURCES
ls -U parts | xargs cat > joined.txt
