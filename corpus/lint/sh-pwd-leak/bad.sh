#!/bin/sh
sed "s|@ROOT@|$PWD|" calc.in > calc.sh
echo "root=$(pwd)" > calc.conf
gcc -DROOT="\"`pwd`\"" -c main.c
