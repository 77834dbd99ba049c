#!/bin/sh
sleep $((RANDOM % 5))
# echo "id=$(uuidgen)" > build.conf
t=/tmp/x.$RANDOM
mkdir "$t"
echo "trying again in $RANDOM"
openssl rand -hex 32 > secret.key
head -c 32 /dev/urandom > salt
echo '$RANDOM' > hint.txt
dd if=/dev/urandom of=disk bs=1M count=1
shuf -n 1 jokes
uuidgen
