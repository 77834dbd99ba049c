#!/bin/sh
echo "id=$(uuidgen)" > build.conf
id=$RANDOM
sed "s/@ID@/$id/" calc.in > calc
head -c 8 /dev/urandom | od -An -tx1 > nonce.h
shuf words > shuffled.txt
