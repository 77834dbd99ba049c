#!/bin/sh
gcc -ffile-prefix-map=/tmp/build/two=. -c evil.c
