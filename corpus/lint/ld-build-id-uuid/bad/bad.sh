#!/bin/sh
gcc -Wl,--build-id=uuid -o x x.o
LDFLAGS="-Wl,--build-id=uuid"
