#!/bin/sh
find . -name "*.c" -print0 | LC_ALL=C sort -z | xargs -0 cat > all.c
find src -type f | LC_ALL=C sort | tar -T - -cf src.tar
ar rc libx.a $(find objs -name '*.o' | sort)
find lang -name '*.po' | sort | while read -r po; do
    echo "$(basename "$po")"
done > languages.txt
