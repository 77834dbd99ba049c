#!/bin/sh
# gcc -Wl,--build-id=uuid
echo "gcc -Wl,--build-id=uuid"
if ld --help | grep -q -- --build-id=uuid; then :; fi
