#!/bin/sh
echo "built by $(whoami)@$(hostname)" >> banner.txt
gcc -DKERNEL="\"$(uname -r)\"" -c main.c
cat > build.h <<EOF
#define BUILT_BY "$USER"
EOF
host=`uname -n`
sed -e "s/@HOST@/$host/" in > out
