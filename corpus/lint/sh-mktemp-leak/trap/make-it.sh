#!/bin/sh
t=$(mktemp)
wget -O $t x
rm $t
# gcc -g -c $t/gen.c -o gen.o
d=$(mktemp -d)
gcc $d/conftest.c -o $d/conftest
cat $t > out.txt
sed -e s/a/b/ < $t > out.txt
mv $t out.txt
echo "working in $d"
echo "in $d" >> build.log
trap "rm -rf $d" EXIT
echo "kill $$" > /dev/null
gcc -c main.c -o $d/main.o
