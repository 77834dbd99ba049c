#!/bin/sh
cd "$PWD/sub"
make -C "$(pwd)"
PATH=$PWD/bin:$PATH
# echo "$PWD" > calc.conf
here=$(cd "$(dirname "$0")" && pwd)
. "$here/lib.sh"
echo "in $PWD"
gcc -I"$PWD" -c main.c
echo '$PWD' > hint.txt
