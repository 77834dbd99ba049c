#!/bin/sh
gcc -ffile-prefix-map=/tmp/build/one=. -c main.c
