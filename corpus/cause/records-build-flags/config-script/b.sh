#!/bin/sh
case $1 in
--cflags) echo "-g -O2 -ffile-prefix-map=/tmp/build/two=. -Wall" ;;
--libs) echo "-lfoo" ;;
esac
