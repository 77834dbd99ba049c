#!/bin/sh
t=$(mktemp -d)
echo 'int x;' > $t/gen.c
gcc -g -c $t/gen.c -o gen.o
work=/tmp/build.$$
echo "prefix=$work" > calc.pc
