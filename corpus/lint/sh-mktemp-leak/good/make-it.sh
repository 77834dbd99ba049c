#!/bin/sh
mkdir -p build/gen
gcc -g -c build/gen/gen.c -o gen.o
